#include "compiler/tool/Tensors.h"

#include "compiler/support/Spelling.h"
#include "compiler/support/TensorFile.h"
#include "compiler/tool/Picture.h"

#include <cassert>
#include <cstring>
#include <map>

namespace cnnc {

std::vector<int64_t> shapeAt(const BorderTensor &tensor, const std::vector<int64_t> &sizes) {
  std::vector<int64_t> shape;
  for (const SizeExpr &dim : tensor.shape)
    shape.push_back(dim.evaluate(sizes));
  return shape;
}

Result<HostTensor> readTensor(const std::string &path, const std::string &name, ElementType type) {
  Result<TensorFile> file = TensorFile::open(path);
  if (!file)
    return Error{file.error()};
  Result<RawTensor> raw = file->read(name);
  if (!raw)
    return Error{raw.error()};
  if (elementType(raw->type) == type) {
    HostTensor tensor(type, raw->shape);
    std::memcpy(tensor.bytes.data(), raw->bytes.data.data(), tensor.bytes.size());
    return tensor;
  }
  Result<FloatTensor> floats = file->readFloats(name);
  if (!floats)
    return Error{floats.error()};
  assert(reference::product(raw->shape, 0, raw->shape.size()) == floats->size);
  return fromFloats(type, raw->shape, floats->data);
}

Status writeTensor(const std::string &path, const HostTensor &tensor) {
  return writeTensorFile(
      path, {{"", storageType(tensor.elementType), tensor.shape, tensor.bytes.data()}});
}

/// Takes the sizes over that `shape` gives the symbolic dims of `border` from `first` on; the error
/// names both shapes.
static Status match(const BorderTensor &border, const std::vector<std::string> &names,
                    const std::vector<int64_t> &shape, std::vector<int64_t> &sizes, size_t first) {
  std::string expected = "[";
  bool fits = shape.size() == border.shape.size();
  for (size_t i = 0; i < border.shape.size(); ++i) {
    const SizeExpr &dim = border.shape[i];
    bool symbol = dim.kind() == SizeExpr::Symbol;
    expected +=
        (i ? ", " : "") + (symbol ? names[static_cast<size_t>(dim.value())] : dim.toString());
    if (!fits || i < first)
      continue;
    if (symbol)
      sizes[static_cast<size_t>(dim.value())] = shape[i];
    else if (dim.isConstant())
      fits = dim.value() == shape[i];
  }
  if (fits)
    return done();
  return Error{"'" + border.name + "' has shape " + shapeToString(shape) +
               " but the network takes " + expected + "]"};
}

Status matchSamples(const BorderTensor &border, const std::vector<std::string> &names,
                    const std::vector<int64_t> &shape, std::vector<int64_t> &sizes) {
  return match(border, names, shape, sizes, /*first=*/1);
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
    if (Status fits = match(plan.inputs[i], plan.sizes, tensor->shape, sizes, /*first=*/0); !fits)
      return Error{"input " + fits.error()};
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
