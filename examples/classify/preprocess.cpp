// preprocess PICTURE FILE.npy: writes what classify would give to the network, as u8[1, 224, 224,
// 3].
//
// The input that the test keeps, expected/chelsea_input.npy, was made by it.
#include "examples/classify/Picture.h"

#include <cstdio>

/// An .npy: magic, version 1.0, length of the header, header, elements.
static bool writeNpy(const char *path, const std::vector<uint8_t> &picture) {
  char header[128 + 1];
  int written = std::snprintf(header, sizeof header,
                              "\x93NUMPY%c%c%c%c{'descr': '|u1', 'fortran_order': False, "
                              "'shape': (1, %d, %d, 3), }",
                              1, 0, 128 - 10, 0, pictureSide, pictureSide);
  std::snprintf(header + written, sizeof header - static_cast<size_t>(written), "%*s\n",
                128 - 1 - written, "");
  std::FILE *file = std::fopen(path, "wb");
  if (!file)
    return false;
  bool complete = std::fwrite(header, 1, 128, file) == 128 &&
                  std::fwrite(picture.data(), 1, picture.size(), file) == picture.size();
  return std::fclose(file) == 0 && complete;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: preprocess PICTURE FILE.npy\n");
    return 1;
  }
  std::string error;
  std::vector<uint8_t> picture = loadPicture(argv[1], error);
  if (picture.empty()) {
    std::fprintf(stderr, "error: %s\n", error.c_str());
    return 1;
  }
  if (!writeNpy(argv[2], picture)) {
    std::fprintf(stderr, "error: can not write %s\n", argv[2]);
    return 1;
  }
}
