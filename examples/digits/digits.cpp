// digits [NUMBER...]: prints held-out digits and what the network takes them for; without arguments
// two of them, and how many of all are right.
#include "examples/digits/Digits.h"
#include "examples/common/Workspace.h"

#include "digits.h" // written by cnnc

#include <cstdio>
#include <cstdlib>

/// Prints a picture, a character a pixel.
static void print(const uint8_t *image) {
  for (int row = 4; row < side - 4; ++row) {
    for (int column = 0; column < side; ++column)
      std::putchar(" .:+#"[image[row * side + column] * 5 / 256]);
    std::putchar('\n');
  }
}

/// The digit on the picture, or -1 after a message.
static int classify(const uint8_t *image, Workspace &workspace, float probabilities[numClasses]) {
  void *memory = workspace.reserve(digits_workspace_bytes(1, 1));
  int status = digits_run(image, probabilities, 1, memory, workspace.size(), nullptr);
  if (status == CNNRT_OK)
    return likeliest(probabilities);
  std::fprintf(stderr, "error: %s\n", cnnrt_status_string(status));
  return -1;
}

int main(int argc, char **argv) {
  Digits training, heldOut;
  if (!loadDigits(DATA, training, heldOut)) {
    std::fprintf(stderr, "error: %s has no images.bin and labels.bin that fit\n", DATA);
    return 1;
  }
  std::vector<size_t> shown;
  for (int i = 1; i < argc; ++i)
    shown.push_back(std::strtoul(argv[i], nullptr, 10) % heldOut.size());
  if (shown.empty())
    shown = {321, 777};
  Workspace workspace;
  float probabilities[numClasses];
  for (size_t index : shown) {
    const uint8_t *image = heldOut.images.data() + index * numPixels;
    int digit = classify(image, workspace, probabilities);
    if (digit < 0)
      return 1;
    print(image);
    std::printf("a %d (%.1f %%), meant as a %d\n\n", digit,
                100 * static_cast<double>(probabilities[digit]), heldOut.labels[index]);
  }
  if (argc > 1)
    return 0;
  int errors = 0;
  for (size_t i = 0; i < heldOut.size(); ++i)
    errors += classify(heldOut.images.data() + i * numPixels, workspace, probabilities) !=
              heldOut.labels[i];
  std::printf("result: held-out errors %d of %zu\n", errors, heldOut.size());
  return 0;
}
