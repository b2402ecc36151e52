// Weights in a file of their own: its bytes, and the libraries and programs that go with it.
#include "compiler/codegen/WeightsFile.h"

#include "TestPaths.h"
#include "compiler/codegen/Header.h"
#include "compiler/codegen/Jit.h"
#include "compiler/codegen/Pack.h"
#include "tests/codegen/PackedNetwork.h"
#include "tests/codegen/TemporaryFolder.h"
#include "tests/codegen/ToyNetwork.h"

#include "cnnrt_io.h"

#include <gtest/gtest.h>
#include <llvm/ADT/StringExtras.h>
#include <llvm/Support/BLAKE3.h>

#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

namespace cnnc {

namespace fs = std::filesystem;

/// The toy network with its weights in a file; `bias` is one of the two.
static NetworkPlan outsideNetwork(const std::string &name = "outside", float bias = 0.5f) {
  NetworkPlan plan = toyNetwork(name);
  plan.weights[0].values = std::make_shared<const std::vector<float>>(1, bias);
  plan.weightsHeader = makeWeightsHeader(plan);
  return plan;
}

static cnnrt_weights_header headerOf(const std::string &file) {
  cnnrt_weights_header header = {};
  EXPECT_GE(file.size(), sizeof header);
  std::memcpy(&header, file.data(), std::min(file.size(), sizeof header));
  return header;
}

static std::string fingerprintOf(const cnnrt_weights_header &header) {
  return llvm::toHex(header.fingerprint, /*LowerCase=*/true);
}

/// Runs the toy network at one size, its weights given.
static void expectToyNumbers(const cnnrt_network &network, const void *weights) {
  const std::vector<float> x = toyInput(1, 4, 8);
  std::vector<float> sums(4), half(2);
  const void *inputs[] = {x.data()};
  void *outputs[] = {sums.data(), half.data()};
  const int64_t sizes[] = {1, 4, 8};
  alignas(64) static char workspace[4096];
  ASSERT_LE(network.workspace_bytes(sizes, 1), sizeof workspace);
  EXPECT_EQ(network.run_with_weights(weights, inputs, outputs, sizes, workspace, sizeof workspace,
                                     nullptr),
            CNNRT_OK);
  EXPECT_EQ(sums, toyOutputs(x, 1, 4, 8).sums);
}

// ---- The file ----------------------------------------------------------------------------------

TEST(WeightsFile, HoldsAHeaderAndTheWeightsAtTheirOffsets) {
  TemporaryFolder out;
  packInto(out.path, outsideNetwork());
  const std::string file = readFile(out / "outside.weights");
  ASSERT_EQ(file.size(), 64u + 192);
  EXPECT_EQ(file.substr(0, 8), std::string("cnncwts\0", 8));
  EXPECT_EQ(file.substr(8, 8), std::string("\1\0\0\0\0\0\0\0", 8));  // Version, reserved.
  EXPECT_EQ(file.substr(16, 8), std::string("\0\1\0\0\0\0\0\0", 8)); // 256 bytes.
  EXPECT_EQ(file.substr(56, 8), std::string(8, '\0'));
  const auto *body = reinterpret_cast<const uint8_t *>(file.data() + 64);
  EXPECT_EQ(fingerprintOf(headerOf(file)),
            llvm::toHex(llvm::BLAKE3::hash({body, 192}), /*LowerCase=*/true));
  std::vector<float> weights(48), expected(48);
  std::memcpy(weights.data(), file.data() + 64, 192);
  expected[0] = 3;
  expected[32] = 0.5f;
  EXPECT_EQ(weights, expected);
}

TEST(WeightsFile, HasTheSameBytesWhereTheWeightsAreTheSame) {
  TemporaryFolder out;
  packInto(out / "a", outsideNetwork());
  packInto(out / "b/c", outsideNetwork());
  packInto(out / "b/c", outsideNetwork()); // Again, over the first.
  packInto(out / "d", outsideNetwork("renamed"));
  packInto(out / "e", outsideNetwork("outside", 0.25f));
  const std::string file = readFile(out / "a/outside.weights");
  EXPECT_EQ(file, readFile(out / "b/c/outside.weights"));
  EXPECT_EQ(file, readFile(out / "d/renamed.weights"));
  EXPECT_EQ(readFile(out / "a/liboutside.a"), readFile(out / "b/c/liboutside.a"));
  EXPECT_NE(fingerprintOf(headerOf(file)),
            fingerprintOf(headerOf(readFile(out / "e/outside.weights"))));
}

// So that who links such a library need not know whether the model has weights.
TEST(WeightsFile, OfANetworkWithoutWeightsIsAHeader) {
  TemporaryFolder out;
  NetworkPlan plan = failingNetwork();
  plan.weightsHeader = makeWeightsHeader(plan);
  packInto(out.path, plan);
  const std::string file = readFile(out / "failing.weights");
  EXPECT_EQ(file.size(), 64u);
  EXPECT_EQ(headerOf(file).file_bytes, 64u);
  // BLAKE3 of no bytes, from its test vectors.
  EXPECT_EQ(fingerprintOf(headerOf(file)),
            "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
  EXPECT_NE(readFile(out / "failing.h").find("failing_run(const void *weights, const uint8_t *x"),
            std::string::npos);
}

// ---- Programs ----------------------------------------------------------------------------------

/// A folder with the toy network inside and outside, another's weights, and a file cut short.
static void packToysInto(const TemporaryFolder &out) {
  packInto(out.path, toyNetwork());
  packInto(out.path, outsideNetwork());
  packInto(out.path, outsideNetwork("other", 0.25f));
  const std::string file = readFile(out / "outside.weights");
  std::ofstream(out / "cut.weights", std::ios::binary) << file.substr(0, file.size() - 64);
}

TEST(WeightsFile, CProgramGetsTheSameNumbersAndEveryStatus) {
  TemporaryFolder out;
  packToysInto(out);
  expectRuns(CNNC_TEST_CC " -std=c11 -O1 -Wall -Wextra -Werror -pedantic " CNNC_TEST_APPS
                          "/weights_app.c -I" +
             out.path + " " + out / "libtoy.a" + " " + out / "liboutside.a" + " " +
             out / "libcnnrt.a" + " -o " + out / "app");
  expectRuns(out / "app " + out.path);
}

TEST(WeightsFile, CMakeFindsItForACppProgram) {
  TemporaryFolder folder;
  packInto(folder / "out", outsideNetwork());
  fs::rename(folder / "out", folder / "moved");
  fs::create_directories(folder / "project");
  std::ofstream(folder / "project/CMakeLists.txt")
      << "cmake_minimum_required(VERSION 3.20)\nproject(app CXX)\nset(CMAKE_CXX_STANDARD 17)\n"
      << "find_package(outside REQUIRED)\nadd_executable(app " CNNC_TEST_APPS "/weights_app.cpp)\n"
      << "target_link_libraries(app PRIVATE outside::outside)\n"
      << "target_compile_options(app PRIVATE -Wall -Wextra -Werror -pedantic)\n"
      << "target_compile_definitions(app PRIVATE\n"
      << "  WEIGHTS_FILE=\"$<TARGET_PROPERTY:outside::outside,CNNC_WEIGHTS_FILE>\")\n";
  const std::string build = folder / "project/build";
  expectRuns(CNNC_TEST_CMAKE " -S " + folder / "project" + " -B " + build +
             " -DCMAKE_PREFIX_PATH=" + folder / "moved");
  expectRuns(CNNC_TEST_CMAKE " --build " + build);
  expectRuns(build + "/app");
}

TEST(WeightsFile, SharedLibraryMapsItWithItsOwnRuntime) {
  TemporaryFolder out;
  packInto(out.path, outsideNetwork(), {/*runtimeAsSources=*/false, /*shared=*/true});
  void *library = dlopen((out / "liboutside.so").c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_TRUE(library) << dlerror();
  auto *map = reinterpret_cast<decltype(&cnnrt_weights_map)>(dlsym(library, "cnnrt_weights_map"));
  auto *network = reinterpret_cast<const cnnrt_network *(*)()>(dlsym(library, "outside_network"));
  ASSERT_TRUE(map && network);
  const void *weights = nullptr;
  size_t bytes = 0;
  ASSERT_EQ(map((out / "outside.weights").c_str(), &weights, &bytes), CNNRT_OK);
  expectToyNumbers(*network(), weights);
  cnnrt_weights_unmap(weights, bytes);
  dlclose(library);
}

TEST(WeightsFile, LeavesTheLibraryWithoutWeights) {
  TemporaryFolder out;
  packInto(out.path, outsideNetwork());
  const std::string symbols = shell(CNNC_TEST_NM " " + out / "liboutside.a").output;
  EXPECT_EQ(symbols.find("outside_weights\n"), std::string::npos) << symbols;
  EXPECT_NE(symbols.find("U cnnrt_check_weights\n"), std::string::npos) << symbols;
  EXPECT_EQ(symbols.find("U cnnrt_weights_map\n"), std::string::npos) << symbols;
}

TEST(WeightsFile, IsNamedInTheHeaderAndForPkgConfig) {
  TemporaryFolder out;
  packInto(out.path, outsideNetwork());
  const std::string header = readFile(out / "outside.h");
  for (const char *text : {"#define OUTSIDE_WEIGHTS_BYTES UINT64_C(256)\n",
                           "int outside_run(const void *weights, const float *x, float *sums",
                           "inline cnnrt_status run(const void *weights, const float *x,"})
    EXPECT_NE(header.find(text), std::string::npos) << text << "\n" << header;
  EXPECT_EQ(headerText(toyNetwork()).find("weights"), std::string::npos);
  EXPECT_EQ(readFile(out / "outside.pc").rfind("weights_file=${pcfiledir}/outside.weights\n", 0),
            0u);
}

// ---- Size --------------------------------------------------------------------------------------

/// A file that takes no room on the disk: `header`, and one number at each of these offsets behind.
static void writeSparse(const std::string &path, const cnnrt_weights_header &header,
                        const std::vector<std::pair<int64_t, float>> &numbers) {
  int file = open(path.c_str(), O_WRONLY | O_CREAT, 0600);
  ASSERT_GE(file, 0);
  ASSERT_EQ(ftruncate(file, static_cast<off_t>(header.file_bytes)), 0);
  ASSERT_EQ(pwrite(file, &header, sizeof header, 0), 64);
  for (auto [offset, number] : numbers)
    ASSERT_EQ(pwrite(file, &number, sizeof number, 64 + offset), 4);
  close(file);
}

// More than the two gigabytes of a library, and beyond what 32 bits can tell.
TEST(WeightsFile, MayHaveMoreThanFourGigabytes) {
  TemporaryFolder out;
  constexpr int64_t far = 5000000000;
  NetworkPlan plan = toyNetwork("far");
  plan.run.calls[0].arguments[2].place.offset = far;
  plan.weights.clear(); // The file is made below.
  plan.weightBytes = far + 64;
  cnnrt_weights_header header = makeWeightsHeader(NetworkPlan());
  header.file_bytes = 64 + far + 64;
  plan.weightsHeader = header;
  writeSparse(out / "far.weights", header, {{0, 3.0f}, {far, 0.5f}, {far - (int64_t(1) << 32), 9}});

  auto objects = networkObjects(plan);
  ASSERT_TRUE(objects) << objects.error();
  Result<Jit> jit = Jit::create(plan.target, std::move(*objects));
  ASSERT_TRUE(jit) << jit.error();
  Result<void *> symbol = jit->find("far_network");
  ASSERT_TRUE(symbol) << symbol.error();
  const cnnrt_network *network = reinterpret_cast<const cnnrt_network *(*)()>(*symbol)();
  EXPECT_EQ(network->weight_bytes, header.file_bytes);

  const void *weights = nullptr;
  size_t bytes = 0;
  ASSERT_EQ(cnnrt_weights_map((out / "far.weights").c_str(), &weights, &bytes), CNNRT_OK);
  expectToyNumbers(*network, weights);
  cnnrt_weights_unmap(weights, bytes);
}

// ---- Errors ------------------------------------------------------------------------------------

TEST(WeightsFileErrors, PlaceTakenByAFolder) {
  TemporaryFolder folder;
  fs::create_directories(folder / "outside.weights");
  Status packed = pack(outsideNetwork(), folder.path);
  ASSERT_FALSE(packed);
  EXPECT_EQ(packed.error(), "can not write " + folder / "outside.weights" + ": it is a folder");
  EXPECT_EQ(countEntries(folder.path), 1);
}

TEST(WeightsFileErrors, FileThatCanNotBeWritten) {
  TemporaryFolder folder;
  Status written = writeWeightsFile(outsideNetwork(), folder / "missing/outside.weights");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error(),
            "can not write " + folder / "missing/outside.weights" + ": No such file or directory");
}

} // namespace cnnc
