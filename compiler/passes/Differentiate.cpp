// Composites without a rule of their own are replaced by the ops that they stand for; then the
// gradients are built (dialects/cnn/Differentiate.h) and returned behind the result.
#include "dialects/cnn/Differentiate.h"
#include "compiler/passes/Passes.h"
#include "dialects/cnn/ExpandComposites.h"

using namespace mlir;

namespace cnnc {
#define GEN_PASS_DEF_DIFFERENTIATE
#include "compiler/passes/Passes.h.inc"

namespace {
struct Differentiate : impl::DifferentiateBase<Differentiate> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    Block &body = function.getBody().front();
    cnn::expandComposites(function,
                          [](cnn::Composite op) { return !isa<cnn::Differentiable>(*op); });
    Operation *end = body.getTerminator();
    auto type = end->getNumOperands() == 1 ? cast<RankedTensorType>(end->getOperand(0).getType())
                                           : RankedTensorType();
    if (!type || !type.hasStaticShape() || type.getNumElements() != 1) {
      function.emitError() << "only a function of a single number has gradients";
      return signalPassFailure();
    }
    SmallVector<Value> values;
    for (BlockArgument argument : body.getArguments())
      if (isa<FloatType>(cast<RankedTensorType>(argument.getType()).getElementType()))
        values.push_back(argument);
    OpBuilder builder(end);
    auto gradients = cnn::buildGradients(builder, end->getOperand(0), values);
    if (failed(gradients))
      return signalPassFailure();
    for (auto [value, gradient] : llvm::zip_equal(values, *gradients))
      end->insertOperands(end->getNumOperands(),
                          gradient ? gradient
                                   : cnn::buildZeros(builder, value.getLoc(),
                                                     cast<RankedTensorType>(value.getType())));
    function.setType(builder.getFunctionType(function.getArgumentTypes(), end->getOperandTypes()));
  }
};
} // namespace
} // namespace cnnc
