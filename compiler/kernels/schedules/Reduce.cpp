// reduce: vectors along the fastest dim that is kept, each with its own sum; where the fastest dim
// of the input is reduced, a vector of partial sums that are added up at the end.
#include "compiler/kernels/schedules/Schedules.h"

#include <algorithm>

namespace cnnc {

using namespace Halide;

bool appliesReduce(const KernelSpec &spec) {
  const std::string &name = anchorOf(spec).name;
  return name == "reduce_mean" || name == "reduce_max" || name == "reduce_sum";
}

double costReduce(const KernelSpec &) { return 1.0; }

std::vector<Schedule> spaceReduce(const KernelSpec &spec) {
  int lanes = spec.target.lanes(sizeInBytes(anchorOf(spec).result.elementType));
  return {{"reduce", {{"lanes", lanes}, {"vectors", 4}}},
          {"reduce", {{"lanes", lanes}, {"vectors", 1}}}};
}

// The sum's fastest dim is kept, and shorter than half a vector: several of its rows make one, each
// lane with a partial sum of its own.
static void placeNarrow(KernelBuild &build, int64_t extent) {
  int rows = build.parameter("lanes") * build.parameter("vectors") / static_cast<int>(extent);
  Func output = build.output, sum = build.anchor.accumulator;
  Var kept = sum.args().front(), row("row"), lane("lane"), vector("vector");
  RVar outer("outer"), inner("inner");
  sum.compute_at(output, output.args().back());
  sum.update().split(build.anchor.taps[0], outer, inner, rows, TailStrategy::GuardWithIf);
  Func partials = sum.update().rfactor(inner, row);
  partials.compute_at(output, output.args().back());
  for (Stage stage : {Stage(partials), Stage(partials.update())})
    stage.fuse(kept, row, lane)
        .split(lane, vector, lane, build.parameter("lanes"))
        .vectorize(lane)
        .unroll(vector);
  std::vector<VarOrRVar> order = {lane, vector, outer};
  for (int dim = 1; dim < build.anchor.taps.dimensions(); ++dim)
    order.push_back(build.anchor.taps[dim]);
  partials.update().reorder(order);
}

// The sum's fastest dim is kept: vectors of results, several at a time where the extent is known.
static void placeKept(KernelBuild &build, const Var &fastest, int64_t extent) {
  int lanes = vectorWidth(build.parameter("lanes"), extent);
  int tile = extent < 0 ? lanes : vectorWidth(lanes * build.parameter("vectors"), extent);
  Func output = build.output, sum = build.anchor.accumulator;
  Var tileLoop("tile"), lane("lane");
  TailStrategy tail = extent >= 0 ? TailStrategy::ShiftInwards : TailStrategy::GuardWithIf;
  std::vector<Var> arguments = output.args();
  output.split(fastest, tileLoop, fastest, tile, tail);
  output.split(fastest, fastest, lane, lanes).vectorize(lane).unroll(fastest);
  std::vector<VarOrRVar> order = {lane, fastest, tileLoop};
  for (const Var &argument : arguments)
    if (argument.name() != fastest.name())
      order.push_back(argument);
  output.reorder(order);
  if (isParallel(build) && arguments.size() > 1)
    output.parallel(order.back().var);

  // The sum's loops have the names of the input's dims, which may not be those of the result's.
  Var kept = sum.args().front();
  sum.compute_at(output, tileLoop);
  order = {lane, kept};
  for (int dim = 0; dim < build.anchor.taps.dimensions(); ++dim)
    order.push_back(build.anchor.taps[dim]);
  for (Stage stage : {Stage(sum), Stage(sum.update())}) {
    stage.split(kept, kept, lane, lanes, TailStrategy::GuardWithIf).vectorize(lane);
    if (extent >= 0)
      stage.unroll(kept);
  }
  sum.update().reorder(order);
}

// The fastest dim is reduced: the loop over it is cut into vectors of partial sums.
static void placeReduced(KernelBuild &build, int64_t extent) {
  Func output = build.output, sum = build.anchor.accumulator;
  int lanes = vectorWidth(build.parameter("lanes"), extent);
  std::vector<Var> arguments = output.args();
  bool scalar = arguments.empty();
  auto computeWithOutput = [&](Func func) {
    if (scalar)
      func.compute_root();
    else
      func.compute_at(output, arguments.front());
  };
  computeWithOutput(sum);
  if (isParallel(build) && !scalar)
    output.parallel(arguments.back());
  if (lanes == 1)
    return;
  RVar vectors("vectors"), lane("lane");
  Var partial("partial");
  sum.update().split(build.anchor.taps[0], vectors, lane, lanes, TailStrategy::GuardWithIf);
  Func partials = sum.update().rfactor(lane, partial);
  computeWithOutput(partials);
  partials.vectorize(partial).update().vectorize(partial);
}

// True where rows of the fastest dim, `extent` long, lie behind one another in what is summed up
// and several make a vector.
static bool sumsNarrowRows(const KernelBuild &build, int64_t extent) {
  const OpDescription &op = anchorOf(build.spec);
  const Value &input = build.values[static_cast<size_t>(op.operands[0])];
  std::vector<int> order = memoryOrder(input.layout, input.rank());
  int lanes = build.parameter("lanes");
  bool divides = extent > 0 && extent <= lanes / 2 && lanes % extent == 0;
  size_t operand = static_cast<size_t>(op.operands[0]);
  bool apart = input.isInput && build.spec.pitchOf(operand) != 0;
  if (!divides || apart || order.size() < 2 || build.output.args().empty())
    return false;
  const std::vector<int64_t> &axes = op.getInts("axes");
  return std::find(axes.begin(), axes.end(), order[1]) != axes.end();
}

void placeReduce(KernelBuild &build) {
  if (build.consumer.defined())
    throw KernelError("schedule 'reduce' takes no pool or reduction after the anchor");
  const OpDescription &op = anchorOf(build.spec);
  const Value &input = build.values[static_cast<size_t>(op.operands[0])];
  int fastest = memoryOrder(input.layout, input.rank()).front();
  int64_t extent = input.description.shape[static_cast<size_t>(fastest)];
  bool reduced = false;
  for (int64_t axis : op.getInts("axes"))
    reduced |= axis == fastest;
  if (reduced)
    return placeReduced(build, extent);
  // The output's loop for this dim: one further left for each reduced dim before it that is gone.
  int place = fastest;
  if (!op.getBool("keepdims"))
    for (int64_t axis : op.getInts("axes"))
      place -= axis < fastest;
  if (sumsNarrowRows(build, extent))
    return placeNarrow(build, extent);
  placeKept(build, dimVars(build.values.back().rank())[static_cast<size_t>(place)], extent);
}

} // namespace cnnc
