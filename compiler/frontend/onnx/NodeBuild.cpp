// How a node makes ops of the network: everything is checked before it can become an assert.
#include "compiler/frontend/onnx/Node.h"
#include "dialects/cnn/ExpandComposites.h"
#include "dialects/cnn/Values.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;

namespace cnnc::onnximport {

NamedAttribute Node::intAttr(StringRef name, int64_t value) {
  return builder().getNamedAttr(name, builder().getI64IntegerAttr(value));
}
NamedAttribute Node::intsAttr(StringRef name, ArrayRef<int64_t> values) {
  return builder().getNamedAttr(name, builder().getDenseI64ArrayAttr(values));
}
NamedAttribute Node::floatAttr(StringRef name, double value) {
  return builder().getNamedAttr(name, builder().getF64FloatAttr(value));
}
NamedAttribute Node::boolAttr(StringRef name, bool value) {
  return builder().getNamedAttr(name, builder().getBoolAttr(value));
}
NamedAttribute Node::stringAttr(StringRef name, StringRef value) {
  return builder().getNamedAttr(name, builder().getStringAttr(value));
}

bool Node::inferResult(Operation *op) {
  auto interface = dyn_cast<InferTypeOpInterface>(op);
  assert(interface && "an op without type inference needs its result type");
  SmallVector<Type> types;
  if (mlir::failed(interface.inferReturnTypes(context(), location, op->getOperands(),
                                              op->getDiscardableAttrDictionary(),
                                              op->getPropertiesStorage(), op->getRegions(), types)))
    return false;
  op->getResult(0).setType(types[0]);
  return true;
}

bool Node::checkResult(Operation *op) {
  constexpr int64_t most = std::numeric_limits<int32_t>::max();
  int64_t count = 1;
  for (Size size : cnn::sizesOf(op->getResult(0))) {
    count *= cnn::known(size).value_or(1);
    if (count >= 1 && count <= most)
      continue;
    error() << "its result " << cnn::toString(typeOf(op->getResult(0)))
            << " must have between 1 and " << most << " elements";
    return false;
  }
  return true;
}

/// Repeats what the dialect said of an op, argument by argument so that shapes stay recognisable
/// (SizeNames.h), but without its "'cnn.conv' op ": a user of ONNX knows no cnn.conv.
static void repeat(InFlightDiagnostic &error, Diagnostic &reason) {
  ArrayRef<DiagnosticArgument> arguments = reason.getArguments();
  constexpr size_t prefix = 3; // "'", the name, "' op "
  if (arguments.size() > prefix && arguments[2].getKind() == arguments[0].getKind() &&
      arguments[2].getAsString() == "' op ")
    arguments = arguments.drop_front(prefix);
  for (const DiagnosticArgument &argument : arguments) {
    std::string text;
    llvm::raw_string_ostream(text) << argument;
    error << text;
  }
}

bool Node::attempt(function_ref<LogicalResult()> build) {
  std::optional<Diagnostic> reason;
  bool isBuilt;
  {
    ScopedDiagnosticHandler handler(context(), [&](Diagnostic &diagnostic) {
      if (!reason)
        reason.emplace(std::move(diagnostic));
      return success();
    });
    isBuilt = succeeded(build());
  }
  assert((isBuilt || reason) && "the dialect says why");
  if (isBuilt)
    return true;
  InFlightDiagnostic message = error();
  if (auto other = dyn_cast<NameLoc>(reason->getLocation()); other && other != location)
    message << "at '" << other.getName().strref() << "': ";
  repeat(message, *reason);
  return false;
}

Value Node::buildOp(StringRef name, ValueRange operands, ArrayRef<NamedAttribute> attributes,
                    RankedTensorType resultType) {
  if (failed() || llvm::is_contained(operands, Value()))
    return {};
  OperationState state(location, name, operands, resultType ? resultType : operands[0].getType(),
                       attributes);
  Operation *op = builder().create(state);
  bool isValid =
      attempt([&] { return success((resultType || inferResult(op)) && succeeded(verify(op))); });
  if (isValid && checkResult(op))
    return op->getResult(0);
  op->erase();
  return {};
}

Value Node::buildConstant(const FloatTensor &values, StringRef name) {
  constexpr size_t mostDims = 6;
  if (failed())
    return {};
  if (values.shape.size() > mostDims || values.size == 0) {
    error() << "'" << name << "' has the shape " << shapeToString(values.shape)
            << ", but a tensor must have elements, and at most " << mostDims << " dims";
    return {};
  }
  auto type = RankedTensorType::get(values.shape, builder().getF32Type());
  ElementsAttr elements =
      cnn::makeValues(type, ArrayRef<float>(values.data, values.size), values.owner, name);
  StringAttr nameAttr = name.empty() ? StringAttr() : builder().getStringAttr(name);
  return cnn::Constant::create(builder(), location, elements, nameAttr);
}

Value Node::buildConstant(ArrayRef<int64_t> shape, std::vector<float> values) {
  auto owner = std::make_shared<std::vector<float>>(std::move(values));
  return buildConstant(
      FloatTensor{
          {shape.begin(), shape.end()}, owner->data(), static_cast<int64_t>(owner->size()), owner},
      "");
}

Value Node::buildReshape(Value input, ArrayRef<Size> sizes) {
  if (failed() || !input)
    return {};
  RankedTensorType type = cnn::tensorOf(sizes, typeOf(input).getElementType());
  return type == input.getType() ? input : build<cnn::Reshape>(input, {}, type);
}

void Node::expandComposites() {
  // An op for the time being has the named values as operands, so that they follow replacements.
  SmallVector<Value *> named;
  for (auto &entry : graph.values)
    if (entry.second.tensor)
      named.push_back(&entry.second.tensor);
  auto holder = func::ReturnOp::create(
      builder(), location, llvm::map_to_vector(named, [](Value *value) { return *value; }));
  cnn::expandComposites(builder().getBlock()->getParentOp(),
                        [](cnn::Composite op) { return !isa<cnn::Differentiable>(*op); });
  for (auto [value, operand] : llvm::zip_equal(named, holder.getOperands()))
    *value = operand;
  holder->erase();
}

SizeTensor Node::buildSizes(ArrayRef<int64_t> shape,
                            function_ref<Size(ArrayRef<int64_t>)> element) {
  if (failed())
    return {};
  if (countElements(shape))
    return generate(shape, element);
  error() << "integers of the shape " << shapeToString({shape.begin(), shape.end()})
          << " are more than shape arithmetic takes (" << maxSizeTensorElements << ")";
  return {};
}

} // namespace cnnc::onnximport
