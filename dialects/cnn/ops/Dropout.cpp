#include "dialects/cnn/ops/Gradients.h"

using namespace mlir;
using namespace cnnc::cnn;

LogicalResult Dropout::verify() {
  double ratio = getRatio().convertToDouble();
  if (ratio >= 0 && ratio < 1)
    return success();
  SmallString<16> text;
  getRatio().toString(text);
  return emitOpError() << "ratio must be at least 0 and below 1 but is " << text;
}

// The identity: `expand-composites` runs on inference networks.
Value Dropout::expand(OpBuilder &) { return getInput(); }

// y = x * mask, mask = (random >= ratio) / (1 - ratio). What multiplies x is a value by itself, for
// the gradient to use as well.
Value Dropout::buildTrainingForm(OpBuilder &builder, TrainingContext &context) {
  double ratio = getRatio().convertToDouble();
  if (ratio == 0)
    return getInput();
  Term x{builder, getLoc(), getInput()},
      random{builder, getLoc(),
             Random::create(builder, getLoc(), context.step, getInput(), context.layer)};
  Term isKept = 1 - (random.number(ratio) - random).apply<Step>();
  return (x * (isKept * (1 / (1 - ratio)))).value;
}
