#include "compiler/kernels/KernelBuild.h"
#include "compiler/kernels/ConvKinds.h"

namespace cnnc {

using namespace Halide;

std::vector<int> memoryOrder(Layout layout, int rank) {
  std::vector<int> order;
  bool channelsLast = layout == Layout::ChannelsLast && rank >= 3;
  if (channelsLast)
    order.push_back(1);
  for (int dim = rank - 1; dim >= 0; --dim)
    if (!(channelsLast && dim == 1))
      order.push_back(dim);
  return order;
}

std::vector<Var> dimVars(int rank) {
  static const char *const space[] = {"x", "y", "z"};
  std::vector<Var> vars;
  for (int dim = 0; dim < rank; ++dim) {
    int fromEnd = rank - 1 - dim;
    if (dim == 0)
      vars.emplace_back("n");
    else if (dim == 1)
      vars.emplace_back("c");
    else if (fromEnd < 3)
      vars.emplace_back(space[fromEnd]);
    else
      vars.emplace_back("s" + std::to_string(fromEnd));
  }
  return vars;
}

Type halideType(ElementType type) {
  switch (type) {
  case ElementType::F32:
    return Float(32);
  case ElementType::F64:
    return Float(64);
  case ElementType::U8:
  case ElementType::Bool:
    return UInt(8);
  case ElementType::I8:
    return Int(8);
  case ElementType::I32:
    return Int(32);
  case ElementType::I64:
    return Int(64);
  }
  return Float(32);
}

Expr Value::at(const Indices &coordinates) const {
  return func(inMemoryOrder(layout, coordinates));
}

KernelBuild::KernelBuild(const KernelSpec &spec, std::vector<ImageParam> parameters,
                         const std::vector<std::vector<int>> &parameterDims,
                         const std::map<int64_t, Expr> &sizes)
    : spec(spec), parameters(std::move(parameters)), sizes(sizes) {
  if (convBefore(spec))
    beforeSchedule = scheduleBefore(spec);
  addInputs(parameterDims);
  output = Func("output");
  addOutputSizes();
}

// Sizes that neither an input shows nor an op infers are read from the output's buffer, under the
// names that Halide gives to its extents.
void KernelBuild::addOutputSizes() {
  std::vector<int64_t> shape = inMemoryOrder(spec.outputLayout, spec.graph.result().shape);
  for (size_t dim = 0; dim < shape.size(); ++dim)
    if (shape[dim] < 0 && !sizes.count(shape[dim]))
      outputSizes[output.name() + ".extent." + std::to_string(dim)] = shape[dim];
}

Expr KernelBuild::outputExtent(int64_t dim) const {
  for (const auto &[name, size] : outputSizes)
    if (size == dim)
      return Internal::Variable::make(Int(32), name);
  return Expr();
}

Layout KernelBuild::intermediateLayout(int rank) {
  return rank >= 3 ? Layout::ChannelsLast : Layout::RowMajor;
}

Expr KernelBuild::extent(int64_t dim) const {
  if (dim >= 0)
    return Expr(static_cast<int>(dim));
  auto it = sizes.find(dim);
  return it == sizes.end() ? Expr() : it->second;
}

Indices KernelBuild::resultShape(const OpDescription &op, const Indices &inferred) const {
  Indices shape;
  for (size_t dim = 0; dim < op.result.shape.size(); ++dim) {
    Expr known = extent(op.result.shape[dim]);
    if (!known.defined() && dim < inferred.size())
      known = inferred[dim];
    if (!known.defined())
      known = outputExtent(op.result.shape[dim]);
    if (!known.defined())
      throw KernelError("'" + op.name + "': the size of dim " + std::to_string(dim) +
                        " of the result can not be told from the kernel's buffers");
    shape.push_back(known);
  }
  return shape;
}

std::string KernelBuild::name(const std::string &what) const {
  return spec.graph.ops[static_cast<size_t>(current)].name + std::to_string(current) +
         (what.empty() ? "" : "_" + what);
}

int KernelBuild::parameter(const std::string &name) const {
  auto it = schedule().parameters.find(name);
  if (it == schedule().parameters.end())
    throw KernelError("schedule '" + schedule().algorithm + "' needs a parameter '" + name + "'");
  return static_cast<int>(it->second);
}

Value KernelBuild::define(const OpDescription &op, const Indices &shape,
                          const std::function<Expr(const Indices &)> &body) const {
  Value value;
  value.description = op.result;
  value.layout = intermediateLayout(static_cast<int>(shape.size()));
  value.shape = shape;
  value.func = Func(name(""));
  std::vector<Var> vars = dimVars(value.rank());
  Indices coordinates(vars.begin(), vars.end());
  value.func(inMemoryOrder(value.layout, vars)) =
      cast(halideType(op.result.elementType), body(coordinates));
  return value;
}

static bool isReduction(const std::string &name) {
  return name == "max_pool" || name == "avg_pool" || name.rfind("reduce_", 0) == 0;
}

bool hasConsumer(const KernelSpec &spec) {
  for (size_t i = static_cast<size_t>(spec.anchor) + 1; i < spec.graph.ops.size(); ++i)
    if (isReduction(spec.graph.ops[i].name))
      return true;
  return false;
}

Value KernelBuild::reductionInput(const Value &operand) {
  if (atAnchor())
    return operand;
  if (current < spec.anchor || consumer.defined())
    throw KernelError("'" + name("") + "' must be the anchor of its kernel, or alone after it");
  consumerName = spec.graph.ops[static_cast<size_t>(current)].name;
  consumed = operand;
  consumed.func = Func(name("input"));
  std::vector<Var> vars = dimVars(operand.rank());
  consumed.func(inMemoryOrder(consumed.layout, vars)) =
      operand.at(Indices(vars.begin(), vars.end()));
  return consumed;
}

void KernelBuild::setReduction(const Func &accumulator, const RDom &taps) {
  (atAnchor() ? anchor.accumulator : consumer) = accumulator;
  (atAnchor() ? anchor.taps : consumerTaps) = taps;
}

void KernelBuild::addInputs(const std::vector<std::vector<int>> &parameterDims) {
  for (size_t i = 0; i < spec.graph.inputs.size(); ++i) {
    Value value;
    value.description = spec.graph.inputs[i];
    value.layout = spec.layouts[i];
    value.isInput = true;
    value.func = Func("input" + std::to_string(i) + "_view");
    for (int64_t dim : value.description.shape)
      value.shape.push_back(extent(dim));
    // The anchor's own input is staged; weights are followed by alignment.
    const OpDescription &op = spec.graph.ops[static_cast<size_t>(spec.anchor)];
    bool mayBeExceeded =
        hasConsumer() && !spec.isWeight[i] && op.operands[0] != static_cast<int>(i);
    if (value.layout == Layout::Packed) {
      value.func(_) = parameters[i](_);
    } else {
      std::vector<Var> vars = dimVars(value.rank());
      std::vector<Expr> place(static_cast<size_t>(parameters[i].dimensions()), Expr(0));
      for (size_t dim = 0; dim < vars.size(); ++dim)
        if (parameterDims[i][dim] >= 0)
          place[static_cast<size_t>(parameterDims[i][dim])] =
              mayBeExceeded ? clamp(vars[dim], 0, value.shape[dim] - 1) : Expr(vars[dim]);
      value.func(inMemoryOrder(value.layout, vars)) = parameters[i](place);
    }
    values.push_back(value);
  }
}

void KernelBuild::addOutput() {
  const Value &result = values.back();
  std::vector<Var> vars = dimVars(result.rank());
  output(inMemoryOrder(spec.outputLayout, vars)) = result.at(Indices(vars.begin(), vars.end()));
}

void KernelBuild::build() {
  for (current = 0; current < static_cast<int>(spec.graph.ops.size()); ++current) {
    const OpDescription &op = spec.graph.ops[static_cast<size_t>(current)];
    OpBuilder builder = findOpBuilder(op.name);
    if (!builder)
      throw KernelError("'" + op.name + "' has no kernel");
    std::vector<Value> operands;
    for (int operand : op.operands)
      operands.push_back(values[static_cast<size_t>(operand)]);
    values.push_back(builder(*this, op, operands));
  }
  addOutput();
}

} // namespace cnnc
