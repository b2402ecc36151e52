// How much an op computes: the multiply-adds of its definition, whatever algorithm runs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cnnc {

/// Products summed for one element of the result of the op `name`, whose operands have these shapes
/// in logical order. 0 for ops that are no sums of products, or of different numbers of them
/// (conv_transpose).
int64_t productsPerElement(const std::string &name,
                           const std::vector<std::vector<int64_t>> &operands);

/// The multiply-adds of the op: what a direct computation takes, products with the zeros of a
/// padded border included.
int64_t countMultiplyAdds(const std::string &name,
                          const std::vector<std::vector<int64_t>> &operands,
                          const std::vector<int64_t> &result);

} // namespace cnnc
