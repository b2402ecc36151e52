#include "compiler/tool/train/Dataset.h"

#include "compiler/support/TensorFile.h"
#include "compiler/tool/Tensors.h"

#include <cassert>
#include <cmath>
#include <cstring>
#include <filesystem>

namespace cnnc {

int64_t DataFormat::fixedBatch() const {
  const SizeExpr &batch = inputs.front().shape.front();
  return batch.isConstant() ? batch.value() : 0;
}

static bool isFloat(StorageType type) {
  return type == StorageType::F64 || type == StorageType::F32 || type == StorageType::F16 ||
         type == StorageType::BF16;
}

static int64_t bytesPerSample(const HostTensor &tensor) {
  return tensor.shape.front() == 0
             ? 0
             : static_cast<int64_t>(tensor.bytes.size()) / tensor.shape.front();
}

// ---- Arrays ------------------------------------------------------------------------------------

/// The array of an input or target. Its shape, the samples apart, gives symbolic sizes their
/// values.
static Result<HostTensor> readArray(const TensorFile &file, const BorderTensor &border,
                                    const DataFormat &format, std::vector<int64_t> &sizes) {
  Result<const StoredTensor *> stored = file.find(border.name);
  if (!stored)
    return Error{stored.error()};
  if (border.elementType == ElementType::I64 && isFloat((*stored)->type))
    return Error{file.path() + ": array '" + border.name + "' holds " + toString((*stored)->type) +
                 " but the network takes " + toString(border.elementType)};
  Result<HostTensor> array = readTensor(file.path(), border.name, border.elementType);
  if (!array)
    return Error{array.error()};
  if (Status fits = matchSamples(border, format.sizes, array->shape, sizes); !fits)
    return Error{file.path() + ": array " + fits.error()};
  return array;
}

/// An error for a number that is none, or infinite.
static Status checkFinite(const HostTensor &array, const std::string &name) {
  if (array.elementType != ElementType::F32 || array.bytes.empty())
    return done();
  const size_t perSample = static_cast<size_t>(bytesPerSample(array));
  for (size_t at = 0; at < array.bytes.size(); at += sizeof(float)) {
    float value;
    std::memcpy(&value, array.bytes.data() + at, sizeof value);
    if (!std::isfinite(value))
      return Error{"array '" + name + "' has " + (std::isnan(value) ? "a NaN" : "an infinity") +
                   " in sample " + std::to_string(at / perSample)};
  }
  return done();
}

/// An error for a label that is no class.
static Status checkLabels(const HostTensor &array, const std::string &name,
                          const LabelCheck &check) {
  LogicalTensor labels = toLogical(array, Layout::RowMajor);
  const size_t perSample = labels.values.size() / static_cast<size_t>(array.shape.front());
  for (size_t i = 0; i < labels.values.size(); ++i) {
    auto label = static_cast<int64_t>(labels.values[i]);
    if ((label < 0 || label >= check.classes) && label != check.ignored)
      return Error{"array '" + name + "' has the label " + std::to_string(label) + " in sample " +
                   std::to_string(i / perSample) + " but there are " +
                   std::to_string(check.classes) + " classes"};
  }
  return done();
}

static Result<Dataset> readArrays(const std::string &path, const DataFormat &format) {
  Result<TensorFile> file = TensorFile::open(path);
  if (!file)
    return Error{file.error()};
  Dataset data;
  data.sizes = format.typicalSizes;
  std::string first;
  auto read = [&](const BorderTensor &border, std::vector<HostTensor> &arrays) -> Status {
    Result<HostTensor> array = readArray(*file, border, format, data.sizes);
    if (!array)
      return Error{array.error()};
    int64_t samples = array->shape.front();
    if (first.empty()) {
      first = border.name;
      data.samples = samples;
    }
    if (samples == 0)
      return Error{path + ": array '" + border.name + "' has no samples"};
    if (samples != data.samples)
      return Error{path + ": array '" + border.name + "' has " + std::to_string(samples) +
                   " samples but '" + first + "' has " + std::to_string(data.samples)};
    if (Status finite = checkFinite(*array, border.name); !finite)
      return Error{path + ": " + finite.error()};
    arrays.push_back(std::move(*array));
    return done();
  };
  for (const BorderTensor &input : format.inputs)
    if (Status status = read(input, data.inputs); !status)
      return Error{status.error()};
  for (const BorderTensor &target : format.targets)
    if (Status status = read(target, data.targets); !status)
      return Error{status.error()};
  for (const LabelCheck &label : format.labels) {
    size_t target = static_cast<size_t>(label.target);
    if (Status valid = checkLabels(data.targets[target], format.targets[target].name, label);
        !valid)
      return Error{path + ": " + valid.error()};
  }
  return data;
}

// ---- Either ------------------------------------------------------------------------------------

/// An error where arrays do not agree on a symbolic size.
static Status checkShapes(const Dataset &data, const std::vector<BorderTensor> &borders,
                          const std::vector<HostTensor> &arrays) {
  for (size_t i = 0; i < borders.size(); ++i) {
    std::vector<int64_t> shape = shapeAt(borders[i], data.sizes);
    shape.front() = data.samples;
    if (arrays[i].shape != shape)
      return Error{"array '" + borders[i].name + "' has shape " + shapeToString(arrays[i].shape) +
                   " but the others make it " + shapeToString(shape)};
  }
  return done();
}

Result<Dataset> readDataset(const std::string &path, const DataFormat &format) {
  const SizeExpr &batch = format.inputs.front().shape.front();
  for (const std::vector<BorderTensor> *tensors : {&format.inputs, &format.targets})
    for (const BorderTensor &tensor : *tensors)
      if (tensor.shape.empty() || !(tensor.shape.front() == batch) ||
          !(batch.isConstant() || batch.kind() == SizeExpr::Symbol))
        return Error{"the first dim of '" + tensor.name +
                     "' is not the batch, which the first dim of '" + format.inputs.front().name +
                     "' is"};
  Result<Dataset> data = std::filesystem::is_directory(path) ? readPictureFolders(path, format)
                                                             : readArrays(path, format);
  if (!data)
    return data;
  Status agree = checkShapes(*data, format.inputs, data->inputs);
  if (agree)
    agree = checkShapes(*data, format.targets, data->targets);
  if (!agree)
    return Error{path + ": " + agree.error()};
  return data;
}

/// Some samples of an array.
static HostTensor gather(const HostTensor &all, const std::vector<int64_t> &samples, size_t begin,
                         size_t end) {
  std::vector<int64_t> shape = all.shape;
  shape.front() = static_cast<int64_t>(end - begin);
  HostTensor some(all.elementType, shape);
  const auto bytes = static_cast<size_t>(bytesPerSample(all));
  for (size_t i = begin; i < end; ++i)
    std::memcpy(some.bytes.data() + (i - begin) * bytes,
                all.bytes.data() + static_cast<size_t>(samples[i]) * bytes, bytes);
  return some;
}

Batch gather(const Dataset &data, const DataFormat &format, const std::vector<int64_t> &samples,
             size_t begin, size_t end) {
  Batch batch{{}, {}, data.sizes};
  if (const SizeExpr &size = format.inputs.front().shape.front(); size.kind() == SizeExpr::Symbol)
    batch.sizes[static_cast<size_t>(size.value())] = static_cast<int64_t>(end - begin);
  for (const HostTensor &input : data.inputs)
    batch.inputs.push_back(gather(input, samples, begin, end));
  for (const HostTensor &target : data.targets)
    batch.targets.push_back(gather(target, samples, begin, end));
  return batch;
}

} // namespace cnnc
