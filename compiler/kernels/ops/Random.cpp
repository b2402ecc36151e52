// random: element e, in row-major order, is a word of Philox4x32-10 for the counter (e / 4, layer)
// and the key step. Each element computes its four words anew: successive elements in memory need
// not be successive in e.
#include "compiler/kernels/KernelBuild.h"

namespace cnnc {

using namespace Halide;

static Expr constant(uint32_t word) { return Internal::make_const(UInt(32), word); }

// The lower and the upper 32 bits.
static Expr lower(const Expr &x) { return cast<uint32_t>(x); }
static Expr upper(const Expr &x) { return cast<uint32_t>(cast<uint64_t>(x) >> 32); }

// The four words; compiler/reference/Philox.h says more.
static Indices philox(Indices x, Indices key) {
  for (int round = 0; round < 10; ++round) {
    Expr a = cast<uint64_t>(constant(0xD2511F53)) * cast<uint64_t>(x[0]),
         b = cast<uint64_t>(constant(0xCD9E8D57)) * cast<uint64_t>(x[2]);
    x = {upper(b) ^ x[1] ^ key[0], lower(b), upper(a) ^ x[3] ^ key[1], lower(a)};
    key = {key[0] + constant(0x9E3779B9), key[1] + constant(0xBB67AE85)};
  }
  return x;
}

Value buildRandom(KernelBuild &build, const OpDescription &op, const std::vector<Value> &operands) {
  Expr step = operands[0].at({});
  uint64_t layer = static_cast<uint64_t>(op.getInt("layer"));
  const Indices &shape = operands[1].shape;
  return build.define(op, shape, [&](const Indices &at) {
    Expr place = 0;
    for (size_t dim = 0; dim < at.size(); ++dim)
      place = place * shape[dim] + at[dim];
    // Buffers have fewer than 2^31 elements, so there is no upper half of e.
    Expr e = cast<uint32_t>(place), word = e & 3;
    Indices words = philox({e >> 2, constant(0), constant(static_cast<uint32_t>(layer)),
                            constant(static_cast<uint32_t>(layer >> 32))},
                           {lower(step), upper(step)});
    Expr chosen = select(word == 0, words[0], word == 1, words[1], word == 2, words[2], words[3]);
    return cast<float>(cast<int>(chosen >> 8)) * 0x1p-24f;
  });
}

} // namespace cnnc
