// A network built with the installed builder and compiled in this process.
//
//     build FOLDER
#include "cnnc/Layers.h"

#include <filesystem>
#include <iostream>

using namespace cnnc;

int main(int argc, char **argv) {
  std::filesystem::path folder = argv[1];
  nn::Network network("doubling");
  nn::Tensor x = network.input("x", nn::f32, {"N", 4, "H", "W"});
  network.output("y", x + x);
  network.compile(folder.string());
  if (!std::filesystem::exists(folder / "libdoubling.a"))
    return 1;

  // What is wrong arrives as an exception, across the border of the library.
  try {
    nn::conv(8, {3, 3}).groups(3)(x);
  } catch (const nn::Error &error) {
    std::cout << error.what() << "\n";
    return 0;
  }
  return 1;
}
