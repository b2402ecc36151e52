#include "examples/classify/Network.h"

#include "efficientnet_lite0.h" // written by cnnc

#include <cstdlib>

Network::Network(int threads) : threads(threads) {
  if (threads > 1)
    pool = cnnrt_pool_create(threads);
  if (!pool)
    this->threads = 1;
}

Network::~Network() {
  std::free(workspace);
  cnnrt_pool_destroy(pool);
}

std::vector<float> Network::classify(const uint8_t *picture, int64_t height, int64_t width,
                                     std::string &error) {
  size_t bytes = efficientnet_lite0_workspace_bytes(1, height, width, threads);
  if (bytes > workspaceBytes) {
    size_t aligned = (bytes + CNNRT_WORKSPACE_ALIGNMENT - 1) / CNNRT_WORKSPACE_ALIGNMENT *
                     CNNRT_WORKSPACE_ALIGNMENT;
    std::free(workspace);
    workspace = std::aligned_alloc(CNNRT_WORKSPACE_ALIGNMENT, aligned);
    workspaceBytes = workspace ? bytes : 0;
  }
  std::vector<float> probabilities(numClasses);
  int status = efficientnet_lite0_run(picture, probabilities.data(), 1, height, width, workspace,
                                      workspaceBytes, pool);
  if (status == CNNRT_OK)
    return probabilities;
  error = cnnrt_status_string(status);
  return {};
}
