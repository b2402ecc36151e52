// Every file of tests/errors/cnn is wrong in one way and says in its last line what the first
// message must be: "# error: LINE:COLUMN: sentence".
#include "tests/frontend/cnn/Reading.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

using namespace cnnc::testing;

namespace cnnc {

static std::vector<std::string> errorFiles() {
  std::vector<std::string> files;
  for (const auto &entry : std::filesystem::directory_iterator(ERROR_FILES))
    if (entry.path().extension() == ".cnn")
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

static std::vector<std::string> linesOf(std::istream &&stream) {
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

/// The message that the last line of the file promises, with the file's name.
static std::string expectedMessage(const std::string &path) {
  const std::string prefix = "# error: ";
  std::string last = linesOf(std::ifstream(path)).back();
  EXPECT_EQ(last.substr(0, prefix.size()), prefix) << path;
  last = last.substr(prefix.size());
  bool hasPlace = std::isdigit(static_cast<unsigned char>(last[0]));
  size_t end = hasPlace ? last.find(": ") : std::string::npos;
  if (!hasPlace)
    return path + ": error: " + last;
  return path + ":" + last.substr(0, end) + ": error: " + last.substr(end + 2);
}

/// Paths of other files are given as from the folder.
static std::string withoutFolder(std::string text) {
  const std::string folder = std::string(ERROR_FILES) + "/";
  for (size_t at; (at = text.find(folder)) != std::string::npos;)
    text.erase(at, folder.size());
  return text;
}

class ErrorFile : public ::testing::TestWithParam<std::string> {};

TEST_P(ErrorFile, GivesItsMessage) {
  Reading reading(Reading::FromFile{GetParam()});
  EXPECT_FALSE(reading.succeeded());
  std::vector<std::string> lines = linesOf(std::istringstream(reading.messages));
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(withoutFolder(lines[0]), withoutFolder(expectedMessage(GetParam())));
}

static std::string nameOf(const ::testing::TestParamInfo<std::string> &info) {
  std::string name = std::filesystem::path(info.param).stem();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, ErrorFile, ::testing::ValuesIn(errorFiles()), nameOf);

TEST(Messages, ShowTheLineItsExtentAndTheCalls) {
  Reading reading("block down(x) {\n\treturn x -> conv(8, 3x3, stride: 0)\n}\n" +
                  network("  return x -> down"));
  std::string path = writeText("network.cnn", "");
  EXPECT_EQ(reading.messages, path +
                                  ":2:35: error: stride must be at least 1 but is 0\n"
                                  "  \treturn x -> conv(8, 3x3, stride: 0)\n"
                                  "  \t                                 ^\n" +
                                  path +
                                  ":5:15: note: called from here\n"
                                  "    return x -> down\n"
                                  "                ^~~~\n");
}

TEST(Messages, SayThatAFileCanNotBeRead) {
  Reading missing(Reading::FromFile{"no/such/file.cnn"});
  EXPECT_EQ(missing.messages,
            "no/such/file.cnn: error: can not read no/such/file.cnn: No such file "
            "or directory\n");
  Reading folder(Reading::FromFile{ERROR_FILES});
  EXPECT_EQ(folder.messages,
            std::string(ERROR_FILES) + ": error: " + ERROR_FILES + " is not a file\n");
}

} // namespace cnnc
