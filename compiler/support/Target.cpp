#include "compiler/support/Target.h"

namespace cnnc {

// CNNRT_CPU_* of runtime/include/cnnrt_generated.h; asserted equal there by a test.
static constexpr uint64_t sse41 = 1u << 0, avx = 1u << 1, f16c = 1u << 2, fma = 1u << 3,
                          avx2 = 1u << 4, avx512f = 1u << 5, avx512cd = 1u << 6,
                          avx512bw = 1u << 7, avx512dq = 1u << 8, avx512vl = 1u << 9;

// From the most to the least demanding, so that "host" is the first that runs here.
// The feature lists of x86-64 follow the names that Halide gives them: avx512_skylake is
// F, CD, BW, DQ and VL, which every AVX-512 server CPU has.
static const std::vector<Target> &table() {
  static const std::vector<Target> targets = {
      {"x86-64-avx512", "x86-64-linux-avx-avx2-avx512-avx512_skylake-f16c-fma-sse41",
       "x86_64-unknown-linux-gnu",
       "+sse4.1,+avx,+f16c,+fma,+avx2,+avx512f,+avx512cd,+avx512bw,+avx512dq,+avx512vl", 64, 32,
       32 << 10, 1 << 20,
       sse41 | avx | f16c | fma | avx2 | avx512f | avx512cd | avx512bw | avx512dq | avx512vl},
      {"x86-64-avx2", "x86-64-linux-avx-avx2-f16c-fma-sse41", "x86_64-unknown-linux-gnu",
       "+sse4.1,+avx,+f16c,+fma,+avx2", 32, 16, 32 << 10, 512 << 10,
       sse41 | avx | f16c | fma | avx2},
      {"x86-64", "x86-64-linux-sse41", "x86_64-unknown-linux-gnu", "+sse4.1", 16, 16, 32 << 10,
       256 << 10, sse41},
      {"arm-64-linux", "arm-64-linux", "aarch64-unknown-linux-gnu", "+neon", 16, 32, 64 << 10,
       1 << 20, 0},
      {"riscv-64-linux", "riscv-64-linux-rvv-vector_bits_128", "riscv64-unknown-linux-gnu",
       "+m,+a,+f,+d,+c", 16, 32, 32 << 10, 512 << 10, 0},
  };
  return targets;
}

bool runsHere(const Target &target) {
#if defined(__x86_64__)
  if (target.name == "x86-64-avx512")
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma");
  if (target.name == "x86-64-avx2")
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return target.name == "x86-64" && __builtin_cpu_supports("sse4.1");
#elif defined(__aarch64__)
  return target.name == "arm-64-linux";
#else
  return false;
#endif
}

const Target *findTarget(const std::string &name) {
  for (const Target &target : table())
    if (name == target.name || (name == "host" && runsHere(target)))
      return &target;
  return nullptr;
}

std::vector<std::string> targetNames() {
  std::vector<std::string> names = {"host"};
  for (const Target &target : table())
    names.push_back(target.name);
  return names;
}

} // namespace cnnc
