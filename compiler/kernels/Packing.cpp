// How the schedules want a conv's or a dense layer's weights in memory.
//
//     direct, row:  [block][k...][i][lane]
//
//     winograd:     [block][k'][l'][i][lane]
//
//     depthwise:    [k...][c]
//
// block * lanes + lane is the output channel, with zeros at the end; k' and l' number the
// transform, k are the spatial taps in logical order and i the input channel of the group (linear,
// matmul: k has no dims and i is the dim summed over).
#include "compiler/kernels/Kernel.h"
#include "compiler/kernels/WinogradTransform.h"
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
  if (spec.schedule.algorithm == "winograd")
    for (int64_t &taps : packed)
      taps += spec.schedule.parameters.at("outputs") - 1;
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

// The filter of one pair of channels, [taps][taps], transformed: G g G^T, [size][size].
static std::vector<double> transformedFilter(const WinogradTransform &transform,
                                             const float *filter) {
  int size = transform.size(), taps = transform.taps;
  std::vector<double> half(static_cast<size_t>(size * taps)),
      whole(static_cast<size_t>(size * size));
  for (int k = 0; k < size; ++k)
    for (int x = 0; x < taps; ++x)
      for (int y = 0; y < taps; ++y)
        half[static_cast<size_t>(k * taps + x)] +=
            transform.filter[static_cast<size_t>(k)][static_cast<size_t>(y)] * filter[y * taps + x];
  for (int k = 0; k < size; ++k)
    for (int l = 0; l < size; ++l)
      for (int x = 0; x < taps; ++x)
        whole[static_cast<size_t>(k * size + l)] +=
            transform.filter[static_cast<size_t>(l)][static_cast<size_t>(x)] *
            half[static_cast<size_t>(k * taps + x)];
  return whole;
}

static std::vector<float> packWinograd(const KernelSpec &spec, const std::vector<int64_t> &shape,
                                       const std::vector<int64_t> &packedShape,
                                       const float *values) {
  int taps = static_cast<int>(shape[2]);
  WinogradTransform transform =
      winogradTransform(static_cast<int>(spec.schedule.parameters.at("outputs")), taps);
  int64_t channels = shape[0], inner = shape[1], tile = packedShape.back();
  int64_t numbers = transform.size() * transform.size();
  std::vector<float> packed(static_cast<size_t>(product(packedShape)));
  for (int64_t c = 0; c < channels; ++c)
    for (int64_t i = 0; i < inner; ++i) {
      std::vector<double> filter =
          transformedFilter(transform, values + (c * inner + i) * taps * taps);
      for (int64_t k = 0; k < numbers; ++k)
        packed[static_cast<size_t>(((c / tile * numbers + k) * inner + i) * tile + c % tile)] =
            static_cast<float>(filter[static_cast<size_t>(k)]);
    }
  return packed;
}

std::vector<float> packWeight(const KernelSpec &spec, int input, const float *values) {
  const std::vector<int64_t> &shape = spec.graph.inputs[static_cast<size_t>(input)].shape;
  if (!isPacked(spec, input))
    return std::vector<float>(values, values + product(shape));
  if (spec.schedule.algorithm == "winograd")
    return packWinograd(spec, shape, packedShape(spec, input), values);
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
