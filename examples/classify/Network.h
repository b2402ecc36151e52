// Runs the compiled network on pictures: the whole use of its library is in Network.cpp.
#pragma once

#include "examples/common/Workspace.h"

#include <cstdint>
#include <string>
#include <vector>

constexpr int numClasses = 1000;

/// The network with the workspace and the threads that one call after the other uses.
class Network {
public:
  /// Uses `threads` threads, at least 1.
  explicit Network(int threads);
  ~Network();
  Network(const Network &) = delete;
  Network &operator=(const Network &) = delete;

  /// The probability of each class, for one picture of `height` x `width` pixels, row by row, 3
  /// bytes a pixel. On an error the result is empty and `error` says why.
  std::vector<float> classify(const uint8_t *picture, int64_t height, int64_t width,
                              std::string &error);

private:
  int threads;
  cnnrt_exec *pool = nullptr; ///< Null: the caller's thread alone.
  Workspace workspace;
};
