// Status sentences and CPU features: small tables, walked over.
#include "cnnrt.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

TEST(Status, EveryCodeHasASentenceOfItsOwn) {
  std::set<std::string> sentences;
  for (int status = 0; status < CNNRT_NUM_STATUSES; status++) {
    std::string sentence = cnnrt_status_string(status);
    EXPECT_GT(sentence.size(), 5u) << status;
    EXPECT_NE(sentence.back(), '.') << sentence;
    EXPECT_TRUE(islower(sentence.front())) << sentence;
    EXPECT_TRUE(sentences.insert(sentence).second) << "twice: " << sentence;
  }
}

TEST(Status, OtherNumbersAreNamedAsSuch) {
  for (int status : {-1, static_cast<int>(CNNRT_NUM_STATUSES), 1 << 30})
    EXPECT_STREQ(cnnrt_status_string(status), "not a status of cnnrt");
}

TEST(Types, HaveTheirSizes) {
  const size_t bytes[] = {4, 8, 1, 1, 4, 8, 1};
  for (int type = CNNRT_F32; type <= CNNRT_BOOL; type++)
    EXPECT_EQ(cnnrt_type_bytes(type), bytes[type]) << type;
  EXPECT_EQ(cnnrt_type_bytes(-1), 0u);
  EXPECT_EQ(cnnrt_type_bytes(CNNRT_BOOL + 1), 0u);
}

TEST(Cpu, AnswerIsNeverZero) { EXPECT_TRUE(cnnrt_cpu_features() & CNNRT_CPU_KNOWN); }

#if defined(__x86_64__)
// The compiler's own runtime is the oracle.
#define EXPECT_FEATURE(feature, name)                                                              \
  EXPECT_EQ((cnnrt_cpu_features() & (feature)) != 0, __builtin_cpu_supports(name) != 0) << (name)

TEST(Cpu, AgreesWithTheCompiler) {
  EXPECT_FEATURE(CNNRT_CPU_SSE41, "sse4.1");
  EXPECT_FEATURE(CNNRT_CPU_AVX, "avx");
  EXPECT_FEATURE(CNNRT_CPU_FMA, "fma");
  EXPECT_FEATURE(CNNRT_CPU_AVX2, "avx2");
  EXPECT_FEATURE(CNNRT_CPU_BMI, "bmi");
  EXPECT_FEATURE(CNNRT_CPU_BMI2, "bmi2");
  EXPECT_FEATURE(CNNRT_CPU_POPCNT, "popcnt");
  EXPECT_FEATURE(CNNRT_CPU_AVX512F, "avx512f");
  EXPECT_FEATURE(CNNRT_CPU_AVX512CD, "avx512cd");
  EXPECT_FEATURE(CNNRT_CPU_AVX512BW, "avx512bw");
  EXPECT_FEATURE(CNNRT_CPU_AVX512DQ, "avx512dq");
  EXPECT_FEATURE(CNNRT_CPU_AVX512VL, "avx512vl");
  EXPECT_FEATURE(CNNRT_CPU_AVX512IFMA, "avx512ifma");
  EXPECT_FEATURE(CNNRT_CPU_AVX512VBMI, "avx512vbmi");
  EXPECT_FEATURE(CNNRT_CPU_AVX512VNNI, "avx512vnni");
}

// The oracle does not know these two by name; every CPU with AVX2 that was ever sold has both.
TEST(Cpu, Avx2ComesWithF16cAndMovbe) {
  if (!(cnnrt_cpu_features() & CNNRT_CPU_AVX2))
    GTEST_SKIP() << "this CPU has no AVX2, with which the two features come";
  EXPECT_TRUE(cnnrt_cpu_features() & CNNRT_CPU_F16C);
  EXPECT_TRUE(cnnrt_cpu_features() & CNNRT_CPU_MOVBE);
}
#endif
