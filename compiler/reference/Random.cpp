// Random numbers in [0, 1): element e, in row-major order, is a word of Philox4x32-10 for the
// counter (e / 4, layer) and the key step, each as its lower and its upper half.
#include "compiler/reference/Ops.h"
#include "compiler/reference/Philox.h"

#include <cmath>

namespace cnnc::reference::ops {

static uint32_t lower(int64_t x) { return static_cast<uint32_t>(x); }
static uint32_t upper(int64_t x) { return static_cast<uint32_t>(static_cast<uint64_t>(x) >> 32); }

template <typename T> Tensor<T> random(const OpDescription &op, const Operands<T> &operands) {
  int64_t step = static_cast<int64_t>(operands[0]->values[0]), layer = op.getInt("layer");
  Tensor<T> result(operands[1]->shape);
  for (int64_t e = 0; e < result.size(); ++e) {
    PhiloxCounter words = philox4x32({lower(e / 4), upper(e / 4), lower(layer), upper(layer)},
                                     {lower(step), upper(step)});
    uint32_t word = words[static_cast<size_t>(e % 4)];
    result.data()[e] = static_cast<T>(std::ldexp(word >> 8, -24));
  }
  return result;
}

REFERENCE_INSTANTIATE(random)

} // namespace cnnc::reference::ops
