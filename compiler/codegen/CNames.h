// The names and types that a network has in C.
#pragma once

#include "compiler/codegen/NetworkPlan.h"

#include <string>
#include <vector>

namespace cnnc {

/// A tensor or a size as a parameter of NAME_run.
struct CParameter {
  std::string name;
  std::string type; ///< "const float *", with what separates it from the name.
};

/// The parameters of a network's functions: unique, and no word of C or C++.
struct CNames {
  explicit CNames(const NetworkPlan &plan);

  std::vector<CParameter> inputs, outputs, targets;
  std::vector<CParameter> sizes; ///< The names of the sizes in lower case.
};

/// "uint8_t"; a bool is a byte, too.
const char *cType(ElementType type);

/// `text` in upper case, for macros.
std::string upperCase(std::string text);
std::string lowerCase(std::string text);

/// `size` as an int64_t expression of C, symbol k being names[k]: "(h+1)/2".
std::string cExpression(const SizeExpr &size, const std::vector<std::string> &names);

} // namespace cnnc
