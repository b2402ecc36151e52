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
  return success();
}
