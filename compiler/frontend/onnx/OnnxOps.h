// Which ONNX op is imported how: the table of OnnxOps.def and the functions it names.
#pragma once

#include "compiler/frontend/onnx/Node.h"

#include <string>
#include <vector>

namespace cnnc::onnximport {

using ImportFunction = void (*)(Node &);

/// A row of the table.
struct OnnxOp {
  const char *name;
  ImportFunction onTensors; ///< Where an operand is a tensor of the network; may be null.
  ImportFunction onSizes;   ///< Where all operands are integers known when compiling; may be null.
  bool isForTraining = false; ///< Of the domain of ops for training.
};

/// The row of the op that a node has, or null.
const OnnxOp *findOp(const onnx::NodeProto &node);
/// The name of a node's op, with its domain where that is not the standard one.
std::string qualifiedName(const onnx::NodeProto &node);
/// The names of all ops, qualified so: the standard ones in alphabetical order, then the others.
std::vector<std::string> supportedOps();

/// The attribute of a `cnn` op that comes from the ONNX attribute of the same name.
struct FloatAttribute {
  const char *name;
  double fallback;
};

/// Imports a node of one tensor, a `cnn` op with some float attributes.
template <typename Op> void importUnary(Node &node, llvm::ArrayRef<FloatAttribute> attributes) {
  llvm::SmallVector<mlir::NamedAttribute> values;
  for (FloatAttribute a : attributes)
    values.push_back(node.floatAttr(a.name, node.getFloat(a.name, a.fallback)));
  node.yield(0, node.build<Op>(node.floats(0), values));
}

/// Imports a node of two tensors that broadcast.
template <typename Op> void importBinary(Node &node) {
  mlir::Value lhs = node.floats(0), rhs = node.floats(1);
  node.yield(0, node.build<Op>({lhs, rhs}));
}

/// Imports a node of any number of tensors that broadcast: ((a op b) op c) ...
template <typename Op> void importVariadic(Node &node) {
  mlir::Value result = node.floats(0);
  for (size_t i = 1; i < node.numInputs(); ++i)
    result = node.build<Op>({result, node.floats(i)});
  node.yield(0, result);
}

/// The attributes of a reduction, for importReduction.
llvm::SmallVector<mlir::NamedAttribute>
reductionAttributes(Node &node, llvm::ArrayRef<int64_t> axes, bool keepdims);
/// The axes over which a node reduces `input`: none to leave it as it is.
llvm::SmallVector<int64_t> reducedAxes(Node &node, mlir::Value input, int64_t axesAreInputSince);
/// The spatial dims of `input`.
llvm::SmallVector<int64_t> spatialAxes(Node &node, mlir::Value input);

/// Imports a reduction over some axes, which are an input in newer opsets.
template <typename Op> void importReduction(Node &node, int64_t axesAreInputSince) {
  mlir::Value input = node.floats(0);
  llvm::SmallVector<int64_t> axes = reducedAxes(node, input, axesAreInputSince);
  if (axes.empty())
    return node.yield(0, input);
  bool keepdims = node.getInt("keepdims", 1) != 0;
  node.yield(0, node.build<Op>(input, reductionAttributes(node, axes, keepdims)));
}

/// Imports a reduction over all of space whose result keeps the dims, with size 1.
template <typename Op> void importGlobalPool(Node &node) {
  mlir::Value input = node.floats(0);
  llvm::SmallVector<int64_t> axes = spatialAxes(node, input);
  node.yield(0, node.build<Op>(input, reductionAttributes(node, axes, /*keepdims=*/true)));
}

/// Operand `i`, integers that are known, as a constant tensor of floats.
mlir::Value toFloats(Node &node, size_t i);

/// The sizes that a Reshape asks for: 0 stands for the input's size, -1 for what is left over.
llvm::SmallVector<Size> resolveShape(Node &node, llvm::ArrayRef<Size> input,
                                     const SizeTensor &target);
/// The dims left by a Squeeze, and those of an Unsqueeze.
llvm::SmallVector<Size> squeezedShape(Node &node, llvm::ArrayRef<Size> input);
llvm::SmallVector<Size> unsqueezedShape(Node &node, llvm::ArrayRef<Size> input);

/// What a Slice takes of one dim, as the file says it: negative places count from the end.
struct SliceRange {
  int64_t axis, start, end, step;

  /// For a dim of `size` elements: start and end inside of it (-1 is the end of a step backwards).
  SliceRange clampedTo(int64_t size) const;
  int64_t count() const; ///< Of elements, once clamped.
};
/// The ranges of a Slice node of a tensor with `rank` dims.
std::vector<SliceRange> readSliceRanges(Node &node, int64_t rank);
/// The part of `input` that clamped ranges with positive steps select.
mlir::Value buildSlice(Node &node, mlir::Value input, llvm::ArrayRef<SliceRange> ranges);

// Constants.cpp
void importConstant(Node &node);
void importConstantOfShape(Node &node);
// Elementwise.cpp
void importClip(Node &node);
void importPow(Node &node);
void importCast(Node &node);
void computeCast(Node &node);
void importIdentity(Node &node);
void importDropout(Node &node);
// Gradient.cpp
void importGradient(Node &node);
// LinearAlgebra.cpp
void importGemm(Node &node);
void importMatMul(Node &node);
// Normalisation.cpp
void importBatchNormalization(Node &node);
void importGroupNormalization(Node &node);
void importInstanceNormalization(Node &node);
void importLayerNormalization(Node &node);
void importLRN(Node &node);
void importSoftmax(Node &node);
// OptimizerSteps.cpp
void importAdagrad(Node &node);
void importAdam(Node &node);
void importMomentum(Node &node);
// Rearrangement.cpp
void importTranspose(Node &node);
void importConcat(Node &node);
void importDepthToSpace(Node &node);
void importPad(Node &node);
// Reshaping.cpp
void importFlatten(Node &node);
void importReshape(Node &node);
void importSqueeze(Node &node);
void importUnsqueeze(Node &node);
// Resizing.cpp
void importResize(Node &node);
// Slicing.cpp
void importSlice(Node &node);
void importGather(Node &node);
// Window.cpp
void importConv(Node &node);
void importConvTranspose(Node &node);
void importMaxPool(Node &node);
void importAveragePool(Node &node);
// ShapeArithmetic.cpp
void computeAdd(Node &node);
void computeSub(Node &node);
void computeMul(Node &node);
void computeDiv(Node &node);
void computeMin(Node &node);
void computeMax(Node &node);
void computeMod(Node &node);
void computeRange(Node &node);
void computeProduct(Node &node);
// SizeMovement.cpp
void computeShape(Node &node);
void computeSize(Node &node);
void computeReshape(Node &node);
void computeSqueeze(Node &node);
void computeUnsqueeze(Node &node);
void computeTranspose(Node &node);
void computeConcat(Node &node);
void computeSlice(Node &node);
void computeGather(Node &node);

} // namespace cnnc::onnximport
