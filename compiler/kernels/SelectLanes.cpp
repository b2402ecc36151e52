#include "compiler/kernels/SelectLanes.h"

namespace cnnc {

using namespace Halide;
using namespace Halide::Internal;

namespace {

class SelectLanes : public IRMutator {
  using IRMutator::visit;

  Expr visit(const Select *op) override {
    Expr condition = mutate(op->condition);
    if (const Broadcast *broadcast = condition.as<Broadcast>())
      condition = broadcast->value;
    // Not a broadcast of the condition itself, which Halide would undo.
    if (op->type.is_vector() && condition.type().is_scalar())
      condition = Broadcast::make(cast(Int(32), condition), op->type.lanes()) !=
                  make_zero(Int(32, op->type.lanes()));
    return Select::make(condition, mutate(op->true_value), mutate(op->false_value));
  }
};

} // namespace

IRMutator *createSelectLanesPass() { return new SelectLanes; }

} // namespace cnnc
