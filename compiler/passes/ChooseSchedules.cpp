// Gives every kernel its schedule: for now the default of its anchor for the target.
#include "compiler/passes/Describe.h"
#include "compiler/passes/Passes.h"

using namespace mlir;

namespace cnnc {
#define GEN_PASS_DEF_CHOOSESCHEDULES
#include "compiler/passes/Passes.h.inc"

namespace {
struct ChooseSchedules : impl::ChooseSchedulesBase<ChooseSchedules> {
  using ChooseSchedulesBase::ChooseSchedulesBase;

  void runOnOperation() override {
    const Target *cpu = findTarget(target);
    if (!cpu) {
      emitError(getOperation().getLoc()) << "unknown target '" << target << "'";
      return signalPassFailure();
    }
    getOperation().walk([&](kernel::Fused fused) {
      SizeNumbering sizes;
      Schedule schedule = defaultSchedule(describeKernel(fused, *cpu, sizes));
      fused.setScheduleAttr(toAttribute(schedule));
    });
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
