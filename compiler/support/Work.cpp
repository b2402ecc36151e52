#include "compiler/support/Work.h"

#include <functional>
#include <numeric>

namespace cnnc {

static int64_t product(std::vector<int64_t>::const_iterator begin,
                       std::vector<int64_t>::const_iterator end) {
  return std::accumulate(begin, end, int64_t(1), std::multiplies<>());
}

int64_t productsPerElement(const std::string &name,
                           const std::vector<std::vector<int64_t>> &operands) {
  if (name == "conv" || name == "true_conv" || name == "linear") // One filter of the weight.
    return product(operands[1].begin() + 1, operands[1].end());
  if (name == "matmul")
    return operands[0].back();
  if (name == "conv_filter_grad") // Each window of each image.
    return product(operands[1].begin(), operands[1].end()) / operands[1][1];
  return 0;
}

int64_t countMultiplyAdds(const std::string &name,
                          const std::vector<std::vector<int64_t>> &operands,
                          const std::vector<int64_t> &result) {
  if (name == "conv_transpose") // Each element of the input meets every tap once.
    return product(operands[0].begin(), operands[0].end()) *
           product(operands[1].begin() + 1, operands[1].end());
  return product(result.begin(), result.end()) * productsPerElement(name, operands);
}

} // namespace cnnc
