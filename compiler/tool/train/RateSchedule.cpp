#include "compiler/tool/train/RateSchedule.h"

#include <algorithm>
#include <cmath>

namespace cnnc {

double RateSchedule::at(int64_t step) const {
  if (step < warmup)
    return rate * static_cast<double>(step + 1) / static_cast<double>(warmup);
  double length = static_cast<double>(std::max<int64_t>(1, steps - warmup));
  double done = std::min(1.0, static_cast<double>(step - warmup) / length);
  switch (kind) {
  case Constant:
    return rate;
  case Cosine:
    return rate * (1 + std::cos(done * 3.14159265358979323846)) / 2;
  case Step:
    return rate * (done < 0.5 ? 1 : done < 0.75 ? 0.1 : 0.01);
  }
  return rate;
}

} // namespace cnnc
