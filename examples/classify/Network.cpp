#include "examples/classify/Network.h"

#include "efficientnet_lite0.h" // written by cnnc

Network::Network(int threads) : threads(threads) {
  if (threads > 1)
    pool = cnnrt_pool_create(threads);
  if (!pool)
    this->threads = 1;
}

Network::~Network() { cnnrt_pool_destroy(pool); }

std::vector<float> Network::classify(const uint8_t *picture, int64_t height, int64_t width,
                                     std::string &error) {
  void *memory = workspace.reserve(efficientnet_lite0_workspace_bytes(1, height, width, threads));
  std::vector<float> probabilities(numClasses);
  int status = efficientnet_lite0_run(picture, probabilities.data(), 1, height, width, memory,
                                      workspace.size(), pool);
  if (status == CNNRT_OK)
    return probabilities;
  error = cnnrt_status_string(status);
  return {};
}
