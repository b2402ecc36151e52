// classify [--threads N] [PICTURE...]: the five most probable of ImageNet's classes for each
// picture.
//
// The network is linked into this program. The class names are read from a file (CLASS_NAMES, set
// by the build, one line a class); without a PICTURE those of the folder PICTURES (likewise) are
// taken.
#include "examples/classify/Network.h"
#include "examples/classify/Picture.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>

static std::vector<std::string> readLines(const char *path) {
  std::vector<std::string> lines;
  std::ifstream stream(path);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

/// The numbers of the `count` most probable classes, best first.
static std::vector<int> bestClasses(const std::vector<float> &probabilities, int count) {
  std::vector<int> classes(probabilities.size());
  std::iota(classes.begin(), classes.end(), 0);
  std::partial_sort(classes.begin(), classes.begin() + count, classes.end(),
                    [&](int a, int b) { return probabilities[a] > probabilities[b]; });
  classes.resize(static_cast<size_t>(count));
  return classes;
}

/// The median time of a call in milliseconds.
static double timeNetwork(Network &network, const std::vector<uint8_t> &picture) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> times;
  std::string error;
  for (int round = 0; round < 11; ++round) {
    Clock::time_point start = Clock::now();
    network.classify(picture.data(), pictureSide, pictureSide, error);
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  std::nth_element(times.begin(), times.begin() + times.size() / 2, times.end());
  return times[times.size() / 2];
}

/// The PNG and JPEG files of the folder PICTURES, by name.
static std::vector<std::string> ownPictures() {
  std::vector<std::string> paths;
  for (const auto &entry : std::filesystem::directory_iterator(PICTURES))
    if (entry.path().extension() == ".png" || entry.path().extension() == ".jpg")
      paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  return paths;
}

static std::string fileName(const std::string &path) {
  return path.substr(path.find_last_of('/') + 1);
}

static bool classifyFile(Network &network, const std::string &path,
                         const std::vector<std::string> &names) {
  std::string error;
  std::vector<uint8_t> picture = loadPicture(path, error);
  std::vector<float> probabilities;
  if (!picture.empty())
    probabilities = network.classify(picture.data(), pictureSide, pictureSide, error);
  if (probabilities.empty()) {
    std::fprintf(stderr, "error: %s\n", error.c_str());
    return false;
  }
  std::printf("%s\n", path.c_str());
  std::vector<int> best = bestClasses(probabilities, 5);
  for (int k : best)
    std::printf("  %5.1f %%  %s (class %d)\n", 100 * static_cast<double>(probabilities[k]),
                names[k].c_str(), k);
  std::string name = fileName(path);
  std::printf("result: classify_class_of_%s %d class\n", name.c_str(), best[0]);
  std::printf("result: classify_time_of_%s %.2f ms\n", name.c_str(), timeNetwork(network, picture));
  return true;
}

int main(int argc, char **argv) {
  int first = 1, threads = 1;
  if (argc > 2 && std::strcmp(argv[1], "--threads") == 0) {
    threads = std::atoi(argv[2]);
    first = 3;
  }
  if (threads < 1 || (first < argc && argv[first][0] == '-')) {
    std::fprintf(stderr, "usage: classify [--threads N] [PICTURE...]\n");
    return 1;
  }
  std::vector<std::string> names = readLines(CLASS_NAMES);
  if (names.size() != numClasses) {
    std::fprintf(stderr, "error: %s has %zu class names but the network has %d classes\n",
                 CLASS_NAMES, names.size(), numClasses);
    return 1;
  }
  Network network(threads);
  std::vector<std::string> pictures(argv + first, argv + argc);
  bool good = true;
  for (const std::string &picture : pictures.empty() ? ownPictures() : pictures)
    good &= classifyFile(network, picture, names);
  return good ? 0 : 1;
}
