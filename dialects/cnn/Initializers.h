// How parameters begin: a table of the initializers that `init:` names.
#pragma once

#include "dialects/cnn/CNNDialect.h"

#include <string>
#include <vector>

namespace cnnc::cnn {

/// What the numbers of a parameter are drawn from. Each has one number, the scale.
enum class Distribution {
  Constant,   ///< All are the scale.
  Normal,     ///< Mean 0, the scale is the standard deviation.
  Uniform,    ///< From -scale to scale.
  Orthogonal, ///< The rows of the matrix [first dim, others] orthonormal, or its columns where it
              ///< has fewer of these, times the scale.
};

/// One row of the table.
struct InitializerRow {
  llvm::StringRef name;
  Initializer initializer;
  Distribution distribution;
  double (*scale)(const Parameter &parameter);
};

/// The row of an initializer, and the one called `name`, or null.
const InitializerRow &rowOf(Initializer initializer);
const InitializerRow *findInitializer(llvm::StringRef name);
std::vector<std::string> initializerNames();

/// Sets how `parameter` begins to what stands behind `init:`: the name of a row as a string, or a
/// number for all elements.
void setInitializer(Parameter &parameter, mlir::Attribute init);

/// The attribute `initializer` of the parameter's constant: {kind = "he_normal", scale = 0.05}.
mlir::DictionaryAttr initializerAttribute(mlir::MLIRContext *context, const Parameter &parameter);

} // namespace cnnc::cnn
