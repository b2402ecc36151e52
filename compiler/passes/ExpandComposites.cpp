// Replaces composite ops by what they stand for, until none is left.
#include "compiler/passes/Passes.h"
#include "dialects/cnn/CNNDialect.h"

using namespace mlir;

namespace cnnc {
#define GEN_PASS_DEF_EXPANDCOMPOSITES
#include "compiler/passes/Passes.h.inc"

namespace {
struct ExpandComposites : impl::ExpandCompositesBase<ExpandComposites> {
  void runOnOperation() override {
    SmallVector<cnn::Composite> composites;
    do {
      composites.clear();
      getOperation().walk([&](cnn::Composite op) { composites.push_back(op); });
      for (cnn::Composite op : composites) {
        OpBuilder builder(op);
        op->getResult(0).replaceAllUsesWith(op.expand(builder));
        op->erase();
      }
    } while (!composites.empty());
  }
};
} // namespace
} // namespace cnnc
