#include "compiler/codegen/WeightPieces.h"

#include <algorithm>
#include <cassert>

namespace cnnc {

static std::string_view bytesOf(const WeightBlock &block) {
  return {reinterpret_cast<const char *>(block.values->data()),
          block.values->size() * sizeof(float)};
}

/// Adds `count` zeros.
static void addZeros(std::vector<std::string_view> &pieces, int64_t count) {
  static constexpr char zeros[4096] = {};
  for (int64_t left = count; left > 0; left -= sizeof zeros)
    pieces.emplace_back(zeros, static_cast<size_t>(std::min<int64_t>(left, sizeof zeros)));
}

std::vector<std::string_view> weightPieces(const NetworkPlan &plan) {
  std::vector<const WeightBlock *> blocks;
  for (const WeightBlock &block : plan.weights)
    blocks.push_back(&block);
  std::sort(blocks.begin(), blocks.end(),
            [](const WeightBlock *a, const WeightBlock *b) { return a->offset < b->offset; });
  std::vector<std::string_view> pieces;
  int64_t end = 0;
  auto fillTo = [&](int64_t offset) {
    assert(offset >= end && "blocks of weights overlap or are beyond the end");
    addZeros(pieces, offset - end);
    end = offset;
  };
  for (const WeightBlock *block : blocks) {
    fillTo(block->offset);
    pieces.push_back(bytesOf(*block));
    end += static_cast<int64_t>(pieces.back().size());
  }
  fillTo(plan.weightBytes);
  return pieces;
}

} // namespace cnnc
