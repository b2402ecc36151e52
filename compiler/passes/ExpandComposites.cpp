// Replaces composite ops by what they stand for, until none is left.
#include "dialects/cnn/ExpandComposites.h"
#include "compiler/passes/Passes.h"

using namespace mlir;

namespace cnnc {
#define GEN_PASS_DEF_EXPANDCOMPOSITES
#include "compiler/passes/Passes.h.inc"

namespace {
struct ExpandComposites : impl::ExpandCompositesBase<ExpandComposites> {
  void runOnOperation() override {
    cnn::expandComposites(getOperation(), [](cnn::Composite) { return true; });
  }
};
} // namespace
} // namespace cnnc
