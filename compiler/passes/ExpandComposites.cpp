// Replaces composite ops by what they stand for, until none is left.
#include "compiler/passes/ExpandComposites.h"
#include "compiler/passes/Passes.h"

using namespace mlir;

namespace cnnc {
#define GEN_PASS_DEF_EXPANDCOMPOSITES
#include "compiler/passes/Passes.h.inc"

void expandComposites(Operation *network, function_ref<bool(cnn::Composite)> wanted) {
  SmallVector<cnn::Composite> composites;
  do {
    composites.clear();
    network->walk([&](cnn::Composite op) {
      if (wanted(op))
        composites.push_back(op);
    });
    for (cnn::Composite op : composites) {
      OpBuilder builder(op);
      op->getResult(0).replaceAllUsesWith(op.expand(builder));
      op->erase();
    }
  } while (!composites.empty());
}

namespace {
struct ExpandComposites : impl::ExpandCompositesBase<ExpandComposites> {
  void runOnOperation() override {
    expandComposites(getOperation(), [](cnn::Composite) { return true; });
  }
};
} // namespace
} // namespace cnnc
