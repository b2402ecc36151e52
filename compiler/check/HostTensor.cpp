#include "compiler/check/HostTensor.h"

#include <algorithm>
#include <random>
#include <type_traits>

namespace cnnc {

HostTensor::HostTensor(ElementType type, std::vector<int64_t> dims)
    : elementType(type), shape(std::move(dims)) {
  int64_t count = reference::product(shape, 0, shape.size());
  bytes.resize(static_cast<size_t>(count * sizeInBytes(type)));
}

// Calls action(pointer to the elements in their C++ type).
template <typename Bytes, typename Action>
static void withElements(ElementType type, Bytes *bytes, Action action) {
  auto as = [&](auto zero) {
    using T = decltype(zero);
    action(reinterpret_cast<std::conditional_t<std::is_const_v<Bytes>, const T *, T *>>(bytes));
  };
  switch (type) {
  case ElementType::F32:
    return as(float());
  case ElementType::F64:
    return as(double());
  case ElementType::I8:
    return as(int8_t());
  case ElementType::I32:
    return as(int32_t());
  case ElementType::I64:
    return as(int64_t());
  case ElementType::U8:
  case ElementType::Bool:
    return as(uint8_t());
  }
}

/// N, C, space... of a shape that is N, space..., C.
static std::vector<int64_t> channelsSecond(std::vector<int64_t> shape) {
  std::rotate(shape.begin() + 1, shape.end() - 1, shape.end());
  return shape;
}

static bool isPermuted(size_t rank, Layout layout) {
  return layout == Layout::ChannelsLast && rank >= 3;
}

/// Calls visit(logical index, memory index) for every element of a channels-last tensor.
template <typename Visit>
static void forEachElement(const std::vector<int64_t> &logical, Visit visit) {
  int64_t batch = logical[0], channels = logical[1];
  int64_t space = reference::product(logical, 2, logical.size());
  for (int64_t n = 0; n < batch; ++n)
    for (int64_t c = 0; c < channels; ++c)
      for (int64_t x = 0; x < space; ++x)
        visit((n * channels + c) * space + x, (n * space + x) * channels + c);
}

LogicalTensor toLogical(const HostTensor &tensor, Layout layout) {
  bool permuted = isPermuted(tensor.shape.size(), layout);
  LogicalTensor result(permuted ? channelsSecond(tensor.shape) : tensor.shape);
  withElements(tensor.elementType, tensor.bytes.data(), [&](auto *elements) {
    if (permuted)
      forEachElement(result.shape, [&](int64_t logical, int64_t memory) {
        result.values[static_cast<size_t>(logical)] = static_cast<double>(elements[memory]);
      });
    else
      for (size_t i = 0; i < result.values.size(); ++i)
        result.values[i] = static_cast<double>(elements[i]);
  });
  return result;
}

HostTensor toMemory(const LogicalTensor &tensor, ElementType type, Layout layout) {
  bool permuted = isPermuted(tensor.shape.size(), layout);
  std::vector<int64_t> shape = tensor.shape;
  if (permuted)
    std::rotate(shape.begin() + 1, shape.begin() + 2, shape.end());
  HostTensor result(type, shape);
  withElements(type, result.bytes.data(), [&](auto *elements) {
    using T = std::remove_reference_t<decltype(*elements)>;
    if (permuted)
      forEachElement(tensor.shape, [&](int64_t logical, int64_t memory) {
        elements[memory] = static_cast<T>(tensor.values[static_cast<size_t>(logical)]);
      });
    else
      for (size_t i = 0; i < tensor.values.size(); ++i)
        elements[i] = static_cast<T>(tensor.values[i]);
  });
  return result;
}

HostTensor randomTensor(ElementType type, const std::vector<int64_t> &shape, uint64_t seed) {
  HostTensor tensor(type, shape);
  std::mt19937_64 generator(seed);
  size_t count = tensor.bytes.size() / static_cast<size_t>(sizeInBytes(type));
  bool isFloat = type == ElementType::F32 || type == ElementType::F64;
  withElements(type, tensor.bytes.data(), [&](auto *elements) {
    using T = std::remove_reference_t<decltype(*elements)>;
    for (size_t i = 0; i < count; ++i) {
      uint64_t bits = generator();
      elements[i] = isFloat ? static_cast<T>(static_cast<double>(bits >> 40) / (1 << 23) - 1)
                            : static_cast<T>(type == ElementType::Bool ? bits & 1 : bits & 0x7f);
      if (type == ElementType::U8)
        elements[i] = static_cast<T>(bits & 0xff);
    }
  });
  return tensor;
}

std::vector<const void *> pointersTo(const std::vector<HostTensor> &tensors) {
  std::vector<const void *> pointers;
  for (const HostTensor &tensor : tensors)
    pointers.push_back(tensor.bytes.data());
  return pointers;
}

std::vector<void *> pointersInto(std::vector<HostTensor> &tensors) {
  std::vector<void *> pointers;
  for (HostTensor &tensor : tensors)
    pointers.push_back(tensor.bytes.data());
  return pointers;
}

HostTensor fromFloats(ElementType type, const std::vector<int64_t> &shape, const float *values) {
  HostTensor tensor(type, shape);
  int64_t count = reference::product(shape, 0, shape.size());
  withElements(type, tensor.bytes.data(), [&](auto *elements) {
    using T = std::remove_reference_t<decltype(*elements)>;
    for (int64_t i = 0; i < count; ++i)
      elements[i] = static_cast<T>(values[i]);
  });
  return tensor;
}

} // namespace cnnc
