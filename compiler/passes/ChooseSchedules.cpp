// Gives every kernel its schedule, chosen as if every symbolic size were the typical one; the
// kernel itself is compiled for any size. Of the schedules in the kernel's space that keep its
// share of the accuracy it takes the fastest that was measured, else the default: the cheapest by
// estimate.
#include "compiler/passes/NetworkKernels.h"
#include "compiler/passes/Passes.h"

using namespace mlir;

namespace cnnc {
#define GEN_PASS_DEF_CHOOSESCHEDULES
#include "compiler/passes/Passes.h.inc"

namespace {
struct ChooseSchedules : impl::ChooseSchedulesBase<ChooseSchedules> {
  using ChooseSchedulesBase::ChooseSchedulesBase;
  ChooseSchedules(ChooseSchedulesOptions options, ScheduleLookup measured)
      : ChooseSchedulesBase(std::move(options)), measured(std::move(measured)) {}

  void runOnOperation() override {
    const Target *cpu = findTarget(target);
    if (!cpu) {
      emitError(getOperation().getLoc()) << "unknown target '" << target << "'";
      return signalPassFailure();
    }
    std::vector<NetworkKernel> kernels = findKernels(getOperation(), *cpu);
    double share = errorShare(kernels, accuracy);
    for (NetworkKernel &kernel : kernels) {
      std::vector<Schedule> space = scheduleSpace(kernel.typical(), share);
      std::optional<Schedule> tuned = findMeasured(kernel, space);
      kernel.fused.setTuned(tuned.has_value());
      kernel.fused.setScheduleAttr(toAttribute(tuned ? *tuned : space.front()));
    }
  }

  /// What was measured is known by the text of its parameters alone, and may be older than the
  /// space: what is no longer in there is passed over.
  std::optional<Schedule> findMeasured(const NetworkKernel &kernel,
                                       const std::vector<Schedule> &space) const {
    if (!measured)
      return std::nullopt;
    for (const Schedule &schedule : measured(kernel.spec, kernel.sizes))
      if (llvm::is_contained(space, schedule))
        return schedule;
    return std::nullopt;
  }

  DictionaryAttr toAttribute(const Schedule &schedule) {
    Builder builder(&getContext());
    NamedAttrList entries;
    entries.append("algorithm", builder.getStringAttr(schedule.algorithm));
    for (const auto &[name, value] : schedule.parameters)
      entries.append(name, builder.getI64IntegerAttr(value));
    return entries.getDictionary(&getContext());
  }

  ScheduleLookup measured;
};
} // namespace

std::unique_ptr<Pass> createChooseSchedules(ChooseSchedulesOptions options,
                                            ScheduleLookup measured) {
  return std::make_unique<ChooseSchedules>(std::move(options), std::move(measured));
}

} // namespace cnnc
