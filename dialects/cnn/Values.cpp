#include "dialects/cnn/Values.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace cnnc::cnn {

// Below this many elements a tensor is printed number by number.
static constexpr size_t inlineElements = 16;

ElementsAttr makeValues(RankedTensorType type, std::vector<float> &&values, StringRef name) {
  if (values.size() <= inlineElements)
    return DenseElementsAttr::get(type, ArrayRef<float>(values));
  auto owner = std::make_shared<std::vector<float>>(std::move(values));
  ArrayRef<float> view = *owner;
  return makeValues(type, view, owner, name);
}

ElementsAttr makeValues(RankedTensorType type, ArrayRef<float> values,
                        std::shared_ptr<const void> owner, StringRef name) {
  assert(static_cast<size_t>(type.getNumElements()) == values.size() &&
         "shape and values disagree");
  if (values.size() <= inlineElements)
    return DenseElementsAttr::get(type, values);
  AsmResourceBlob blob(
      ArrayRef<char>(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(float)),
      alignof(float), [owner](void *, size_t, size_t) {}, /*dataIsMutable=*/false);
  return DenseResourceElementsAttr::get(type, name, std::move(blob));
}

ArrayRef<float> getValues(ElementsAttr attribute, std::vector<float> &storage) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attribute)) {
    ArrayRef<char> bytes = resource.getRawHandle().getBlob()->getData();
    return {reinterpret_cast<const float *>(bytes.data()), bytes.size() / sizeof(float)};
  }
  auto dense = cast<DenseElementsAttr>(attribute);
  storage.assign(dense.value_begin<float>(), dense.value_end<float>());
  return storage;
}

} // namespace cnnc::cnn
