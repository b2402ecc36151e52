#include "dialects/kernel/KernelDialect.h"

using namespace mlir;
using namespace cnnc::kernel;

#include "dialects/kernel/KernelDialect.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/kernel/KernelOps.cpp.inc"

void KernelDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/kernel/KernelOps.cpp.inc"
      >();
}

static int64_t channelsOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getDimSize(1);
}

/// True where the types differ in the number of channels at most, and that is known.
static bool differInChannelsOnly(RankedTensorType a, RankedTensorType b) {
  if (a.getRank() < 2 || a.getRank() != b.getRank() || a.getElementType() != b.getElementType())
    return false;
  for (int64_t dim = 0; dim < a.getRank(); ++dim)
    if (dim != 1 && a.getDimSize(dim) != b.getDimSize(dim))
      return false;
  return !a.isDynamicDim(1) && !b.isDynamicDim(1);
}

/// An error where `part` can not be channels [first, ...) of `whole`.
static LogicalResult verifyPart(Operation *op, Value part, Value whole, int64_t first) {
  if (!differInChannelsOnly(cast<RankedTensorType>(part.getType()),
                            cast<RankedTensorType>(whole.getType())))
    return op->emitOpError() << part.getType() << " is no part of the channels of "
                             << whole.getType();
  if (first < 0 || first + channelsOf(part) > channelsOf(whole))
    return op->emitOpError() << "a part of " << channelsOf(part) << " channels from " << first
                             << " on exceeds the " << channelsOf(whole) << " of the whole";
  return success();
}

int64_t ConcatView::getFirstChannel(unsigned input) {
  int64_t channel = 0;
  for (Value before : getInputs().take_front(input))
    channel += channelsOf(before);
  return channel;
}

LogicalResult ConcatView::verify() {
  int64_t channels = 0;
  for (Value input : getInputs()) {
    if (failed(verifyPart(*this, input, getResult(), channels)))
      return failure();
    channels += channelsOf(input);
  }
  if (channels != channelsOf(getResult()))
    return emitOpError() << "inputs have " << channels << " channels but the result has "
                         << channelsOf(getResult());
  return success();
}

LogicalResult SliceView::verify() {
  return verifyPart(*this, getResult(), getInput(), static_cast<int64_t>(getChannel()));
}

Operation *Fused::getAnchorOp() {
  return &*std::next(getBody().front().begin(), static_cast<int64_t>(getAnchor()));
}

LogicalResult Fused::verify() {
  Block &block = getBody().front();
  if (block.getNumArguments() != getInputs().size())
    return emitOpError() << "has " << getInputs().size() << " inputs but its body takes "
                         << block.getNumArguments();
  for (auto [input, argument] : llvm::zip(getInputs(), block.getArguments()))
    if (input.getType() != argument.getType())
      return emitOpError() << "input is " << input.getType() << " but its body takes "
                           << argument.getType();
  auto yield = dyn_cast<Yield>(block.getTerminator());
  if (!yield || yield.getResult().getType() != getType())
    return emitOpError() << "result is " << getType() << " but its body yields another type";
  int64_t numOps = static_cast<int64_t>(block.getOperations().size()) - 1;
  if (static_cast<int64_t>(getAnchor()) < 0 || static_cast<int64_t>(getAnchor()) >= numOps)
    return emitOpError() << "anchor is " << getAnchor() << " but its body has " << numOps << " ops";
  if (getInPlace() && *getInPlace() >= getInputs().size())
    return emitOpError() << "overwrites input " << *getInPlace() << " but has "
                         << getInputs().size();
  return success();
}
