// Computes, with the reference, every op whose operands are all constants.
#include "compiler/passes/Describe.h"
#include "compiler/passes/Passes.h"
#include "compiler/reference/Reference.h"
#include "dialects/cnn/Values.h"

using namespace mlir;

namespace cnnc {
#define GEN_PASS_DEF_FOLDCONSTANTS
#include "compiler/passes/Passes.h.inc"

static bool isFoldable(Operation *op) {
  if (op->getNumOperands() == 0 || op->getNumResults() != 1 ||
      !isa<cnn::CNNDialect>(op->getDialect()))
    return false;
  auto isFloatConstant = [](Value value) {
    auto type = cast<RankedTensorType>(value.getType());
    return constantOf(value) && type.getElementType().isF32();
  };
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  return type.hasStaticShape() && type.getElementType().isF32() &&
         llvm::all_of(op->getOperands(), isFloatConstant);
}

/// The name for the folded constant: that of its first named operand.
static StringAttr nameOf(Operation *op) {
  for (Value operand : op->getOperands())
    if (StringAttr name = constantOf(operand).getNameAttr())
      return name;
  return {};
}

static void fold(Operation *op) {
  std::vector<reference::Tensor<float>> tensors;
  for (Value operand : op->getOperands()) {
    std::vector<float> storage;
    ArrayRef<float> values = cnn::getValues(constantOf(operand).getValue(), storage);
    auto type = cast<RankedTensorType>(operand.getType());
    tensors.emplace_back(reference::Shape(type.getShape()), std::vector<float>(values));
  }
  reference::Operands<float> operands;
  for (const reference::Tensor<float> &tensor : tensors)
    operands.push_back(&tensor);
  SizeNumbering sizes;
  reference::Tensor<float> result = reference::evaluate(describe(op, sizes), operands);
  StringAttr name = nameOf(op);
  ElementsAttr value = cnn::makeValues(cast<RankedTensorType>(op->getResult(0).getType()),
                                       std::move(result.values), name ? name.getValue() : "folded");
  OpBuilder builder(op);
  Value constant = cnn::Constant::create(builder, op->getLoc(), value, name);
  op->getResult(0).replaceAllUsesWith(constant);
  op->erase();
}

namespace {
struct FoldConstants : impl::FoldConstantsBase<FoldConstants> {
  void runOnOperation() override {
    // In order of the block, so that a folded operand is there before its users are looked at.
    for (Operation &op : llvm::make_early_inc_range(getOperation().getBody().front()))
      if (isFoldable(&op))
        fold(&op);
  }
};
} // namespace
} // namespace cnnc
