#include "compiler/frontend/Weights.h"

#include "compiler/frontend/SeededValues.h"
#include "dialects/cnn/Initializers.h"
#include "dialects/cnn/Values.h"

#include "mlir/IR/Builders.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace cnnc {

// 4 GiB of floats in all: far above any network that is compiled, far below what hangs a machine.
static constexpr int64_t mostElements = int64_t(1) << 30;

Weights Weights::seeded(uint64_t seed) {
  Weights weights;
  weights.seed = seed;
  return weights;
}

Result<Weights> Weights::fromFile(const std::string &path) {
  Result<TensorFile> file = TensorFile::open(path);
  if (!file)
    return Error{file.error()};
  Weights weights;
  weights.file = *file;
  return weights;
}

FailureOr<ElementsAttr> Weights::get(MLIRContext *context, const std::string &name,
                                     const cnn::Parameter &parameter,
                                     function_ref<InFlightDiagnostic()> error) {
  auto type = RankedTensorType::get(parameter.shape, Builder(context).getF32Type());
  return file ? read(type, name, error) : make(type, name, parameter, error);
}

FailureOr<ElementsAttr> Weights::getIfThere(RankedTensorType type, const std::string &name,
                                            function_ref<InFlightDiagnostic()> error) {
  return file && file->find(name) ? read(type, name, error) : ElementsAttr();
}

FailureOr<ElementsAttr> Weights::read(RankedTensorType type, const std::string &name,
                                      function_ref<InFlightDiagnostic()> error) {
  Result<const StoredTensor *> stored = file->find(name);
  if (!stored)
    return error() << stored.error();
  std::vector<int64_t> shape = type.getShape().vec();
  if ((*stored)->shape != shape)
    return error() << file->path() << ": '" << name << "' has shape "
                   << shapeToString((*stored)->shape) << " but the layer's is "
                   << shapeToString(shape);
  Result<FloatTensor> tensor = file->readFloats(name);
  if (!tensor)
    return error() << tensor.error();
  return cnn::makeValues(type, ArrayRef<float>(tensor->data, tensor->size), tensor->owner, name);
}

/// The number of elements, or none where it is beyond the limit.
static std::optional<int64_t> countElements(ArrayRef<int64_t> shape, int64_t limit) {
  int64_t count = 1;
  for (int64_t size : shape)
    if (llvm::MulOverflow(count, size, count) || count > limit)
      return std::nullopt;
  return count;
}

static std::vector<float> drawValues(uint64_t seed, const std::string &name, int64_t count,
                                     const cnn::Parameter &parameter) {
  const cnn::InitializerRow &row = cnn::rowOf(parameter.initializer);
  double scale = row.scale(parameter);
  int64_t rows = parameter.shape.empty() ? 1 : parameter.shape[0];
  switch (row.distribution) {
  case cnn::Distribution::Constant:
    return std::vector<float>(count, static_cast<float>(scale));
  case cnn::Distribution::Normal:
    return seededNormal(seed, name, count, scale);
  case cnn::Distribution::Uniform:
    return seededUniform(seed, name, count, scale);
  case cnn::Distribution::Orthogonal:
    return seededOrthogonal(seed, name, rows, count / rows, scale);
  }
  llvm_unreachable("unknown distribution");
}

FailureOr<ElementsAttr> Weights::make(RankedTensorType type, const std::string &name,
                                      const cnn::Parameter &parameter,
                                      function_ref<InFlightDiagnostic()> error) {
  std::optional<int64_t> count = countElements(type.getShape(), mostElements - numMade);
  if (!count)
    return error() << "with '" << name << "' of shape " << shapeToString(type.getShape().vec())
                   << " the network has more than " << mostElements << " parameters";
  numMade += *count;
  return cnn::makeValues(type, drawValues(seed, name, *count, parameter), name);
}

} // namespace cnnc
