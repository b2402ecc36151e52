// Every network in docs/language.md is read as it stands there.
#include "tests/frontend/cnn/Reading.h"

#include <sstream>

using namespace cnnc::testing;

namespace cnnc {

static std::vector<std::string> snippets() {
  std::ifstream page(LANGUAGE_PAGE);
  std::vector<std::string> found;
  bool isInside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.substr(0, 3) == "```") {
      isInside = line == "```cnn";
      if (isInside)
        found.emplace_back();
    } else if (isInside) {
      found.back() += line + "\n";
    }
  }
  return found;
}

class Snippet : public ::testing::TestWithParam<std::string> {};

TEST_P(Snippet, IsANetwork) {
  Reading reading(GetParam());
  EXPECT_TRUE(reading.succeeded()) << reading.messages;
}

INSTANTIATE_TEST_SUITE_P(OfThePage, Snippet, ::testing::ValuesIn(snippets()));

TEST(Documents, TheNamesOfParametersAreAsThePageSays) {
  Reading reading(snippets().back());
  ASSERT_TRUE(reading.succeeded()) << reading.messages;
  EXPECT_EQ(reading.parameterNames(),
            (std::vector<std::string>{"stem.filter", "stem.bias", "conv.filter", "conv.bias"}));
}

} // namespace cnnc
