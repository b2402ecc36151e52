// A network planned by hand, of kernels written in C: all that lowering can meet, in small.
//
//   input x: f32 [N, 1, H, W]; W a multiple of 4
//   scaled = 3 * x + 0.5           in the arena, weights from two blocks, shared scratch
//   sums[n, h] = sum of a row      an output, a parallel loop with scratch in each worker
//   half[n, i] = sums[n, 2 * i]    an output of (H + 1) / 2 columns, read from another output
#pragma once

#include "compiler/codegen/NetworkPlan.h"

#include <string>
#include <vector>

namespace cnnc {

/// The plan of the toy network under this name, for the host's baseline.
NetworkPlan toyNetwork(const std::string &name = "toy");

/// The same with sizes N = 2, H = 5, W = 8 fixed.
NetworkPlan staticToyNetwork(const std::string &name = "fixed");

/// A network of one kernel that fails.
NetworkPlan failingNetwork();

/// What the toy network should give; all sums are exact.
struct ToyOutputs {
  std::vector<float> sums, half;
};
std::vector<float> toyInput(int64_t n, int64_t h, int64_t w);
ToyOutputs toyOutputs(const std::vector<float> &x, int64_t n, int64_t h, int64_t w);

/// The content of a file; fails the test where it cannot be read.
std::string readFile(const std::string &path);

} // namespace cnnc
