#include "compiler/passes/Describe.h"

#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;

namespace cnnc {

int64_t SizeNumbering::dimOf(cnn::Size size) {
  if (std::optional<int64_t> n = cnn::known(size))
    return *n;
  auto it = llvm::find(seen, size);
  int64_t k = it - seen.begin();
  if (it == seen.end())
    seen.push_back(size);
  return -1 - k;
}

SizeExpr toSizeExpr(cnn::Size size) {
  if (auto constant = dyn_cast<AffineConstantExpr>(size))
    return constant.getValue();
  if (auto symbol = dyn_cast<AffineSymbolExpr>(size))
    return SizeExpr::symbol(static_cast<int>(symbol.getPosition()));
  auto binary = cast<AffineBinaryOpExpr>(size);
  SizeExpr lhs = toSizeExpr(binary.getLHS()), rhs = toSizeExpr(binary.getRHS());
  switch (size.getKind()) {
  case AffineExprKind::Add:
    return lhs + rhs;
  case AffineExprKind::Mul:
    return lhs * rhs;
  case AffineExprKind::FloorDiv:
    return floorDiv(lhs, rhs);
  case AffineExprKind::CeilDiv:
    return ceilDiv(lhs, rhs);
  case AffineExprKind::Mod:
    return mod(lhs, rhs);
  default:
    llvm_unreachable("a size has no dims");
  }
}

ElementType toElementType(Type type) {
  if (type.isF32())
    return ElementType::F32;
  if (type.isF64())
    return ElementType::F64;
  if (type.isInteger(1))
    return ElementType::Bool;
  if (type.isInteger(8))
    return type.isUnsignedInteger() ? ElementType::U8 : ElementType::I8;
  assert((type.isInteger(32) || type.isInteger(64)) && "not an element type of the dialect");
  return type.isInteger(32) ? ElementType::I32 : ElementType::I64;
}

TensorDescription describe(RankedTensorType type, SizeNumbering &sizes) {
  TensorDescription description{toElementType(type.getElementType()), {}};
  for (cnn::Size size : cnn::sizesOf(type))
    description.shape.push_back(sizes.dimOf(size));
  return description;
}

static Attribute toPlain(mlir::Attribute value) {
  if (auto flag = dyn_cast<BoolAttr>(value))
    return flag.getValue();
  if (auto integer = dyn_cast<IntegerAttr>(value))
    return integer.getInt();
  if (auto number = dyn_cast<FloatAttr>(value))
    return number.getValueAsDouble();
  if (auto text = dyn_cast<StringAttr>(value))
    return text.str();
  return std::vector<int64_t>(cast<DenseI64ArrayAttr>(value).asArrayRef());
}

OpDescription describe(Operation *op, SizeNumbering &sizes) {
  OpDescription description;
  description.name = op->getName().stripDialect().str();
  for (NamedAttribute attribute : op->getAttrDictionary())
    description.attributes[attribute.getName().str()] = toPlain(attribute.getValue());
  description.result = describe(cast<RankedTensorType>(op->getResult(0).getType()), sizes);
  return description;
}

namespace {
/// A graph in the making, and which value is which of its numbers.
struct GraphBuilder {
  SizeNumbering &sizes;
  OpGraph graph = {};
  DenseMap<Value, int> numbers = DenseMap<Value, int>();

  void addInput(Value value) {
    numbers[value] = graph.numValues();
    graph.inputs.push_back(describe(cast<RankedTensorType>(value.getType()), sizes));
  }
  void addOp(Operation &op) {
    OpDescription description = describe(&op, sizes);
    for (Value operand : op.getOperands())
      description.operands.push_back(numbers.at(operand));
    numbers[op.getResult(0)] = graph.numValues();
    graph.ops.push_back(std::move(description));
  }
};
} // namespace

OpGraph describe(kernel::Fused fused, SizeNumbering &sizes) {
  GraphBuilder builder{sizes};
  Block &body = fused.getBody().front();
  for (BlockArgument argument : body.getArguments())
    builder.addInput(argument);
  for (Operation &op : body.without_terminator())
    builder.addOp(op);
  return std::move(builder.graph);
}

FunctionGraph describe(func::FuncOp function, SizeNumbering &sizes) {
  GraphBuilder builder{sizes};
  FunctionGraph result;
  Block &body = function.getBody().front();
  for (BlockArgument argument : body.getArguments())
    builder.addInput(argument);
  for (auto constant : body.getOps<cnn::Constant>()) {
    builder.addInput(constant);
    result.constants.push_back(constant);
  }
  for (Operation &op : body.without_terminator())
    if (!isa<cnn::Constant>(op))
      builder.addOp(op);
  for (Value value : body.getTerminator()->getOperands())
    result.results.push_back(builder.numbers.at(value));
  result.graph = std::move(builder.graph);
  return result;
}

static Layout borderLayout(DictionaryAttr attributes) {
  bool channelsLast = attributes && attributes.contains("cnn.channels_last");
  return channelsLast ? Layout::ChannelsLast : Layout::RowMajor;
}

Layout layoutOf(Value value) {
  if (cast<RankedTensorType>(value.getType()).getRank() < 3 || constantOf(value))
    return Layout::RowMajor;
  if (auto argument = dyn_cast<BlockArgument>(value))
    if (auto function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp()))
      return borderLayout(function.getArgAttrDict(argument.getArgNumber()));
  for (OpOperand &use : value.getUses())
    if (isa<func::ReturnOp>(use.getOwner()))
      return borderLayout(cast<func::FuncOp>(use.getOwner()->getParentOp())
                              .getResultAttrDict(use.getOperandNumber()));
  return Layout::ChannelsLast;
}

