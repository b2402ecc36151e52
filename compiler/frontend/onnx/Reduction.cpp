// What reductions reduce over.
#include "compiler/frontend/onnx/OnnxOps.h"

using namespace mlir;

namespace cnnc::onnximport {

SmallVector<NamedAttribute> reductionAttributes(Node &node, ArrayRef<int64_t> axes, bool keepdims) {
  return {node.intsAttr("axes", axes), node.boolAttr("keepdims", keepdims)};
}

// Without axes a reduction is over all of them, unless `noop_with_empty_axes` says over none.
SmallVector<int64_t> reducedAxes(Node &node, Value input, int64_t axesAreInputSince) {
  if (!input)
    return {};
  int64_t rank = typeOf(input).getRank();
  std::optional<SmallVector<int64_t>> axes = node.getAxes(axesAreInputSince, 1, rank);
  if (axes && !axes->empty())
    return *axes;
  if (node.getInt("noop_with_empty_axes", 0))
    return {};
  return llvm::to_vector(llvm::seq<int64_t>(0, rank));
}

SmallVector<int64_t> spatialAxes(Node &node, Value input) {
  if (!input)
    return {};
  int64_t rank = typeOf(input).getRank();
  if (rank < 3) {
    node.error() << "input must have batch, channels and at least one spatial dim, but has " << rank
                 << " dims";
    return {};
  }
  return llvm::to_vector(llvm::seq<int64_t>(2, rank));
}

} // namespace cnnc::onnximport
