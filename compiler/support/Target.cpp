#include "compiler/support/Target.h"

#include "runtime/include/cnnrt.h"

namespace cnnc {

// Halide compiles AVX2 code for Haswell and AVX-512 code for Skylake's server, which have more than
// their vector units: the runtime's check asks for all of it.
static constexpr uint64_t sse41 = CNNRT_CPU_SSE41;
static constexpr uint64_t haswell = sse41 | CNNRT_CPU_AVX | CNNRT_CPU_F16C | CNNRT_CPU_FMA |
                                    CNNRT_CPU_AVX2 | CNNRT_CPU_BMI | CNNRT_CPU_BMI2 |
                                    CNNRT_CPU_MOVBE | CNNRT_CPU_POPCNT;
static constexpr uint64_t skylakeServer = haswell | CNNRT_CPU_AVX512F | CNNRT_CPU_AVX512CD |
                                          CNNRT_CPU_AVX512BW | CNNRT_CPU_AVX512DQ |
                                          CNNRT_CPU_AVX512VL;

// From the most to the least demanding, so that "host" is the first that runs here.
// The feature lists of x86-64 follow the names that Halide gives them: avx512_skylake is
// F, CD, BW, DQ and VL, which every AVX-512 server CPU has.
static const std::vector<Target> &table() {
  static const std::vector<Target> targets = {
      {"x86-64-avx512", "x86-64-linux-avx-avx2-avx512-avx512_skylake-f16c-fma-sse41",
       "x86_64-unknown-linux-gnu",
       "+sse4.1,+avx,+f16c,+fma,+avx2,+avx512f,+avx512cd,+avx512bw,+avx512dq,+avx512vl", 64, 32,
       32 << 10, 1 << 20, skylakeServer},
      {"x86-64-avx2", "x86-64-linux-avx-avx2-f16c-fma-sse41", "x86_64-unknown-linux-gnu",
       "+sse4.1,+avx,+f16c,+fma,+avx2", 32, 16, 32 << 10, 512 << 10, haswell},
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
  bool sameArchitecture = target.triple.rfind("x86_64", 0) == 0;
#elif defined(__aarch64__)
  bool sameArchitecture = target.triple.rfind("aarch64", 0) == 0;
#else
  bool sameArchitecture = false;
#endif
  return sameArchitecture && (target.cpuFeatures & ~cnnrt_cpu_features()) == 0;
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
