// Finds the function of an op by its name, and walks a graph with it.
#include "compiler/reference/Integers.h"
#include "compiler/reference/Ops.h"

namespace cnnc::reference {

namespace {
template <typename T> struct Entry {
  const char *name;
  Tensor<T> (*function)(const OpDescription &op, const Operands<T> &operands);
};

template <typename T>
constexpr Entry<T> kOps[] = {
#define REFERENCE_OP(name) {#name, ops::name<T>},
#include "compiler/reference/Ops.def"
};
} // namespace

template <typename T> static const Entry<T> &findOp(const std::string &name) {
  for (const Entry<T> &entry : kOps<T>)
    if (entry.name == name)
      return entry;
  assert(false && "op has no reference: see compiler/reference/Ops.def");
  return kOps<T>[0];
}

/// The dims with every run-time size -1 - k replaced by sizes[k]; as they are without sizes.
static Shape resolveShape(Shape shape, const std::vector<int64_t> &sizes) {
  for (int64_t &dim : shape) {
    if (dim >= 0 || sizes.empty())
      continue;
    assert(-1 - dim < static_cast<int64_t>(sizes.size()) && "no size given for a run-time dim");
    dim = sizes[static_cast<size_t>(-1 - dim)];
  }
  return shape;
}

template <typename T>
Tensor<T> evaluate(const OpDescription &op, const Operands<T> &operands,
                   const std::vector<int64_t> &sizes) {
  OpDescription resolved = op;
  resolved.result.shape = resolveShape(op.result.shape, sizes);
  Tensor<T> result = findOp<T>(op.name).function(resolved, operands);
  if (!isFloat(op.result.elementType))
    for (T &value : result.values)
      value = static_cast<T>(wrapAround(op.result.elementType, value));
  return result;
}

/// True where a result has the promised shape, dims that are only known at run time aside.
static bool shapesAgree(const Shape &result, const Shape &promised) {
  if (result.size() != promised.size())
    return false;
  for (size_t dim = 0; dim < result.size(); ++dim)
    if (promised[dim] >= 0 && promised[dim] != result[dim])
      return false;
  return true;
}

template <typename T>
std::vector<Tensor<T>> evaluate(const OpGraph &graph, std::vector<Tensor<T>> inputs,
                                const std::vector<int64_t> &sizes) {
  assert(inputs.size() == graph.inputs.size() && "an input of the graph is missing");
  std::vector<Tensor<T>> values = std::move(inputs);
  values.reserve(static_cast<size_t>(graph.numValues()));
  for (const OpDescription &op : graph.ops) {
    Operands<T> operands;
    for (int operand : op.operands)
      operands.push_back(&values[static_cast<size_t>(operand)]);
    values.push_back(evaluate(op, operands, sizes));
    assert(shapesAgree(values.back().shape, resolveShape(op.result.shape, sizes)) &&
           "the reference's result has another shape than its description");
  }
  return values;
}

std::vector<std::string> opsWithReference() {
  std::vector<std::string> names;
  for (const Entry<double> &entry : kOps<double>)
    names.push_back(entry.name);
  return names;
}

template Tensor<float> evaluate(const OpDescription &, const Operands<float> &,
                                const std::vector<int64_t> &);
template Tensor<double> evaluate(const OpDescription &, const Operands<double> &,
                                 const std::vector<int64_t> &);
template std::vector<Tensor<float>> evaluate(const OpGraph &, std::vector<Tensor<float>>,
                                             const std::vector<int64_t> &);
template std::vector<Tensor<double>> evaluate(const OpGraph &, std::vector<Tensor<double>>,
                                              const std::vector<int64_t> &);

} // namespace cnnc::reference
