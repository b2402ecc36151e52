// Sizes in the descriptor: a numbered table of expressions.
#pragma once

#include "compiler/codegen/NetworkPlan.h"

#include <map>
#include <string>
#include <vector>

namespace cnnc {

/// The expressions that a network's descriptor numbers: first the sizes themselves.
class ExpressionTable {
public:
  explicit ExpressionTable(const NetworkPlan &plan);

  /// The number of `size`, which is added if it is new.
  int add(const SizeExpr &size);

  int numSizes() const { return static_cast<int>(sizes.size()); }
  const std::vector<SizeExpr> &expressions() const { return all; }
  /// "(H+1)/2"
  std::string text(int index) const;

private:
  std::vector<std::string> sizes;
  std::vector<SizeExpr> all;
  std::map<std::string, int> numbers;
};

/// The product of all, the same expression for any order of `extents`.
SizeExpr elementCount(const std::vector<SizeExpr> &extents);

} // namespace cnnc
