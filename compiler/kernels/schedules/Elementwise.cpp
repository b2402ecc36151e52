// elementwise: one nest over the result, vectors along its fastest dim; for elementwise ops and for
// copies (transpose, pad, concat, ...), alone or in chains, everything inlined.
#include "compiler/kernels/schedules/Schedules.h"

namespace cnnc {

using namespace Halide;

bool appliesElementwise(const KernelSpec &spec) {
  static const char *const others[] = {"conv",        "linear",     "matmul",
                                       "max_pool",    "avg_pool",   "softmax",
                                       "reduce_mean", "reduce_max", "reduce_sum"};
  for (const char *name : others)
    if (anchorOf(spec).name == name)
      return false;
  return true;
}

double costElementwise(const KernelSpec &) { return 1.0; }

std::vector<Schedule> spaceElementwise(const KernelSpec &spec) {
  int64_t bytes = 1;
  for (const OpDescription &op : spec.graph.ops)
    bytes = std::max(bytes, sizeInBytes(op.result.elementType));
  return {{"elementwise", {{"lanes", spec.target.lanes(bytes)}}}};
}

void placeElementwise(KernelBuild &build) {
  if (build.consumer.defined())
    throw KernelError("schedule 'elementwise' takes no pool or reduction after the anchor");
  Func output = build.output;
  std::vector<Var> arguments = output.args();
  if (arguments.empty())
    return;
  const Value &result = build.values.back();
  int fastest = memoryOrder(build.spec.outputLayout, result.rank()).front();
  int64_t extent = result.description.shape[static_cast<size_t>(fastest)];
  int lanes = vectorWidth(build.parameter("lanes"), extent);
  Var task = arguments.back();
  if (lanes > 1)
    vectorizeFastest(build, output, arguments.front(), extent, lanes);
  if (!isParallel(build))
    return;
  if (arguments.size() == 1) {
    Var inner("inner");
    output.split(task, task, inner, 1024, TailStrategy::GuardWithIf);
  }
  output.parallel(task);
}

} // namespace cnnc
