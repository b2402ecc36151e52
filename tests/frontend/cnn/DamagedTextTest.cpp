// Broken text is an error or a network, never a crash: valid files cut off at every place, with
// tokens exchanged, doubled and dropped, and with bytes of any value.
#include "tests/frontend/cnn/Reading.h"

#include <random>

using namespace cnnc::testing;

namespace cnnc {

static const std::string valid = R"(# every construct once
block residual(x, channels, stride = 1, pad = same) {
  y = x -> a: conv(channels, 3x3, stride: stride, pad: pad, bias: no) -> batch_norm -> relu
  if stride != 1 or not channels(x) == channels { x = x -> conv(channels, 1x1, stride: stride) }
  else { x = -x * 0.5 }
  return relu(x + y), [channels, 2]
}
network f(image: u8[N, H ~ 32, W, C = 3], z: f32[2]) -> (y: f32[N, 8], rest) {
  x = (127 - cast(image, f32)) / 128
  repeat 2 { x, list = x -> residual(8 // 2 + 4) }
  t = tensor([[1, 2e-1], [3, 4]])
  return x -> global_avg_pool -> linear(8) -> softmax(axis: -1), concat(t, t)
}
train f(label: i64[N], other: f32[2, 2]) {
  loss = 0.5 * cross_entropy(y, label) + mean_squared_error(slice(rest, [0, 0], [2, 2], [1, 1]), other)
  optimizer = sgd(0.9, nesterov: yes)
  freeze = "linear.*, *.filter"
}
)";

/// Reads it; what comes out is a verified module or at least one message.
static void readAnything(const std::string &text) {
  Reading reading(text);
  EXPECT_EQ(reading.succeeded(), reading.messages.find("error: ") == std::string::npos) << text;
}

TEST(DamagedText, TheTextItselfIsValid) {
  Reading reading(valid);
  EXPECT_TRUE(reading.succeeded()) << reading.messages;
}

TEST(DamagedText, MayEndAnywhere) {
  for (size_t length = 0; length < valid.size(); ++length)
    readAnything(valid.substr(0, length));
}

static std::vector<std::string> splitTokens(const std::string &text) {
  std::vector<std::string> tokens;
  auto kind = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  for (char letter : text)
    if (!tokens.empty() && kind(letter) && kind(tokens.back().back()))
      tokens.back() += letter;
    else
      tokens.push_back(std::string(1, letter));
  return tokens;
}

TEST(DamagedText, MayHaveItsTokensMixed) {
  const std::vector<std::string> tokens = splitTokens(valid);
  const std::vector<std::string> strange = {"->",      "9223372036854775807",
                                            "-1",      "0",
                                            "[",       "(",
                                            "}",       "1e999",
                                            "_",       "f32",
                                            "x",       "network",
                                            "channels"};
  for (unsigned seed = 0; seed < 1500; ++seed) {
    std::mt19937 random(seed);
    std::vector<std::string> mixed = tokens;
    for (unsigned change = 0; change <= seed % 4; ++change) {
      size_t place = random() % mixed.size();
      switch (random() % 4) {
      case 0:
        std::swap(mixed[place], mixed[random() % mixed.size()]);
        break;
      case 1:
        mixed.erase(mixed.begin() + place);
        break;
      case 2:
        mixed.insert(mixed.begin() + place, mixed[random() % mixed.size()]);
        break;
      default:
        mixed[place] = strange[random() % strange.size()];
      }
    }
    std::string text;
    for (const std::string &token : mixed)
      text += token;
    SCOPED_TRACE("seed " + std::to_string(seed));
    readAnything(text);
  }
}

TEST(DamagedText, MayHaveAnyBytes) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    std::string text = valid;
    for (int change = 0; change < 3; ++change)
      text[random() % text.size()] = static_cast<char>(random());
    SCOPED_TRACE("seed " + std::to_string(seed));
    readAnything(text);
  }
}

} // namespace cnnc
