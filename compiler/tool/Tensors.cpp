#include "compiler/tool/Tensors.h"

#include "compiler/support/Spelling.h"
#include "compiler/support/TensorFile.h"
#include "compiler/tool/Picture.h"

#include <cstring>
#include <map>
#include <random>

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

Result<HostTensor> readTensor(const std::string &path, const std::string &name, ElementType type) {
  Result<TensorFile> file = TensorFile::open(path);
  if (!file)
    return Error{file.error()};
  Result<RawTensor> raw = file->read(name);
  if (!raw)
    return Error{raw.error()};
  HostTensor tensor(type, raw->shape);
  if (elementType(raw->type) == type) {
    std::memcpy(tensor.bytes.data(), raw->bytes.data.data(), tensor.bytes.size());
    return tensor;
  }
  Result<FloatTensor> floats = file->readFloats(name);
  if (!floats)
    return Error{floats.error()};
  withElements(type, tensor.bytes.data(), [&](auto *elements) {
    using T = std::remove_reference_t<decltype(*elements)>;
    for (int64_t i = 0; i < floats->size; ++i)
      elements[i] = static_cast<T>(floats->data[i]);
  });
  return tensor;
}

Status writeTensor(const std::string &path, const HostTensor &tensor) {
  return writeTensorFile(
      path, {{"", storageType(tensor.elementType), tensor.shape, tensor.bytes.data()}});
}

/// Takes the sizes over that `shape` gives the symbolic dims of `input`; the error names both.
static Status matchShape(const NetworkPlan &plan, const BorderTensor &input,
                         const std::vector<int64_t> &shape, std::vector<int64_t> &sizes) {
  std::string expected = "[";
  bool fits = shape.size() == input.shape.size();
  for (size_t i = 0; i < input.shape.size(); ++i) {
    const SizeExpr &dim = input.shape[i];
    bool symbol = dim.kind() == SizeExpr::Symbol;
    expected +=
        (i ? ", " : "") + (symbol ? plan.sizes[static_cast<size_t>(dim.value())] : dim.toString());
    if (!fits)
      continue;
    if (symbol)
      sizes[static_cast<size_t>(dim.value())] = shape[i];
    else if (dim.isConstant())
      fits = dim.value() == shape[i];
  }
  if (fits)
    return done();
  return Error{"input '" + input.name + "' has shape " + shapeToString(shape) +
               " but the network takes " + expected + "]"};
}

static std::vector<int64_t> shapeAt(const BorderTensor &tensor, const std::vector<int64_t> &sizes) {
  std::vector<int64_t> shape;
  for (const SizeExpr &dim : tensor.shape)
    shape.push_back(dim.evaluate(sizes));
  return shape;
}

/// NAME=FILE texts as a map; an error for a name that is no input.
static Result<std::map<std::string, std::string>>
parseFiles(const NetworkPlan &plan, const std::vector<std::string> &texts) {
  std::map<std::string, std::string> files;
  std::vector<std::string> names;
  for (const BorderTensor &input : plan.inputs)
    names.push_back(input.name);
  for (const std::string &text : texts) {
    size_t at = text.find('=');
    std::string name = at == std::string::npos ? names.front() : text.substr(0, at);
    if (std::find(names.begin(), names.end(), name) == names.end())
      return Error{"the network has no input '" + name + "'" + suggestion(name, names)};
    files[name] = at == std::string::npos ? text : text.substr(at + 1);
  }
  return files;
}

Result<std::vector<HostTensor>> makeInputs(const NetworkPlan &plan,
                                           const std::vector<std::string> &texts, uint64_t seed,
                                           std::vector<int64_t> &sizes) {
  auto files = parseFiles(plan, texts);
  if (!files)
    return Error{files.error()};
  std::vector<HostTensor> inputs(plan.inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    auto file = files->find(plan.inputs[i].name);
    if (file == files->end())
      continue;
    auto tensor = isPicture(file->second)
                      ? readPicture(file->second, plan.inputs[i])
                      : readTensor(file->second, plan.inputs[i].name, plan.inputs[i].elementType);
    if (!tensor)
      return Error{tensor.error()};
    if (Status fits = matchShape(plan, plan.inputs[i], tensor->shape, sizes); !fits)
      return Error{fits.error()};
    inputs[i] = std::move(*tensor);
  }
  for (size_t i = 0; i < inputs.size(); ++i)
    if (!files->count(plan.inputs[i].name))
      inputs[i] =
          randomTensor(plan.inputs[i].elementType, shapeAt(plan.inputs[i], sizes), seed + i);
    else if (inputs[i].shape != shapeAt(plan.inputs[i], sizes))
      return Error{"the inputs disagree on a symbolic size: '" + plan.inputs[i].name +
                   "' has shape " + shapeToString(inputs[i].shape) + " where the others make it " +
                   shapeToString(shapeAt(plan.inputs[i], sizes))};
  return inputs;
}

std::vector<HostTensor> makeOutputs(const NetworkPlan &plan, const std::vector<int64_t> &sizes) {
  std::vector<HostTensor> outputs;
  for (const BorderTensor &output : plan.outputs)
    outputs.emplace_back(output.elementType, shapeAt(output, sizes));
  return outputs;
}

} // namespace cnnc
