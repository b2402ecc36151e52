// The cache of compiled kernels, and the form that its files have.
#include "compiler/codegen/KernelCache.h"
#include "compiler/codegen/KernelBytes.h"

#include "tests/codegen/TemporaryFolder.h"
#include "tests/codegen/ToyNetwork.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

namespace cnnc {

namespace fs = std::filesystem;

static CompiledKernel someKernel(const std::string &object = std::string("\x7f\0\nELF", 6)) {
  return {object, SizeExpr::symbol(0) * 64 + 64, 128};
}

static void expectSame(const std::optional<CompiledKernel> &kernel,
                       const CompiledKernel &expected) {
  ASSERT_TRUE(kernel);
  EXPECT_EQ(kernel->object, expected.object);
  EXPECT_EQ(kernel->sharedScratch, expected.sharedScratch);
  EXPECT_EQ(kernel->workerScratch, expected.workerScratch);
}

TEST(KernelBytes, ReadBack) { expectSame(fromBytes(toBytes(someKernel())), someKernel()); }

TEST(KernelBytes, AnyDamageIsSeen) {
  const std::string bytes = toBytes(someKernel());
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 4);
    EXPECT_FALSE(fromBytes(changed)) << "byte " << i;
    EXPECT_FALSE(fromBytes(bytes.substr(0, i))) << i << " bytes left";
  }
  EXPECT_FALSE(fromBytes(bytes + "x"));
}

/// Where the only entry of a cache is.
static fs::path onlyEntry(const TemporaryFolder &folder) {
  for (const fs::directory_entry &entry : fs::recursive_directory_iterator(folder.path))
    if (entry.is_regular_file())
      return entry.path();
  ADD_FAILURE() << "the cache is empty";
  return "";
}

TEST(KernelCache, FindsWhatWasStored) {
  TemporaryFolder folder;
  KernelCache cache(folder / "new/folder", 1 << 20);
  const std::string key = contentHash("a"), other = contentHash("b");
  EXPECT_FALSE(cache.find(key));
  cache.store(key, someKernel());
  expectSame(cache.find(key), someKernel());
  EXPECT_FALSE(cache.find(other));
}

TEST(KernelCache, DamagedEntryIsNone) {
  TemporaryFolder folder;
  KernelCache cache(folder.path, 1 << 20);
  const std::string key = contentHash("a");
  cache.store(key, someKernel());
  fs::resize_file(onlyEntry(folder), 30);
  EXPECT_FALSE(cache.find(key));
  cache.store(key, someKernel());
  expectSame(cache.find(key), someKernel());
}

TEST(KernelCache, NoFolderKeepsNothing) {
  KernelCache cache("", 1 << 20);
  cache.store(contentHash("a"), someKernel());
  EXPECT_FALSE(cache.find(contentHash("a")));
}

TEST(KernelCache, UnusableFolderKeepsNothing) {
  TemporaryFolder folder;
  std::ofstream(folder / "file") << "text";
  KernelCache cache(folder / "file", 1 << 20);
  cache.store(contentHash("a"), someKernel());
  EXPECT_FALSE(cache.find(contentHash("a")));
}

/// Keys that share a subfolder.
static std::string key(int number) {
  std::string hash = contentHash(std::to_string(number));
  return "aa" + hash.substr(2);
}

TEST(KernelCache, ForgetsThoseUsedLongestAgo) {
  TemporaryFolder folder;
  // A subfolder's share is room for three entries of about 1000 bytes.
  KernelCache cache(folder.path, 256 * 3600);
  const CompiledKernel kernel = someKernel(std::string(1000, 'x'));
  auto setAge = [&](int number, int hours) {
    fs::last_write_time(folder / "aa/" + key(number) + ".kernel",
                        fs::file_time_type::clock::now() - std::chrono::hours(hours));
  };
  for (int number = 0; number < 3; ++number) {
    cache.store(key(number), kernel);
    setAge(number, 10 - number);
  }
  EXPECT_TRUE(cache.find(key(0))); // The oldest, but used now.
  cache.store(key(3), kernel);
  EXPECT_TRUE(cache.find(key(0)));
  EXPECT_FALSE(cache.find(key(1)));
  EXPECT_TRUE(cache.find(key(2)));
  EXPECT_TRUE(cache.find(key(3)));
}

TEST(KernelCache, ManyCompilersAtOnce) {
  TemporaryFolder folder;
  KernelCache cache(folder.path, 1 << 30);
  const CompiledKernel kernel = someKernel(std::string(50000, 'x'));
  auto useCache = [&] { // True if all that was found was whole.
    for (int round = 0; round < 200; ++round) {
      cache.store(key(round % 3), kernel);
      std::optional<CompiledKernel> found = cache.find(key(round % 2));
      if (!found || found->object != kernel.object)
        return false;
    }
    return true;
  };
  cache.store(key(0), kernel);
  cache.store(key(1), kernel);
  pid_t children[3];
  for (pid_t &child : children) {
    child = fork();
    if (child == 0)
      _exit(useCache() ? 0 : 1);
  }
  for (pid_t child : children) {
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(countEntries(folder.path), 1 + 3) << "no partial files are left";
}

TEST(KernelCache, FolderOfTheUser) {
  setenv("HOME", "/home/ada", 1);
  unsetenv("XDG_CACHE_HOME");
  unsetenv("CNNC_CACHE");
  EXPECT_EQ(KernelCache::defaultFolder(), "/home/ada/.cache/cnnc");
  setenv("XDG_CACHE_HOME", "/cache", 1);
  EXPECT_EQ(KernelCache::defaultFolder(), "/cache/cnnc");
  setenv("CNNC_CACHE", "/own", 1);
  EXPECT_EQ(KernelCache::defaultFolder(), "/own");
}

} // namespace cnnc
