// What `cnnc profile` finds out about a compiled network, and its three forms: a table, JSON, a
// page. docs/profile.md says what the numbers mean.
#pragma once

#include "compiler/tool/Session.h"

#include "llvm/Support/raw_ostream.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cnnc {

/// How long something took in the rounds, in seconds.
struct Times {
  double least = 0, median = 0;
};

/// One kernel call.
struct KernelProfile {
  std::string layer;            ///< Its path; empty where the model gives none.
  std::vector<std::string> ops; ///< The fused ones, in order.
  Schedule schedule;
  Times seconds;
  double share = 0; ///< Of the sum of the kernels' least times.
  int64_t multiplyAdds = 0;
  int64_t bytes = 0;        ///< Inputs, weights and result, each once.
  int64_t weightBytes = 0;  ///< The weights among them.
  int64_t scratchBytes = 0; ///< Of all threads.
  std::string output;       ///< The network's output that it writes; empty: into the arena.
  int64_t arenaOffset = 0;
  ElementType elementType = ElementType::F32; ///< Of its result.
  std::vector<int64_t> shape;                 ///< Of its result, in memory order.
  int64_t resultBytes = 0;
  std::vector<int> reads;               ///< The kernels whose results it reads.
  std::vector<std::string> readsInputs; ///< The network's inputs that it reads.
};

struct Profile {
  std::string network, target, cpu;
  std::vector<std::pair<std::string, int64_t>> sizes; ///< Symbolic ones.
  int threads = 1, rounds = 1;
  std::optional<double> peak; ///< Operations per second on all threads; none where unknown.
  std::vector<std::string> inputs;
  std::vector<KernelProfile> kernels;
  Times run;        ///< Of the network function.
  Times allKernels; ///< The kernels' least times together, and their medians.
  int64_t arenaBytes = 0, arenaLowerBound = 0, workspaceBytes = 0, weightBytes = 0;

  int64_t multiplyAdds() const; ///< Of all kernels.
  int64_t bytes() const;        ///< That all kernels move.
};

/// Operations per second: two for a multiply-add. None where there are no multiply-adds.
std::optional<double> rate(int64_t multiplyAdds, double seconds);

/// Runs the network `rounds` times on `threads` threads, and once before to warm up.
Result<Profile> profileNetwork(const Session &session, int threads, int rounds);

/// A table of at most 120 columns (longer names are cut), its last row the sums.
void printTable(const Profile &profile, llvm::raw_ostream &os);
/// The keys that docs/profile.md lists.
std::string toJson(const Profile &profile);
/// One HTML file that needs no other.
std::string toPage(const Profile &profile);

} // namespace cnnc
