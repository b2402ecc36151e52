// The textbook's network, built in C++ and compiled in process: layers are objects, applied in
// turn.
//
//     builder [FOLDER]
//
// writes liblines.a and lines.h into FOLDER, by default `compiled` beside the program. The network
// tells horizontal from vertical lines with two filters made by hand, one for each orientation; the
// fully connected layer is a choice between their mean responses.
#include "cnnc/Layers.h"

#include <cmath>
#include <filesystem>
#include <iostream>

using namespace cnnc;

static constexpr int kernel = 9;

/// Two oriented filters [2, 1, 9, 9]: a Gaussian's derivative across vertical and across horizontal
/// lines.
static std::vector<float> orientedFilters() {
  std::vector<float> filters;
  for (bool vertical : {true, false})
    for (int row = -kernel / 2; row <= kernel / 2; ++row)
      for (int column = -kernel / 2; column <= kernel / 2; ++column) {
        float across = vertical ? column : row;
        float distance = static_cast<float>(row * row + column * column);
        filters.push_back(across * std::exp(-distance / 8));
      }
  return filters;
}

static nn::Network buildLines() {
  nn::Network network("lines");
  nn::Tensor x = network.input("x", nn::f32, {"N", 1, "H", "W"});

  // The layers.
  nn::Tensor w = network.constant({2, 1, kernel, kernel}, orientedFilters());
  nn::Tensor v = network.constant({2, 2}, {1, -1, -1, 1});
  nn::conv conv1 = nn::conv(w).pad(nn::same);
  nn::relu relu1;
  nn::global_avg_pool pool1;
  nn::linear fc1(v);
  nn::softmax softmax1 = nn::softmax().temperature(4);

  // The network: the layers applied in turn.
  nn::Tensor z1 = conv1(x);
  nn::Tensor h1 = relu1(z1);
  nn::Tensor z2 = pool1(h1);
  nn::Tensor z3 = fc1(z2);
  nn::Tensor y = softmax1(z3);

  network.output("y", y);
  std::cout << "x " << x.type() << ", z1 " << z1.type() << ", y " << y.type() << "\n";
  return network;
}

int main(int argc, char **argv) {
  if (argc > 2) {
    std::cerr << "usage: builder [FOLDER]\n";
    return 2;
  }
  std::filesystem::path folder =
      argc == 2 ? argv[1] : std::filesystem::path(argv[0]).parent_path() / "compiled";
  try {
    buildLines().compile(folder.string());
  } catch (const nn::Error &error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
  std::filesystem::path library = folder / "liblines.a";
  std::cout << "result: builder_library_size " << std::filesystem::file_size(library) << " bytes\n";
  return 0;
}
