// The numbers of a tensor of an ONNX file, wherever they are stored.
#pragma once

#include "compiler/frontend/onnx/ModelFile.h"
#include "compiler/support/TensorFile.h"

#include <map>
#include <vector>

namespace cnnc::onnximport {

/// Integers in row-major order, from any integer type or bool.
struct IntegerTensor {
  std::vector<int64_t> shape;
  std::vector<int64_t> values;
};

/// The element type of ONNX (a TensorProto::DataType) as a type of a stored tensor.
StorageType storageTypeOf(int32_t dataType);
/// True for integers of any width, and bool.
bool isIntegerType(int32_t dataType);
/// "FLOAT", "INT64": as ONNX calls it.
std::string nameOfType(int32_t dataType);

/// Reads the tensors of a model. Numbers are in the message, in one of two ways, or in a file
/// beside the model, which is mapped. Errors are sentences that do not name the tensor.
class Weights {
public:
  /// `folder` is where external data is looked for.
  Weights(ModelPointer model, std::string folder)
      : model(std::move(model)), folder(std::move(folder)) {}

  /// The tensor as floats; nothing is copied where it is stored as such, and aligned.
  Result<FloatTensor> readFloats(const onnx::TensorProto &tensor);
  Result<IntegerTensor> readIntegers(const onnx::TensorProto &tensor);

private:
  Result<RawTensor> read(const onnx::TensorProto &tensor);
  Result<OwnedBytes> readExternal(const onnx::TensorProto &tensor, size_t size);

  ModelPointer model;
  std::string folder;
  std::map<std::string, OwnedBytes> externalFiles;
};

} // namespace cnnc::onnximport
