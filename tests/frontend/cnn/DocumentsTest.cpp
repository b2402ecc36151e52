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
  for (const std::string &snippet : snippets()) {
    if (snippet.find("network labelled") == std::string::npos)
      continue;
    Reading reading(snippet);
    ASSERT_TRUE(reading.succeeded()) << reading.messages;
    EXPECT_EQ(reading.parameterNames(),
              (std::vector<std::string>{"stem.filter", "stem.bias", "conv.filter", "conv.bias"}));
    return;
  }
  FAIL() << "the page has no network called labelled";
}

/// A number as the page writes it: 0.9, 1e-8; of a flag, yes or no.
static std::string spell(const cnn::OptimizerArgument &argument) {
  if (argument.isFlag)
    return argument.fallback == 1 ? "yes" : "no";
  std::ostringstream stream;
  stream << argument.fallback;
  std::string text = stream.str();
  if (size_t zero = text.find("e-0"); zero != std::string::npos)
    text.erase(zero + 2, 1);
  return text;
}

TEST(Documents, OptimizersAreAsThePageSays) {
  std::ostringstream page;
  page << std::ifstream(LANGUAGE_PAGE).rdbuf();
  for (const cnn::Optimizer &optimizer : cnn::optimizers()) {
    std::string signature;
    for (const cnn::OptimizerArgument &argument : optimizer.arguments)
      signature += (signature.empty() ? "" : ", ") + argument.name.str() + " = " + spell(argument);
    signature = "`" + optimizer.name.str() + "(" + signature + ")`";
    EXPECT_NE(page.str().find("| " + signature + " |"), std::string::npos) << signature;
  }
}

} // namespace cnnc
