// How the schedules want a conv's or a dense layer's weights in memory.
//
//     direct:     [block][k...][i][lane]   block * lanes + lane the output channel, zeros at the
//     end depthwise:  [k...][c]
//
// with k the spatial taps in logical order and i the input channel of the group (linear, matmul: k
// has no dims and i is the dim summed over).
#include "compiler/kernels/Kernel.h"
#include "compiler/kernels/schedules/Schedules.h"

namespace cnnc {

static bool isPacked(const KernelSpec &spec, int input) {
  return spec.layouts[static_cast<size_t>(input)] == Layout::Packed;
}

// A weight seen as [channel][i][taps]; matmul's is [i][channel].
static void matrixDims(const KernelSpec &spec, const std::vector<int64_t> &shape, int64_t &channels,
                       int64_t &inner, std::vector<int64_t> &space) {
  bool isMatMul = anchorOf(spec).name == "matmul";
  channels = isMatMul ? (shape.size() > 1 ? shape[1] : 1) : shape[0];
  inner = isMatMul ? shape[0] : shape[1];
  if (!isMatMul)
    space.assign(shape.begin() + 2, shape.end());
}

std::vector<int64_t> packedShape(const KernelSpec &spec, int input) {
  const std::vector<int64_t> &shape = spec.graph.inputs[static_cast<size_t>(input)].shape;
  if (!isPacked(spec, input))
    return shape;
  int64_t channels, inner;
  std::vector<int64_t> packed;
  matrixDims(spec, shape, channels, inner, packed);
  if (spec.schedule.algorithm == "depthwise") {
    packed.push_back(channels);
    return packed;
  }
  int64_t tile = filterTile(spec.schedule);
  packed.insert(packed.begin(), (channels + tile - 1) / tile);
  packed.push_back(inner);
  packed.push_back(tile);
  return packed;
}

static int64_t product(const std::vector<int64_t> &shape) {
  int64_t result = 1;
  for (int64_t extent : shape)
    result *= extent;
  return result;
}

std::vector<float> packWeight(const KernelSpec &spec, int input, const float *values) {
  const std::vector<int64_t> &shape = spec.graph.inputs[static_cast<size_t>(input)].shape;
  if (!isPacked(spec, input))
    return std::vector<float>(values, values + product(shape));
  int64_t channels, inner;
  std::vector<int64_t> space;
  matrixDims(spec, shape, channels, inner, space);
  int64_t taps = product(space);
  bool isMatMul = anchorOf(spec).name == "matmul";
  bool depthwise = spec.schedule.algorithm == "depthwise";
  int64_t tile = depthwise ? channels : filterTile(spec.schedule);
  std::vector<float> packed(static_cast<size_t>(product(packedShape(spec, input))));
  for (int64_t c = 0; c < channels; ++c)
    for (int64_t i = 0; i < inner; ++i)
      for (int64_t k = 0; k < taps; ++k) {
        int64_t from = isMatMul ? i * channels + c : (c * inner + i) * taps + k;
        int64_t to = ((c / tile * taps + k) * inner + i) * tile + c % tile;
        packed[static_cast<size_t>(to)] = values[from];
      }
  return packed;
}

} // namespace cnnc
