#include "compiler/frontend/SeededValues.h"

#include "cnnrt_generated.h"

namespace cnnc {

static std::vector<float> seeded(int kind, uint64_t seed, const std::string &name, int64_t count,
                                 double scale, int64_t rows = 1) {
  std::vector<float> values(count);
  cnnrt_initializer initializer = {};
  initializer.name = name.c_str();
  initializer.kind = kind;
  initializer.scale = scale;
  initializer.count = count;
  initializer.rows = rows;
  cnnrt_initial_values(&initializer, values.data(), seed);
  return values;
}

std::vector<float> seededNormal(uint64_t seed, const std::string &name, int64_t count,
                                double deviation) {
  return seeded(CNNRT_INIT_NORMAL, seed, name, count, deviation);
}

std::vector<float> seededUniform(uint64_t seed, const std::string &name, int64_t count,
                                 double bound) {
  return seeded(CNNRT_INIT_UNIFORM, seed, name, count, bound);
}

std::vector<float> seededOrthogonal(uint64_t seed, const std::string &name, int64_t rows,
                                    int64_t columns, double gain) {
  return seeded(CNNRT_INIT_ORTHOGONAL, seed, name, rows * columns, gain, rows);
}

} // namespace cnnc
