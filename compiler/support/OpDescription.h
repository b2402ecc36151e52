// An op and its tensors as plain data: what passes, kernels, the reference and the cache agree on.
//
// Passes know MLIR, kernels know Halide, the reference knows neither. What they say to each other
// about an op is an OpDescription: its name without the dialect ("conv"), its attributes under the
// names of the ODS record, and the shapes of its operands and its result.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace cnnc {

/// What a tensor holds. The names in text (toString) are those of `.cnn`: f32, u8, ...
enum class ElementType : uint8_t { F32, F64, U8, I8, I32, I64, Bool };

const char *toString(ElementType type);
int64_t sizeInBytes(ElementType type);

/// Element type and shape of a tensor, dims in logical order: batch, channels, then space.
///
/// A dim >= 0 is a size known at compile time; a dim < 0 is a size known only at run time, and
/// -1 - k names the k-th such size of the kernel: equal numbers are equal sizes.
struct TensorDescription {
  ElementType elementType = ElementType::F32;
  std::vector<int64_t> shape;

  int64_t rank() const { return static_cast<int64_t>(shape.size()); }
  bool isStatic() const;
  int64_t numElements() const; ///< Needs isStatic().
  bool operator==(const TensorDescription &o) const {
    return elementType == o.elementType && shape == o.shape;
  }
};

/// The value of an attribute of an op.
using Attribute =
    std::variant<bool, int64_t, double, std::string, std::vector<int64_t>, std::vector<double>>;

/// One op: name, operands, attributes, and the tensor it yields.
///
/// `operands` number the values of the surrounding list of ops: first its inputs, then the result
/// of each op in order. A missing optional operand (a conv without bias) is simply not there.
struct OpDescription {
  std::string name;
  std::vector<int> operands;
  std::map<std::string, Attribute> attributes;
  TensorDescription result;

  /// The attribute of this name; it must exist and be of the type (assert).
  bool getBool(const std::string &attribute) const;
  int64_t getInt(const std::string &attribute) const;
  double getFloat(const std::string &attribute) const;
  const std::string &getString(const std::string &attribute) const;
  const std::vector<int64_t> &getInts(const std::string &attribute) const;
};

/// A list of ops over some inputs: a fused kernel, or a whole network. The last op is the result.
struct OpGraph {
  std::vector<TensorDescription> inputs;
  std::vector<OpDescription> ops;

  const TensorDescription &tensor(int value) const;
  const TensorDescription &result() const { return ops.back().result; }
  int numValues() const { return static_cast<int>(inputs.size() + ops.size()); }
};

} // namespace cnnc
