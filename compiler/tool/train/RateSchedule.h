// The learning rate of each step.
#pragma once

#include <cstdint>
#include <string>

namespace cnnc {

struct RateSchedule {
  enum Kind {
    Constant,
    Cosine, ///< Falls along half a cosine to 0 at the last step.
    Step,   ///< A tenth from half of the steps on, a hundredth from three quarters.
  };
  Kind kind = Constant;
  double rate = 0;    ///< The highest.
  int64_t warmup = 0; ///< So many steps it rises, evenly.
  int64_t steps = 0;  ///< Of the whole training, warmup included.

  /// Of step 0, 1, ...
  double at(int64_t step) const;
};

} // namespace cnnc
