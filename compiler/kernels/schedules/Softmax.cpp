// softmax, and its logarithm: for each row along the axis its largest element, the exponentials
// (kept), their sum, the quotients. Vectors run along the fastest dim, be it the axis or another.
#include "compiler/kernels/schedules/Schedules.h"

namespace cnnc {

using namespace Halide;

bool appliesSoftmax(const KernelSpec &spec) {
  return anchorOf(spec).name == "softmax" || anchorOf(spec).name == "log_softmax";
}

double costSoftmax(const KernelSpec &) { return 1.0; }

std::vector<Schedule> spaceSoftmax(const KernelSpec &spec) {
  return {{"softmax", {{"lanes", spec.target.lanes(4)}}}};
}

void placeSoftmax(KernelBuild &build) {
  const Value &input = build.anchor.stagedValue;
  int lanes = build.parameter("lanes");
  int axis = build.anchor.channelDim;
  std::vector<Var> vars = dimVars(input.rank());
  std::vector<int> order = memoryOrder(input.layout, input.rank());
  size_t fastest = static_cast<size_t>(order.front());
  int64_t extent = input.description.shape[fastest];
  bool alongAxis = order.front() == axis;

  // The axis innermost but for vectors of another dim; the rest of the loops around it.
  Func output = build.output, largest = build.anchor.filter, sum = build.anchor.accumulator,
       exponential = build.anchor.staged;
  std::vector<VarOrRVar> loops = {vars[static_cast<size_t>(axis)]};
  Var around = Var::outermost();
  for (int dim : order)
    if (dim != axis) {
      loops.push_back(vars[static_cast<size_t>(dim)]);
      if (!alongAxis || around.name() == Var::outermost().name())
        around = loops.size() == 2 ? vars[static_cast<size_t>(dim)] : around;
    }
  if (loops.size() > 1)
    output.reorder(loops);
  int width = vectorWidth(lanes, extent);
  TailStrategy tail = extent >= 0 ? TailStrategy::ShiftInwards : TailStrategy::GuardWithIf;
  Var vector("vector");
  if (width > 1 && alongAxis) {
    output.split(vars[fastest], vars[fastest], vector, width, tail).vectorize(vector);
    exponential.split(vars[fastest], vars[fastest], vector, width, tail).vectorize(vector);
  }
  for (Func func : {largest, exponential, sum})
    if (loops.size() > 1)
      func.compute_at(output, around);
    else
      func.compute_root();
  if (isParallel(build) && loops.size() > 1)
    output.parallel(loops.back().var);
}

} // namespace cnnc
