#include "compiler/support/Peak.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace cnnc {

using Clock = std::chrono::steady_clock;

static double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// 12 independent accumulators hide an FMA's latency on every CPU of the table in support/Target.cpp
// (latency 4, two a cycle: 8 would do). Written as instructions, so that no compiler improves it.
#define FMA_LOOP(name, attribute, bytes, instruction, reg)                                         \
  attribute static double name(int64_t rounds, float seed) {                                       \
    typedef float Vector __attribute__((vector_size(bytes)));                                      \
    Vector a[12], x = {}, y = {};                                                                  \
    x += 0.999f + seed;                                                                            \
    y += 0.001f + seed;                                                                            \
    _Pragma("GCC unroll 12") for (int i = 0; i < 12; ++i) a[i] = y;                                \
    for (int64_t round = 0; round < rounds; ++round) {                                             \
      _Pragma("GCC unroll 12") for (int i = 0; i < 12; ++i) __asm__ volatile(                      \
          instruction : "+" reg(a[i]) : reg(x), reg(y));                                           \
    }                                                                                              \
    Vector sum = {};                                                                               \
    _Pragma("GCC unroll 12") for (int i = 0; i < 12; ++i) sum += a[i];                             \
    return sum[0];                                                                                 \
  }

#if defined(__x86_64__)
FMA_LOOP(fma64, __attribute__((target("avx512f"))), 64, "vfmadd231ps %2, %1, %0", "v")
FMA_LOOP(fma32, __attribute__((target("avx2,fma"))), 32, "vfmadd231ps %2, %1, %0", "x")
#elif defined(__aarch64__)
FMA_LOOP(fma16, , 16, "fmla %0.4s, %1.4s, %2.4s", "w")
#endif

static double (*fmaLoop(int vectorBytes))(int64_t, float) {
#if defined(__x86_64__)
  return vectorBytes == 64 ? fma64 : fma32;
#elif defined(__aarch64__)
  return fma16;
#else
  return nullptr;
#endif
}

double measureFmaPeak(int vectorBytes) {
  auto loop = fmaLoop(vectorBytes);
  if (!loop)
    return 0;
  constexpr int64_t rounds = 20000;
  volatile float seed = 0;
  double operations = 2.0 * 12 * rounds * vectorBytes / 4, best = 0;
  for (int repeat = 0; repeat < 100; ++repeat) {
    Clock::time_point start = Clock::now();
    volatile double keep = loop(rounds, seed);
    (void)keep;
    best = std::max(best, operations / secondsSince(start));
  }
  return best;
}

double measureClock() {
  constexpr int64_t additions = 2000000;
  double best = 0;
  for (int repeat = 0; repeat < 20; ++repeat) {
    Clock::time_point start = Clock::now();
    uint64_t value = 1;
    for (int64_t i = 0; i < additions; i += 8)
      for (int j = 0; j < 8; ++j) {
        value += 3;
        __asm__ volatile("" : "+r"(value));
      }
    best = std::max(best, additions / secondsSince(start));
  }
  return best;
}

} // namespace cnnc
