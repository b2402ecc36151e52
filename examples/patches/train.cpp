// patches_train CHECKPOINT: trains the network on patches of one texture each, drawn as they are
// needed, and writes its parameters to CHECKPOINT.
#include "examples/common/Trainer.h"
#include "examples/patches/Textures.h"

#include "trained_patches.h" // written by cnnc

#include <cstdio>

constexpr int batchSize = 64;

int main(int argc, char **argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: patches_train CHECKPOINT\n");
    return 1;
  }
  Trainer trainer(trained_patches_network(), {batchSize, patchSide, patchSide}, 1, nullptr);
  std::mt19937 random(1);
  train({1500, 0.003f, 0, 300}, [&](float rate) {
    std::vector<float> pixels;
    std::vector<int32_t> labels;
    for (int i = 0; i < batchSize; ++i)
      drawPatch(random, pixels, labels);
    return trainer.step({pixels.data()}, {labels.data()}, rate);
  });
  trainer.save(argv[1]);
  return 0;
}
