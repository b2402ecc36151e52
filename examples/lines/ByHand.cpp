#include "examples/lines/ByHand.h"
#include "examples/common/Workspace.h"
#include "examples/lines/Drawing.h"

#include "cnnrt.h"
#include "lines.h" // written by cnnc

#include <chrono>
#include <cstdio>

constexpr int pictures = 10000;
constexpr int height = 32, width = 48;

/// What the program counts.
struct Tally {
  int errors = 0;
  double microseconds = 0; ///< In the network, of all pictures together.
};

/// Prints a picture, a character a pixel.
static void print(const Drawing &drawing) {
  for (int row = 0; row < drawing.height; ++row) {
    for (int column = 0; column < drawing.width; ++column)
      std::putchar(drawing.pixels[row * drawing.width + column] > 0 ? '#' : '.');
    std::putchar('\n');
  }
}

/// One picture through the network; a status.
static int classify(const Drawing &drawing, void *workspace, size_t workspaceBytes,
                    float probabilities[2]) {
  // Asking the CPU for its features takes longer than this small network: once is enough.
  static const cnnrt_exec exec = [] {
    cnnrt_exec oneThread = {};
    oneThread.struct_size = sizeof oneThread;
    oneThread.threads = 1;
    oneThread.cpu_features = cnnrt_cpu_features();
    return oneThread;
  }();
  return lines_run(drawing.pixels.data(), probabilities, 1, drawing.height, drawing.width,
                   workspace, workspaceBytes, &exec);
}

static void show(const Drawing &drawing, const float probabilities[2]) {
  print(drawing);
  std::printf("vertical %.3f, horizontal %.3f; drawn %s\n\n",
              static_cast<double>(probabilities[Vertical]),
              static_cast<double>(probabilities[Horizontal]),
              drawing.orientation == Vertical ? "vertical" : "horizontal");
}

/// Draws and classifies all pictures, shows the first two; a status.
static int classifyAll(uint32_t seed, void *workspace, size_t workspaceBytes, Tally &tally) {
  using Clock = std::chrono::steady_clock;
  std::mt19937 random(seed);
  for (int i = 0; i < pictures; ++i) {
    Drawing drawing = drawLines(random, height, width);
    float probabilities[2];
    Clock::time_point start = Clock::now();
    int status = classify(drawing, workspace, workspaceBytes, probabilities);
    if (status != CNNRT_OK)
      return status;
    tally.microseconds += std::chrono::duration<double, std::micro>(Clock::now() - start).count();
    Orientation found = probabilities[Horizontal] > probabilities[Vertical] ? Horizontal : Vertical;
    tally.errors += found != drawing.orientation;
    if (i < 2)
      show(drawing, probabilities);
  }
  return CNNRT_OK;
}

bool tryHandMadeWeights(uint32_t seed) {
  Workspace workspace;
  void *memory = workspace.reserve(lines_workspace_bytes(1, height, width, 1));
  Tally tally;
  int status = classifyAll(seed, memory, workspace.size(), tally);
  if (status != CNNRT_OK) {
    std::fprintf(stderr, "error: %s\n", cnnrt_status_string(status));
    return false;
  }
  std::printf("result: lines_errors %d of %d\n", tally.errors, pictures);
  std::printf("result: lines_time_per_picture %.2f us\n", tally.microseconds / pictures);
  return true;
}
