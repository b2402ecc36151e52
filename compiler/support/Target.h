// The CPUs that cnnc compiles for: one table, read by kernels, lowering and the runtime's CPU
// check.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cnnc {

/// A CPU to compile for. Plain data; the strings are those of Halide and of LLVM.
struct Target {
  std::string name;         ///< What the user types: "x86-64-avx512".
  std::string halide;       ///< Halide's target: "x86-64-linux-avx-f16c-fma-avx2-avx512-...".
  std::string triple;       ///< LLVM's: "x86_64-unknown-linux-gnu".
  std::string llvmFeatures; ///< LLVM's: "+avx2,+fma"; for the network function.
  int vectorBytes = 16;     ///< Of one SIMD register.
  int vectorRegisters = 16;
  int64_t l1Bytes = 32 << 10; ///< Data cache of one core.
  int64_t l2Bytes = 1 << 20;  ///< Of one core.
  /// CPU features that the runtime checks at entry: CNNRT_CPU_* of runtime/include/cnnrt.h.
  uint64_t cpuFeatures = 0;

  int lanes(int64_t elementBytes) const { return vectorBytes / static_cast<int>(elementBytes); }
};

/// The target called `name`, or null. "host" is the best of the table that this machine runs.
const Target *findTarget(const std::string &name);
/// Every name that findTarget takes, for help texts and errors.
std::vector<std::string> targetNames();
/// True where code for `target` runs on this machine.
bool runsHere(const Target &target);

} // namespace cnnc
