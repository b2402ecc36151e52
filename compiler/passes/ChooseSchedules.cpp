// Gives every kernel its schedule: for now the default of its anchor for the target, chosen as if
// every symbolic size were the typical one. The kernel itself is compiled for any size.
//
// The accuracy of the network is shared out over the kernels that would take a faster algorithm at
// the price of some rounding. Their errors are independent of one another, so those of n kernels
// add up to sqrt(n) of one, and each may have accuracy / sqrt(n).
#include "compiler/frontend/NetworkFunction.h"
#include "compiler/passes/Describe.h"
#include "compiler/passes/Passes.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace cnnc {
#define GEN_PASS_DEF_CHOOSESCHEDULES
#include "compiler/passes/Passes.h.inc"

/// `spec` with its run-time sizes fixed: symbol k to values[k].
static KernelSpec withSizes(KernelSpec spec, const std::vector<int64_t> &values) {
  auto fix = [&](TensorDescription &tensor) {
    for (int64_t &dim : tensor.shape)
      if (dim < 0)
        dim = values[static_cast<size_t>(-1 - dim)];
  };
  llvm::for_each(spec.graph.inputs, fix);
  for (OpDescription &op : spec.graph.ops)
    fix(op.result);
  return spec;
}

namespace {
struct ChooseSchedules : impl::ChooseSchedulesBase<ChooseSchedules> {
  using ChooseSchedulesBase::ChooseSchedulesBase;

  void runOnOperation() override {
    const Target *cpu = findTarget(target);
    if (!cpu) {
      emitError(getOperation().getLoc()) << "unknown target '" << target << "'";
      return signalPassFailure();
    }
    std::vector<int64_t> typicalSizes = getTypicalSizes(getOperation());
    std::vector<std::pair<kernel::Fused, KernelSpec>> kernels;
    int inexact = 0;
    getOperation().walk([&](kernel::Fused fused) {
      SizeNumbering sizes;
      KernelSpec spec = describeKernel(fused, *cpu, sizes);
      std::vector<int64_t> typical;
      for (cnn::Size size : sizes.symbols())
        typical.push_back(toSizeExpr(size).evaluate(typicalSizes));
      spec = withSizes(spec, typical);
      kernels.push_back({fused, spec});
      spec.schedule = defaultSchedule(spec, std::numeric_limits<double>::infinity());
      inexact += addedError(spec) > 0;
    });
    double share = accuracy / std::sqrt(std::max(inexact, 1));
    for (auto &[fused, spec] : kernels)
      fused.setScheduleAttr(toAttribute(defaultSchedule(spec, share)));
  }

  DictionaryAttr toAttribute(const Schedule &schedule) {
    Builder builder(&getContext());
    NamedAttrList entries;
    entries.append("algorithm", builder.getStringAttr(schedule.algorithm));
    for (const auto &[name, value] : schedule.parameters)
      entries.append(name, builder.getI64IntegerAttr(value));
    return entries.getDictionary(&getContext());
  }
};
} // namespace
} // namespace cnnc
