/* What this CPU can do, asked without the help of a library.
 *
 * A vector instruction may be used if the CPU has it (cpuid) and if the operating system saves the
 * registers that it touches (xgetbv). Nothing is remembered between calls: the runtime has no
 * globals, and a caller who minds the cost keeps the answer in his cnnrt_exec.
 */
#include "cnnrt.h"

#if defined(__x86_64__)

enum { EAX, EBX, ECX, EDX };

/* A bit of cpuid's answer, and the feature that it stands for. */
typedef struct feature_bit {
  uint8_t bit;
  uint64_t feature;
} feature_bit;

/* Leaf 1, ecx. */
static const feature_bit leaf1_ecx[] = {{12, CNNRT_CPU_FMA},   {19, CNNRT_CPU_SSE41},
                                        {22, CNNRT_CPU_MOVBE}, {23, CNNRT_CPU_POPCNT},
                                        {28, CNNRT_CPU_AVX},   {29, CNNRT_CPU_F16C}};
/* Leaf 7, ebx and ecx. */
static const feature_bit leaf7_ebx[] = {
    {3, CNNRT_CPU_BMI},       {5, CNNRT_CPU_AVX2},      {8, CNNRT_CPU_BMI2},
    {16, CNNRT_CPU_AVX512F},  {17, CNNRT_CPU_AVX512DQ}, {21, CNNRT_CPU_AVX512IFMA},
    {28, CNNRT_CPU_AVX512CD}, {30, CNNRT_CPU_AVX512BW}, {31, CNNRT_CPU_AVX512VL}};
static const feature_bit leaf7_ecx[] = {{1, CNNRT_CPU_AVX512VBMI}, {11, CNNRT_CPU_AVX512VNNI}};

/* What uses the ymm registers, and what uses the zmm and mask registers. */
#define USES_YMM (CNNRT_CPU_AVX | CNNRT_CPU_F16C | CNNRT_CPU_FMA | CNNRT_CPU_AVX2)
#define USES_ZMM                                                                                   \
  (CNNRT_CPU_AVX512F | CNNRT_CPU_AVX512CD | CNNRT_CPU_AVX512BW | CNNRT_CPU_AVX512DQ |              \
   CNNRT_CPU_AVX512VL | CNNRT_CPU_AVX512IFMA | CNNRT_CPU_AVX512VBMI | CNNRT_CPU_AVX512VNNI)

/* Bits of the extended control register: what the operating system saves. */
#define SAVES_YMM UINT64_C(0x06)
#define SAVES_ZMM UINT64_C(0xe6)

static void cpuid(uint32_t leaf, uint32_t registers[4]) {
  __asm__ volatile("cpuid"
                   : "=a"(registers[EAX]), "=b"(registers[EBX]), "=c"(registers[ECX]),
                     "=d"(registers[EDX])
                   : "a"(leaf), "c"(0));
}

static uint64_t savedRegisters(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

static uint64_t collect(uint32_t bits, const feature_bit *table, size_t count) {
  uint64_t features = 0;
  for (size_t i = 0; i < count; i++)
    if (bits >> table[i].bit & 1)
      features |= table[i].feature;
  return features;
}
#define COLLECT(bits, table) collect(bits, table, sizeof(table) / sizeof((table)[0]))

uint64_t cnnrt_cpu_features(void) {
  uint32_t registers[4];
  cpuid(1, registers);
  uint64_t features = CNNRT_CPU_KNOWN | COLLECT(registers[ECX], leaf1_ecx);
  /* Without xsave there is no xgetbv, none of the vectors, and perhaps no leaf 7 (with it there is
   * leaf 13, hence also 7). */
  const int osHasXsave = registers[ECX] >> 27 & 1;
  if (!osHasXsave)
    return features & ~USES_YMM;

  cpuid(7, registers);
  features |= COLLECT(registers[EBX], leaf7_ebx) | COLLECT(registers[ECX], leaf7_ecx);
  const uint64_t saved = savedRegisters();
  if ((saved & SAVES_YMM) != SAVES_YMM)
    features &= ~USES_YMM;
  if ((saved & SAVES_ZMM) != SAVES_ZMM)
    features &= ~USES_ZMM;
  return features;
}

#else

uint64_t cnnrt_cpu_features(void) { return CNNRT_CPU_KNOWN; }

#endif
