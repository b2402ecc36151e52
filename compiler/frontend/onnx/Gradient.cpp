// Gradient: what another part of the graph, named by attributes, is differentiated to. The part is
// there already, so what is built are the ops behind it alone.
#include "compiler/frontend/onnx/OnnxOps.h"
#include "dialects/cnn/Differentiate.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace cnnc::onnximport {

/// Operands must be what the attributes name: gradients are taken where the graph is computed.
static void checkOperands(Node &node, ArrayRef<std::string> names) {
  if (node.failed())
    return;
  if (names.size() != node.numInputs()) {
    node.error() << "xs and zs name " << names.size() << " tensors but its inputs are "
                 << node.numInputs();
    return;
  }
  for (auto [i, name] : llvm::enumerate(names))
    if (node.inputName(i) != name) {
      node.error() << "input " << i << " is '" << node.inputName(i) << "' but xs and zs name '"
                   << name << "': gradients at other values are not supported";
      return;
    }
}

/// None of `variables`, the operands, may be one of the first `count` of them under another name,
/// or computed from one.
static void checkIndependence(Node &node, ArrayRef<Value> variables, size_t count) {
  if (node.failed())
    return;
  DenseSet<Value> xs(variables.begin(), variables.begin() + static_cast<ptrdiff_t>(count));
  DenseSet<Value> computed;
  for (Operation &op : *node.builder().getBlock())
    if (llvm::any_of(op.getOperands(),
                     [&](Value v) { return xs.contains(v) || computed.contains(v); }))
      computed.insert(op.result_begin(), op.result_end());
  for (auto [i, variable] : llvm::enumerate(variables)) {
    bool isRepeated = llvm::is_contained(variables.take_front(std::min(i, count)), variable);
    if (!isRepeated && !computed.contains(variable))
      continue;
    node.error() << "'" << node.inputName(i) << "' is computed from another tensor that xs names";
    return;
  }
}

/// The tensor that is differentiated, of one element.
static Value findTarget(Node &node, StringRef name) {
  if (node.failed())
    return {};
  Value target = node.findTensor(name);
  if (!target)
    node.error() << "y is '" << name << "', which no earlier node makes";
  else if (RankedTensorType type = typeOf(target); !isa<FloatType>(type.getElementType()))
    node.error() << "y, '" << name << "', has element type " << type.getElementType()
                 << ", but floats are called for";
  else if (!type.hasStaticShape() || type.getNumElements() != 1)
    node.error() << "y, '" << name << "', is " << cnn::toString(type) << " but must be one number";
  return target;
}

/// Rules build the gradients of all operands: what is behind `last` and nobody wants goes.
static void eraseUnused(Block &block, Operation *last, ArrayRef<Value> wanted) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
    if (&op == last)
      return;
    if (isOpTriviallyDead(&op) && !llvm::is_contained(wanted, op.getResult(0)))
      op.erase();
  }
}

static SmallVector<Value> buildGradients(Node &node, Value target, ArrayRef<Value> xs) {
  Block &block = *node.builder().getBlock();
  Operation *last = block.empty() ? nullptr : &block.back();
  SmallVector<Value> gradients;
  node.attempt([&] {
    FailureOr<SmallVector<Value>> built = cnn::buildGradients(node.builder(), target, xs);
    if (succeeded(built))
      gradients = *built;
    return LogicalResult(built);
  });
  eraseUnused(block, last, gradients);
  return gradients;
}

void importGradient(Node &node) {
  node.expandComposites();
  SmallVector<std::string> names = node.getStrings("xs");
  const size_t count = names.size();
  llvm::append_range(names, node.getStrings("zs"));
  checkOperands(node, names);
  SmallVector<Value> variables;
  for (size_t i = 0; i < names.size(); ++i)
    variables.push_back(i < count ? node.floats(i) : node.findTensor(names[i]));
  checkIndependence(node, variables, count);
  std::string y = node.getString("y", "");
  Value target = findTarget(node, y);
  if (node.failed())
    return;
  SmallVector<Value> gradients =
      buildGradients(node, target, ArrayRef(variables).take_front(count));
  for (auto [i, gradient] : llvm::enumerate(gradients)) {
    if (!gradient && node.isOutputNeeded(i)) {
      node.error() << "'" << y << "' has no gradient with respect to '" << names[i] << "'";
      return;
    }
    if (gradient)
      node.yield(i, gradient);
  }
}

} // namespace cnnc::onnximport
