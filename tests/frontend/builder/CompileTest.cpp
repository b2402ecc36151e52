// Networks built in C++ and compiled in process: each option does what that of `cnnc compile` does.
#include "cnnc/Layers.h"
#include "cnnrt_io.h"
#include "tests/codegen/TemporaryFolder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <dlfcn.h>

using namespace cnnc;
using ::testing::HasSubstr;

namespace {

/// A network of one layer, whose sums of three ones are 6 and 15.
nn::Network buildSums() {
  nn::Network network("sums");
  nn::Tensor x = network.input("x", nn::f32, {"N", 3});
  network.output("y", nn::linear(network.constant({2, 3}, {1, 2, 3, 4, 5, 6}))(x));
  return network;
}

/// A shared library, open for as long as the object lives.
class Library {
public:
  explicit Library(const std::string &path)
      : handle(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL), dlclose) {
    EXPECT_TRUE(handle) << dlerror();
  }
  template <typename Function> Function *find(const char *name) const {
    void *symbol = handle ? dlsym(handle.get(), name) : nullptr;
    EXPECT_TRUE(symbol) << name;
    return reinterpret_cast<Function *>(symbol);
  }

private:
  std::unique_ptr<void, int (*)(void *)> handle;
};

class BuilderCompile : public testing::Test {
protected:
  BuilderCompile() { options.cacheFolder = folder / "cache"; }

  bool wrote(const std::string &name) const { return std::filesystem::exists(folder / name); }
  /// What is thrown when the network is compiled.
  std::string message() const {
    try {
      buildSums().compile(folder / "none", options);
    } catch (const nn::Error &error) {
      return error.what();
    }
    return "nothing is thrown";
  }

  TemporaryFolder folder;
  nn::CompileOptions options;
  alignas(64) char workspace[4096];
  const float ones[3] = {1, 1, 1};
  float sums[2] = {0, 0};
};

TEST_F(BuilderCompile, WritesAnArchiveWithTheWeightsInside) {
  buildSums().compile(folder.path, options);
  EXPECT_TRUE(wrote("libsums.a") && wrote("libcnnrt.a") && wrote("sums.h"));
  EXPECT_FALSE(wrote("sums.weights") || wrote("libsums.so"));
  EXPECT_GT(countEntries(options.cacheFolder), 0);
}

TEST_F(BuilderCompile, WritesASharedLibrary) {
  options.shared = true;
  buildSums().compile(folder.path, options);
  EXPECT_FALSE(wrote("libsums.a"));
  Library library(folder / "libsums.so");
  auto *run =
      library.find<int(const float *, float *, int64_t, void *, size_t, const void *)>("sums_run");
  ASSERT_TRUE(run);
  EXPECT_EQ(run(ones, sums, 1, workspace, sizeof workspace, nullptr), CNNRT_OK);
  EXPECT_THAT(sums, testing::ElementsAre(6, 15));
}

TEST_F(BuilderCompile, WritesTheWeightsIntoAFile) {
  options.shared = true;
  options.embedWeights = false;
  buildSums().compile(folder.path, options);
  Library library(folder / "libsums.so");
  auto *map = library.find<decltype(cnnrt_weights_map)>("cnnrt_weights_map");
  auto *run =
      library
          .find<int(const void *, const float *, float *, int64_t, void *, size_t, const void *)>(
              "sums_run");
  ASSERT_TRUE(map && run);
  const void *weights = nullptr;
  size_t bytes = 0;
  ASSERT_EQ(map((folder / "sums.weights").c_str(), &weights, &bytes), CNNRT_OK);
  EXPECT_EQ(run(weights, ones, sums, 1, workspace, sizeof workspace, nullptr), CNNRT_OK);
  EXPECT_THAT(sums, testing::ElementsAre(6, 15));
  library.find<decltype(cnnrt_weights_unmap)>("cnnrt_weights_unmap")(weights, bytes);
}

TEST_F(BuilderCompile, RefusesASharedLibraryForAnotherArchitecture) {
  options.shared = true;
  options.target = "riscv-64-linux";
  EXPECT_EQ(message(), "error: a shared library can only be made for this machine's architecture");
}

TEST_F(BuilderCompile, RefusesWhatNoOptionTakes) {
  options.target = "z80";
  EXPECT_THAT(message(), HasSubstr("error: unknown target 'z80'"));
  options = {};
  options.tuning = "hosst";
  EXPECT_EQ(message(), "error: nothing was measured on a CPU 'hosst'; did you mean 'host'?");
  options = {};
  options.tunedThreads = 0;
  EXPECT_EQ(message(), "error: tunedThreads must be from 1 to 1024 but is 0");
  options = {};
  options.accuracy = -1;
  EXPECT_EQ(message(), "error: accuracy must be from 0 to 1 but is -1.000000");
  EXPECT_FALSE(wrote("none"));
}

} // namespace
