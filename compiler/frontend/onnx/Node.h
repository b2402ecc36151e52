// A node of an ONNX graph, as the function that imports its op sees it.
#pragma once

#include "compiler/frontend/onnx/SizeTensor.h"
#include "compiler/frontend/onnx/Weights.h"
#include "dialects/cnn/CNNDialect.h"

#include "mlir/IR/Diagnostics.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace cnnc::onnximport {

/// What a name of the file stands for: one of the three.
struct NamedValue {
  mlir::Value tensor;              ///< A value of the network.
  std::optional<SizeTensor> sizes; ///< Integers that the importer computes with.
  const onnx::TensorProto *initializer =
      nullptr; ///< Numbers of the file that nobody asked for yet.
};

/// What all nodes of a graph share.
struct Graph {
  mlir::OpBuilder builder;
  mlir::Location location; ///< The file.
  Weights weights;
  int64_t opset;
  llvm::StringMap<NamedValue> values;
  llvm::StringSet<> neededNames; ///< Of the values that the outputs depend on.
  /// Weights are to be trained, or have gradients: what is computed of them is ops, not other
  /// numbers.
  bool keepWeights = false;
};

/// A node: its attributes, operands and results.
///
/// Errors are sticky. Whatever is wrong is reported once, at the node; after that `failed()` is
/// true, what is asked for comes back empty (a null Value, the fallback of an attribute), and
/// build() builds nothing. So an import function needs to look only before it looks inside a value:
///
///     Value input = node.floats(0);
///     node.yield(0, node.build<cnn::Relu>(input));
class Node {
public:
  Node(Graph &graph, const onnx::NodeProto &proto, int index);

  llvm::StringRef op() const { return proto.op_type(); }
  int64_t opset() const { return graph.opset; }
  mlir::OpBuilder &builder() { return graph.builder; }
  Weights &weights() { return graph.weights; }
  bool keepsWeights() const { return graph.keepWeights; }
  /// Where the ops that the node becomes come from.
  mlir::Location loc() const { return location; }
  mlir::MLIRContext *context() { return graph.builder.getContext(); }

  // --- Attributes. Integers are checked to be below 2^31 in size, so that arithmetic on them is
  // safe; a missing attribute is the fallback.
  bool hasAttribute(llvm::StringRef name) const { return findAttribute(name) != nullptr; }
  int64_t getInt(llvm::StringRef name, int64_t fallback);
  double getFloat(llvm::StringRef name, double fallback);
  std::string getString(llvm::StringRef name, llvm::StringRef fallback);
  llvm::SmallVector<std::string> getStrings(llvm::StringRef name);
  llvm::SmallVector<int64_t> getInts(llvm::StringRef name, llvm::ArrayRef<int64_t> fallback = {});
  /// As getInts, of any size: for places that count as beyond the end.
  llvm::SmallVector<int64_t> getLimits(llvm::StringRef name);
  /// The attribute of a type for which there is no function above, or null.
  const onnx::AttributeProto *findAttribute(llvm::StringRef name) const;
  /// An axis of a tensor with `rank` dims from an attribute, negative ones counted from the end.
  int64_t getAxis(llvm::StringRef name, int64_t fallback, int64_t rank);
  int64_t normalizeAxis(int64_t axis, int64_t rank);
  /// Axes from the attribute `axes`, or from input `input` in opsets from `inputSince` on;
  /// ascending and without repetition. None where the node does not say.
  std::optional<llvm::SmallVector<int64_t>> getAxes(int64_t inputSince, size_t input, int64_t rank);

