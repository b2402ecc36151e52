// A folder for a test, removed at its end.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace cnnc {

class TemporaryFolder {
public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "cnnc-test-XXXXXX").string();
    EXPECT_TRUE(mkdtemp(pattern.data()));
    path = pattern;
  }
  TemporaryFolder(const TemporaryFolder &) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path); }

  std::string operator/(const std::string &name) const { return path + "/" + name; }

  std::string path;
};

/// Number of files and folders in `folder`, at any depth.
inline long countEntries(const std::string &folder) {
  namespace fs = std::filesystem;
  return std::distance(fs::recursive_directory_iterator(folder),
                       fs::recursive_directory_iterator());
}

} // namespace cnnc
