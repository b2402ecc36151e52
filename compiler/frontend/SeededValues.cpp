#include "compiler/frontend/SeededValues.h"

#include "cnnrt_generated.h"

namespace cnnc {

std::vector<float> seededNormal(uint64_t seed, const std::string &name, int64_t count,
                                double deviation) {
  std::vector<float> values(count);
  cnnrt_initializer initializer = {};
  initializer.name = name.c_str();
  initializer.kind = CNNRT_INIT_NORMAL;
  initializer.scale = deviation;
  initializer.count = count;
  cnnrt_initial_values(&initializer, values.data(), seed);
  return values;
}

} // namespace cnnc
