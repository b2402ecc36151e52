// The choice of tiles, blocks and tasks for conv_filter_grad: see FilterGrad.cpp.
#pragma once

#include "compiler/kernels/Kernel.h"

namespace cnnc {

/// The parameters of the schedule.
struct GradTile {
  int lanes = 1, vectors = 1, columns = 1;
  int rows = 1, images = 1;
  int channels = 1, inputs = 1; ///< Output and input channels of a task.
  int sums = 1;
  bool sumsOfRows = false; ///< They share out rows, not images.

  int tileChannels() const { return lanes * vectors; }

  Schedule toSchedule() const {
    return {"filter_grad",
            {{"lanes", lanes},
             {"vectors", vectors},
             {"columns", columns},
             {"rows", rows},
             {"images", images},
             {"channels", channels},
             {"inputs", inputs},
             {"sums", sums},
             {"sums_of_rows", sumsOfRows}}};
  }
};

} // namespace cnnc