  // --- Operands.
  size_t numInputs() const { return proto.input_size(); }
  bool hasInput(size_t i) const { return i < numInputs() && !proto.input(i).empty(); }
  llvm::StringRef inputName(size_t i) const { return proto.input(i); }
  /// True for an operand that is integers known while importing, possibly symbolic.
  bool isSizes(size_t i) const;
  /// True for a node that has operands, all of which are such integers.
  bool allInputsAreSizes() const;
  /// A tensor of floats, of any type; the number of elements of a dim may be symbolic.
  mlir::Value floats(size_t i);
  mlir::Value tensor(size_t i);
  /// The tensor of the network that has this name, which is no operand's; null where there is none.
  mlir::Value findTensor(llvm::StringRef name) const;
  SizeTensor sizes(size_t i);
  /// Integers that must be known, in order.
  llvm::SmallVector<int64_t> integers(size_t i);
  /// The numbers of an operand if it is a constant.
  std::optional<FloatTensor> constant(size_t i);

  // --- Attributes of the ops of the network.
  mlir::NamedAttribute intAttr(llvm::StringRef name, int64_t value);
  mlir::NamedAttribute intsAttr(llvm::StringRef name, llvm::ArrayRef<int64_t> values);
  mlir::NamedAttribute floatAttr(llvm::StringRef name, double value);
  mlir::NamedAttribute boolAttr(llvm::StringRef name, bool value);
  mlir::NamedAttribute stringAttr(llvm::StringRef name, llvm::StringRef value);

  // --- Results.
  bool isOutputNeeded(size_t i) const;
  /// A new op of the network, or null. Ops whose result does not follow from the operands need
  /// `resultType`.
  template <typename Op>
  mlir::Value build(mlir::ValueRange operands, llvm::ArrayRef<mlir::NamedAttribute> attributes = {},
                    mlir::RankedTensorType resultType = {}) {
    return buildOp(Op::getOperationName(), operands, attributes, resultType);
  }
  mlir::Value buildConstant(const FloatTensor &values, llvm::StringRef name);
  mlir::Value buildConstant(llvm::ArrayRef<int64_t> shape, std::vector<float> values);
  /// `input` under another shape.
  mlir::Value buildReshape(mlir::Value input, llvm::ArrayRef<Size> sizes);
  /// A tensor of sizes computed element by element (SizeTensor.h); an error where it is too large.
  SizeTensor buildSizes(llvm::ArrayRef<int64_t> shape,
                        llvm::function_ref<Size(llvm::ArrayRef<int64_t>)> element);
  Size number(int64_t value) { return mlir::getAffineConstantExpr(value, context()); }
  void yield(size_t i, mlir::Value value);
  void yield(size_t i, SizeTensor sizes);
  void yieldInitializer(size_t i, const onnx::TensorProto &tensor);

  /// Replaces composite ops that have no rule for their gradient by what they stand for, in all of
  /// the network so far. Values asked for before may be gone.
  void expandComposites();

  // --- Errors.
  /// Runs `build`. What the dialect says where it fails is the node's error; if it is of an op that
  /// came from another node, with the name of that one.
  bool attempt(llvm::function_ref<mlir::LogicalResult()> build);
  /// "node 'Conv_12' (Conv): ", to be continued.
  mlir::InFlightDiagnostic error();
  bool failed() const { return hasFailed; }

private:
  const onnx::AttributeProto *findTyped(llvm::StringRef name,
                                        onnx::AttributeProto::AttributeType type);
  int64_t checkRange(llvm::StringRef name, int64_t value);
  NamedValue *find(size_t i);
  void define(size_t i, NamedValue value);
  mlir::Value buildOp(llvm::StringRef name, mlir::ValueRange operands,
                      llvm::ArrayRef<mlir::NamedAttribute> attributes,
                      mlir::RankedTensorType resultType);
  bool inferResult(mlir::Operation *op);
  bool checkResult(mlir::Operation *op);

  Graph &graph;
  const onnx::NodeProto &proto;
  int index;
  mlir::Location location;
  bool hasFailed = false;
};

/// The name of a node for messages: "node 'Conv_12' (Conv)".
std::string describe(const onnx::NodeProto &node, int index);

inline mlir::RankedTensorType typeOf(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType());
}

} // namespace cnnc::onnximport
