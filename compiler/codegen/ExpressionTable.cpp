#include "compiler/codegen/ExpressionTable.h"

#include <algorithm>

namespace cnnc {

ExpressionTable::ExpressionTable(const NetworkPlan &plan) : sizes(plan.sizes) {
  for (size_t index = 0; index < sizes.size(); ++index)
    add(SizeExpr::symbol(static_cast<int>(index)));
}

int ExpressionTable::add(const SizeExpr &size) {
  auto [entry, isNew] = numbers.insert({size.toString(), static_cast<int>(all.size())});
  if (isNew)
    all.push_back(size);
  return entry->second;
}

std::string ExpressionTable::text(int index) const {
  const std::string numbered = all[static_cast<size_t>(index)].toString();
  std::string named;
  for (size_t position = 0; position < numbered.size();) {
    // Symbols are written s0, s1, ...; no other word of an expression has an s.
    if (numbered[position] != 's') {
      named += numbered[position++];
      continue;
    }
    size_t digits = 0;
    int symbol = std::stoi(numbered.substr(position + 1), &digits);
    named += sizes[static_cast<size_t>(symbol)];
    position += 1 + digits;
  }
  return named;
}

SizeExpr elementCount(const std::vector<SizeExpr> &extents) {
  std::vector<SizeExpr> sorted = extents;
  std::sort(sorted.begin(), sorted.end(),
            [](const SizeExpr &a, const SizeExpr &b) { return a.toString() < b.toString(); });
  SizeExpr constant = 1, product = 1;
  for (const SizeExpr &extent : sorted)
    (extent.isConstant() ? constant : product) =
        (extent.isConstant() ? constant : product) * extent;
  return product * constant;
}

} // namespace cnnc
