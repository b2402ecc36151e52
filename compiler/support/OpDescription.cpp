#include "compiler/support/OpDescription.h"

#include <cassert>

namespace cnnc {

const char *toString(ElementType type) {
  switch (type) {
  case ElementType::F32:
    return "f32";
  case ElementType::F64:
    return "f64";
  case ElementType::U8:
    return "u8";
  case ElementType::I8:
    return "i8";
  case ElementType::I32:
    return "i32";
  case ElementType::I64:
    return "i64";
  case ElementType::Bool:
    return "bool";
  }
  return "?";
}

int64_t sizeInBytes(ElementType type) {
  switch (type) {
  case ElementType::F32:
  case ElementType::I32:
    return 4;
  case ElementType::F64:
  case ElementType::I64:
    return 8;
  case ElementType::U8:
  case ElementType::I8:
  case ElementType::Bool:
    return 1;
  }
  return 0;
}

bool TensorDescription::isStatic() const {
  for (int64_t dim : shape)
    if (dim < 0)
      return false;
  return true;
}

int64_t TensorDescription::numElements() const {
  assert(isStatic() && "number of elements of a tensor whose size is known only at run time");
  int64_t n = 1;
  for (int64_t dim : shape)
    n *= dim;
  return n;
}

template <typename T> static const T &get(const OpDescription &op, const std::string &attribute) {
  auto it = op.attributes.find(attribute);
  assert(it != op.attributes.end() && "op has no attribute of this name");
  assert(std::holds_alternative<T>(it->second) && "attribute is of another type");
  return std::get<T>(it->second);
}

bool OpDescription::getBool(const std::string &a) const { return get<bool>(*this, a); }
int64_t OpDescription::getInt(const std::string &a) const { return get<int64_t>(*this, a); }
double OpDescription::getFloat(const std::string &a) const { return get<double>(*this, a); }
const std::string &OpDescription::getString(const std::string &a) const {
  return get<std::string>(*this, a);
}
const std::vector<int64_t> &OpDescription::getInts(const std::string &a) const {
  return get<std::vector<int64_t>>(*this, a);
}

const TensorDescription &OpGraph::tensor(int value) const {
  size_t v = static_cast<size_t>(value);
  return v < inputs.size() ? inputs[v] : ops[v - inputs.size()].result;
}

} // namespace cnnc
