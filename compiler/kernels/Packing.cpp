// Weights in the order in which a kernel reads them: the anchor's algorithm knows it
// (ops/ConvForms.h).
#include "compiler/kernels/ConvKinds.h"
#include "compiler/kernels/ops/ConvForms.h"
#include "compiler/kernels/schedules/Schedules.h"

#include <cassert>
#include <numeric>

namespace cnnc {

#define CONV_FORM(algorithm, Form) ConvForm form##Form();
#include "compiler/kernels/ops/ConvForms.def"

ConvForm convForm(const std::string &algorithm) {
#define CONV_FORM(name, Form)                                                                      \
  if (algorithm == #name)                                                                          \
    return form##Form();
#include "compiler/kernels/ops/ConvForms.def"
  throw KernelError("schedule '" + algorithm + "' computes no conv");
}

static int64_t product(const std::vector<int64_t> &shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1), std::multiplies<>());
}

int64_t WeightView::numTaps() const { return product(taps); }

float WeightView::at(int64_t channel, int64_t input, int64_t tap) const {
  return values[channel * channelStride + input * inputStride + tap];
}

std::vector<int64_t> tiledShape(const WeightView &weight, int64_t tile) {
  std::vector<int64_t> shape = weight.taps;
  shape.insert(shape.begin(), (weight.channels + tile - 1) / tile);
  shape.push_back(weight.inputs);
  shape.push_back(tile);
  return shape;
}

std::vector<float> packTiles(const WeightView &weight, int64_t tile) {
  std::vector<float> packed(static_cast<size_t>(product(tiledShape(weight, tile))));
  int64_t taps = weight.numTaps();
  for (int64_t c = 0; c < weight.channels; ++c)
    for (int64_t i = 0; i < weight.inputs; ++i)
      for (int64_t k = 0; k < taps; ++k) {
        int64_t to = ((c / tile * taps + k) * weight.inputs + i) * tile + c % tile;
        packed[static_cast<size_t>(to)] = weight.at(c, i, k);
      }
  return packed;
}

static std::vector<int64_t> stridesOver(const KernelSpec &spec, int filter) {
  for (const OpDescription &op : spec.graph.ops)
    if (op.name == "conv" && op.operands[1] == filter)
      return op.getInts("strides");
  return {};
}

// The filter that is value `filter`: [channel][i][taps...]; a matmul's is [i][channel].
static WeightView viewOf(const KernelSpec &spec, int filter, const float *values) {
  const std::vector<int64_t> &shape = spec.graph.tensor(filter).shape;
  WeightView weight;
  weight.values = values;
  if (anchorOf(spec).name == "matmul") {
    assert(shape.size() <= 2 && "a batch of matrices is not packed");
    weight.inputs = shape[0];
    weight.channels = shape.size() > 1 ? shape[1] : 1;
    weight.inputStride = weight.channels;
    return weight;
  }
  weight.channels = shape[0];
  weight.inputs = shape[1];
  weight.taps.assign(shape.begin() + 2, shape.end());
  weight.strides = stridesOver(spec, filter);
  weight.inputStride = weight.numTaps();
  weight.channelStride = weight.inputs * weight.inputStride;
  return weight;
}

// The schedule of the op that reads the filter: the anchor, or a conv before it.
static Schedule scheduleFor(const KernelSpec &spec, int input) {
  const OpDescription *before = convBefore(spec);
  return before && before->operands[1] == input ? scheduleBefore(spec) : spec.schedule;
}

static bool isPacked(const KernelSpec &spec, int input) {
  return spec.layouts[static_cast<size_t>(input)] == Layout::Packed;
}

std::vector<int64_t> packedShape(const KernelSpec &spec, int input) {
  if (!isPacked(spec, input))
    return spec.graph.inputs[static_cast<size_t>(input)].shape;
  Schedule schedule = scheduleFor(spec, input);
  return convForm(schedule.algorithm).packedShape(schedule, viewOf(spec, input, nullptr));
}

std::vector<float> packWeight(const KernelSpec &spec, int input, const float *values) {
  if (!isPacked(spec, input))
    return std::vector<float>(
        values, values + product(spec.graph.inputs[static_cast<size_t>(input)].shape));
  Schedule schedule = scheduleFor(spec, input);
  return convForm(schedule.algorithm).pack(schedule, viewOf(spec, input, values));
}

double addedError(const KernelSpec &spec) {
  if (anchorOf(spec).name != "conv")
    return 0;
  ConvForm form = convForm(spec.schedule.algorithm);
  if (!form.addedError)
    return 0;
  return form.addedError(spec.schedule, viewOf(spec, anchorOf(spec).operands[1], nullptr));
}

} // namespace cnnc