/// The value in whose memory `value` lies, and where; null where it has its own.
static View nextView(Value value) {
  for (OpOperand &use : value.getUses())
    if (auto concat = dyn_cast<kernel::ConcatView>(use.getOwner()))
      return {concat.getResult(), concat.getFirstChannel(use.getOperandNumber())};
  if (auto slice = value.getDefiningOp<kernel::SliceView>())
    return {slice.getInput(), static_cast<int64_t>(slice.getChannel())};
  if (auto fused = value.getDefiningOp<kernel::Fused>(); fused && fused.getInPlace())
    return {fused.getInputs()[*fused.getInPlace()], 0};
  return {};
}

View viewOf(Value value) {
  View view{value, 0};
  for (View next = nextView(value); next.buffer; next = nextView(next.buffer))
    view = {next.buffer, view.channel + next.channel};
  return view;
}

int64_t pitchOf(Value value) {
  auto type = cast<RankedTensorType>(value.getType()),
       whole = cast<RankedTensorType>(viewOf(value).buffer.getType());
  return type == whole ? 0 : whole.getDimSize(1);
}

std::optional<unsigned> returnedAs(Value value) {
  for (OpOperand &use : value.getUses())
    if (isa<func::ReturnOp>(use.getOwner()))
      return use.getOperandNumber();
  return std::nullopt;
}

cnn::Constant constantOf(Value value) { return value.getDefiningOp<cnn::Constant>(); }

/// Constant filters, of the anchor or of a convolution before it, which are packed; but no batch of
/// matrices, of which only the kernel knows how it is broadcast.
static bool isPacked(kernel::Fused fused, size_t input) {
  BlockArgument argument = fused.getBody().front().getArgument(input);
  bool isFilter = llvm::any_of(argument.getUses(), [](OpOperand &use) {
    return use.getOwner()->hasTrait<cnn::Contraction>() && use.getOperandNumber() == 1;
  });
  bool isBatch = isa<cnn::MatMul>(fused.getAnchorOp()) &&
                 cast<RankedTensorType>(argument.getType()).getRank() > 2;
  return isFilter && constantOf(fused.getInputs()[input]) && !isBatch;
}

KernelSpec describeKernel(kernel::Fused fused, const Target &target, SizeNumbering &sizes) {
  KernelSpec spec;
  spec.graph = describe(fused, sizes);
  for (auto [i, input] : llvm::enumerate(fused.getInputs())) {
    spec.isWeight.push_back(constantOf(input) != nullptr);
    spec.layouts.push_back(isPacked(fused, i) ? Layout::Packed : layoutOf(input));
    spec.pitches.push_back(pitchOf(input));
  }
  spec.outputLayout = layoutOf(fused.getResult());
  spec.outputPitch = pitchOf(fused.getResult());
  if (std::optional<uint64_t> inPlace = fused.getInPlace())
    spec.inPlace = static_cast<int>(*inPlace);
  spec.anchor = static_cast<int>(fused.getAnchor());
  spec.target = target;
  if (DictionaryAttr schedule = fused.getScheduleAttr()) {
    spec.schedule.algorithm = schedule.getAs<StringAttr>("algorithm").str();
    for (NamedAttribute entry : schedule)
      if (auto value = dyn_cast<IntegerAttr>(entry.getValue()))
        spec.schedule.parameters[entry.getName().str()] = value.getInt();
  }
  return spec;
}

} // namespace cnnc
