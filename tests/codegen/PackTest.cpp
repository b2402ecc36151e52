// The folder that pack writes: programs are built with it and run.
#include "compiler/codegen/Pack.h"

#include "TestPaths.h"
#include "tests/codegen/PackedNetwork.h"
#include "tests/codegen/TemporaryFolder.h"
#include "tests/codegen/ToyNetwork.h"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <set>
#include <sstream>
#include <sys/resource.h>
#include <unistd.h>

namespace cnnc {

namespace fs = std::filesystem;

static const std::string strict = " -O1 -Wall -Wextra -Werror -pedantic ";

TEST(Pack, WritesTheFolder) {
  TemporaryFolder folder;
  packInto(folder / "a/b", toyNetwork());
  std::set<std::string> names;
  for (const fs::directory_entry &entry : fs::directory_iterator(folder / "a/b"))
    names.insert(entry.path().filename());
  EXPECT_EQ(names, (std::set<std::string>{"libtoy.a", "toy.h", "toy-config.cmake", "toy.pc",
                                          "cnnrt.h", "cnnrt_io.h", "libcnnrt.a"}));
}

TEST(Pack, CProgramGetsNumbersAndStatuses) {
  TemporaryFolder out;
  packInto(out.path, toyNetwork());
  packInto(out.path, staticToyNetwork());
  for (const char *linking : {"", " -static-pie ", " -no-pie -Wl,--gc-sections "}) {
    expectRuns(CNNC_TEST_CC " -std=c11" + strict + linking + CNNC_TEST_APPS "/toy_app.c -I" +
               out.path + " " + out / "libtoy.a" + " " + out / "libfixed.a" + " " +
               out / "libcnnrt.a" + " -o " + out / "app");
    expectRuns(out / "app");
  }
}

TEST(Pack, CppProgram) {
  TemporaryFolder out;
  packInto(out.path, toyNetwork());
  packInto(out.path, staticToyNetwork());
  expectRuns(CNNC_TEST_CXX " -std=c++17" + strict + CNNC_TEST_APPS "/toy_app.cpp -I" + out.path +
             " " + out / "libtoy.a" + " " + out / "libfixed.a" + " " + out / "libcnnrt.a" + " -o " +
             out / "app");
  expectRuns(out / "app");
}

/// A project that finds the package in `packages`.
static void buildByCMake(const std::string &project, const std::string &packages) {
  fs::create_directories(project);
  std::ofstream(project + "/CMakeLists.txt")
      << "cmake_minimum_required(VERSION 3.20)\nproject(app CXX)\nfind_package(Toy REQUIRED)\n"
      << "find_package(fixed REQUIRED)\nadd_executable(app toy_app.cpp)\n"
      << "target_link_libraries(app PRIVATE Toy::Toy fixed::fixed)\n"
      << "target_compile_features(app PRIVATE cxx_std_17)\n";
  std::ofstream source(project + "/toy_app.cpp");
  source << "#include \"Toy.h\"\n#include \"fixed.h\"\nint main() {\n"
         << "  return Toy_network()->num_sizes == 3 && fixed_network()->num_sizes == 0 ? 0 : 1;\n}";
  source.close();
  expectRuns(CNNC_TEST_CMAKE " -S " + project + " -B " + project +
             "/build -DCMAKE_PREFIX_PATH=" + packages);
  expectRuns(CNNC_TEST_CMAKE " --build " + project + "/build");
  expectRuns(project + "/build/app");
}

TEST(Pack, CMakeFindsAMovedFolder) {
  TemporaryFolder folder;
  packInto(folder / "out", toyNetwork("Toy"));
  packInto(folder / "out", staticToyNetwork());
  fs::rename(folder / "out", folder / "moved");
  buildByCMake(folder / "project", folder / "moved");
}

TEST(Pack, RuntimeAsSourcesWhereThereIsNoArchive) {
  TemporaryFolder folder;
  packInto(folder / "out", toyNetwork("Toy"), {/*runtimeAsSources=*/true});
  packInto(folder / "out", staticToyNetwork(), {/*runtimeAsSources=*/true});
  EXPECT_FALSE(fs::exists(folder / "out/libcnnrt.a"));
  buildByCMake(folder / "project", folder / "out");
}

/// The symbols that `nm options` lists for `file`.
static std::set<std::string> symbolsOf(const std::string &options, const std::string &file) {
  std::istringstream lines(shell(CNNC_TEST_NM " " + options + " -P " + file).output);
  std::set<std::string> symbols;
  for (std::string line; std::getline(lines, line);)
    if (line.find(' ') != std::string::npos && line.find(".o]:") == std::string::npos)
      symbols.insert(line.substr(0, line.find(' ')));
  return symbols;
}

TEST(Pack, LeavesOnlyTheRuntimeUndefined) {
  TemporaryFolder out;
  packInto(out.path, toyNetwork());
  std::set<std::string> missing = symbolsOf("-u", out / "libtoy.a");
  for (const std::string &defined : symbolsOf("--defined-only -g", out / "libtoy.a"))
    missing.erase(defined);
  for (const std::string &symbol : missing)
    EXPECT_TRUE(symbol.rfind("cnnrt_", 0) == 0 || symbol == "memcpy" || symbol == "memset" ||
                symbol == "_GLOBAL_OFFSET_TABLE_") // The linker's own; the assembler asks for it.
        << symbol;
  EXPECT_TRUE(missing.count("cnnrt_malloc"));
}

TEST(Pack, ExportsThreeFunctions) {
  TemporaryFolder out;
  packInto(out.path, toyNetwork());
  expectRuns(CNNC_TEST_CC " -shared -Wl,-z,defs -Wl,-z,text -Wl,--exclude-libs,libcnnrt.a -o " +
             out / "libtoy.so" + " -Wl,--whole-archive " + out / "libtoy.a" +
             " -Wl,--no-whole-archive " + out / "libcnnrt.a");
  EXPECT_EQ(symbolsOf("-D --defined-only", out / "libtoy.so"),
            (std::set<std::string>{"toy_network", "toy_run", "toy_workspace_bytes"}));
}

TEST(Pack, SameBytesInAnyFolder) {
  TemporaryFolder first, second;
  packInto(first / "a", toyNetwork());
  packInto(second / "deeper/b", toyNetwork());
  packInto(second / "deeper/b", toyNetwork()); // Again, over the first.
  for (const char *name : {"libtoy.a", "toy.h", "toy-config.cmake", "toy.pc"})
    EXPECT_EQ(readFile(first / "a/" + name), readFile(second / "deeper/b/" + name)) << name;
}

/// The bytes of a stripped program.
static int64_t programBytes(const TemporaryFolder &out, const std::string &arguments) {
  expectRuns(CNNC_TEST_CC " -std=c11 -O2 " + arguments + " -o " + out / "sized");
  expectRuns(CNNC_TEST_STRIP " " + out / "sized");
  return static_cast<int64_t>(fs::file_size(out / "sized"));
}

TEST(Pack, AddsFewBytesToAProgram) {
  TemporaryFolder out;
  packInto(out.path, toyNetwork());
  int64_t empty = programBytes(out, CNNC_TEST_APPS "/size_app.c");
  int64_t full = programBytes(out, "-DWITH_NETWORK " CNNC_TEST_APPS "/size_app.c -I" + out.path +
                                       " " + out / "libtoy.a" + " " + out / "libcnnrt.a");
  EXPECT_LT(full - empty, 16000);
  RecordProperty("bytes", static_cast<int>(full - empty));
}

// ---- Errors ------------------------------------------------------------------------------------

TEST(PackErrors, FolderThatIsAFile) {
  TemporaryFolder folder;
  std::ofstream(folder / "file") << "text";
  Status packed = pack(toyNetwork(), folder / "file/out");
  ASSERT_FALSE(packed);
  EXPECT_EQ(packed.error(),
            "can not write to the folder " + folder / "file/out" + ": Not a directory");
}

TEST(PackErrors, UnwritableFolder) {
  TemporaryFolder folder;
  fs::permissions(folder.path, fs::perms(0555));
  const uid_t user = geteuid();
  if (user == 0) { // Root writes everywhere: be nobody for a while.
    ASSERT_EQ(seteuid(65534), 0);
  }
  Status packed = pack(toyNetwork(), folder / "out");
  ASSERT_EQ(seteuid(user), 0);
  fs::permissions(folder.path, fs::perms::owner_all);
  ASSERT_FALSE(packed);
  EXPECT_EQ(packed.error(),
            "can not write to the folder " + folder / "out" + ": Permission denied");
}

TEST(PackErrors, PlaceTakenByAFolder) {
  TemporaryFolder folder;
  fs::create_directories(folder / "libtoy.a");
  Status packed = pack(toyNetwork(), folder.path);
  ASSERT_FALSE(packed);
  EXPECT_EQ(packed.error(), "can not write " + folder / "libtoy.a" + ": it is a folder");
  EXPECT_EQ(countEntries(folder.path), 1);
}

/// Lets this process write files of `bytes` bytes and no more, as on a full disk.
class FileSizeLimit {
public:
  explicit FileSizeLimit(rlim_t bytes) {
    handler = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    rlimit limit = before;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
  }

private:
  rlimit before;
  void (*handler)(int);
};

TEST(PackErrors, RemovesTheFoldersThatItMade) {
  TemporaryFolder folder;
  NetworkPlan plan = toyNetwork();
  plan.kernels[0].compiled.object = "no object";
  Status packed = pack(plan, folder / "made/for/it");
  ASSERT_FALSE(packed);
  EXPECT_EQ(packed.error().rfind("the object of kernel toy_scale can not be read: ", 0), 0u)
      << packed.error();
  EXPECT_EQ(countEntries(folder.path), 0);
}

/// Packs a network of a MB of weights where no file can have more than `bytes`.
static std::string errorWithLimit(const std::string &folder, rlim_t bytes) {
  NetworkPlan plan = toyNetwork();
  plan.weights.push_back({256, std::make_shared<const std::vector<float>>(1 << 18, 1.0f)});
  plan.weightBytes = 256 + (1 << 20);
  FileSizeLimit limit(bytes);
  Status packed = pack(plan, folder);
  return packed ? "" : packed.error();
}

TEST(PackErrors, FullDisk) {
  TemporaryFolder folder;
  std::ofstream(folder / "libtoy.a") << "older";
  EXPECT_NE(errorWithLimit(folder.path, 100).find("File too large"), std::string::npos);
  EXPECT_EQ(errorWithLimit(folder.path, 100000),
            "can not write the weights to a file in " + folder / ": File too large");
  // Room for the weights' object alone, but not for the archive.
  EXPECT_EQ(errorWithLimit(folder.path, (1 << 20) + 2000),
            "can not write " + folder / "libtoy.a" + ": File too large");
  EXPECT_EQ(countEntries(folder.path), 1);
  EXPECT_EQ(readFile(folder / "libtoy.a"), "older");
}

TEST(PackErrors, TooManyWeights) {
  TemporaryFolder folder;
  NetworkPlan plan = toyNetwork();
  plan.weightBytes = int64_t(3) << 30;
  Status packed = pack(plan, folder.path);
  ASSERT_FALSE(packed);
  EXPECT_EQ(packed.error(),
            "the weights have 3221225472 bytes, a library can hold at most 2000000000; compile "
            "with --embed-weights=no");
}

} // namespace cnnc
