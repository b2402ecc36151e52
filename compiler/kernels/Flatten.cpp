#include "compiler/kernels/Flatten.h"
#include "compiler/kernels/ConvKinds.h"
#include "compiler/kernels/KernelBuild.h"
#include "compiler/kernels/ops/Elementwise.h"

#include <algorithm>
#include <limits>

namespace cnnc {

namespace {

/// Logical dims `first`..`last` of every tensor of rank `rank` become one at `first`; with
/// `mergeBatch` dim 0 joins them and stays behind with extent 1.
struct Merge {
  int rank = 0, first = 0, last = -1;
  bool mergeBatch = false;

  bool covers(int dim) const { return (dim >= first && dim <= last) || (mergeBatch && dim == 0); }
  bool any() const { return last > first || (mergeBatch && last >= first); }
};

} // namespace

// Ops that treat every element of the merged dims alike.
static bool keepsPixelsApart(const OpDescription &op) {
  return isElementwise(op.name) || op.name == "batch_norm" || op.name == "cast";
}

// The anchor's filter and what it is made of, one value after the other, the last an input.
static std::vector<int> filterChain(const KernelSpec &spec) {
  const int inputs = static_cast<int>(spec.graph.inputs.size());
  std::vector<int> chain = {spec.graph.ops[static_cast<size_t>(spec.anchor)].operands[1]};
  while (chain.back() >= inputs)
    chain.push_back(spec.graph.ops[static_cast<size_t>(chain.back() - inputs)].operands[0]);
  return chain;
}

// True where all that happens to the anchor's filter is that its first two dims change places.
static bool onlySwapsChannels(const KernelSpec &spec) {
  const int inputs = static_cast<int>(spec.graph.inputs.size());
  for (int value : filterChain(spec)) {
    if (value < inputs)
      return true;
    const OpDescription &op = spec.graph.ops[static_cast<size_t>(value - inputs)];
    if (op.name != "transpose")
      return false;
    std::vector<int64_t> order = op.getInts("permutation");
    std::swap(order[0], order[1]);
    if (!std::is_sorted(order.begin(), order.end()))
      return false;
  }
  return true;
}

// True for the operands of the anchor that are no activations, filter and bias, and what a filter
// is made of.
static bool isParameterOfAnchor(const KernelSpec &spec, int value) {
  const OpDescription &anchor = spec.graph.ops[static_cast<size_t>(spec.anchor)];
  if (anchor.name != "conv" && anchor.name != "linear")
    return false;
  const std::vector<int> filter = filterChain(spec);
  return std::find(filter.begin(), filter.end(), value) != filter.end() ||
         std::find(anchor.operands.begin() + 1, anchor.operands.end(), value) !=
             anchor.operands.end();
}

bool keepsPixelsApart(const KernelSpec &spec) {
  const int inputs = static_cast<int>(spec.graph.inputs.size());
  for (int i = 0; i < static_cast<int>(spec.graph.ops.size()); ++i)
    if (i != spec.anchor && !isParameterOfAnchor(spec, inputs + i) &&
        !keepsPixelsApart(spec.graph.ops[static_cast<size_t>(i)]))
      return false;
  return true;
}

static Layout layoutOf(const KernelSpec &spec, int value) {
  size_t v = static_cast<size_t>(value);
  if (v < spec.layouts.size())
    return spec.layouts[v];
  return value == spec.graph.numValues() - 1 ? spec.outputLayout : Layout::ChannelsLast;
}

// True where the tensor has the reference's extents in all merged dims.
static bool isFull(const Merge &merge, const std::vector<int64_t> &shape,
                   const std::vector<int64_t> &reference) {
  if (static_cast<int>(shape.size()) != merge.rank)
    return false;
  for (int dim = 0; dim < merge.rank; ++dim)
    if (merge.covers(dim) && shape[size_t(dim)] != reference[size_t(dim)])
      return false;
  return true;
}

// True where the tensor has nothing but extent 1 in the merged dims: it repeats along them.
static bool repeats(const Merge &merge, const std::vector<int64_t> &shape) {
  int missing = merge.rank - static_cast<int>(shape.size());
  for (int dim = std::max(missing, 0); dim < merge.rank; ++dim)
    if (merge.covers(dim) && shape[size_t(dim - missing)] != 1)
      return false;
  return missing >= 0;
}

static bool allFit(const KernelSpec &spec, const Merge &merge) {
  const std::vector<int64_t> &reference = spec.graph.result().shape;
  for (int value = 0; value < spec.graph.numValues(); ++value)
    if (!isParameterOfAnchor(spec, value)) {
      const std::vector<int64_t> &shape = spec.graph.tensor(value).shape;
      if (!isFull(merge, shape, reference) && !repeats(merge, shape))
        return false;
    }
  return true;
}

// True where every buffer of full rank lies in this layout (layouts differ from rank 3 on).
static bool allIn(const KernelSpec &spec, Layout layout, int rank) {
  if (rank < 3)
    return true;
  for (int value = 0; value < spec.graph.numValues(); ++value) {
    bool isBuffer =
        value < static_cast<int>(spec.layouts.size()) || value == spec.graph.numValues() - 1;
    if (isBuffer && !isParameterOfAnchor(spec, value) && spec.graph.tensor(value).rank() == rank &&
        layoutOf(spec, value) != layout)
      return false;
  }
  return true;
}

// True where the channels of some tensor are no whole row of memory.
static bool hasPitch(const KernelSpec &spec) {
  return spec.outputPitch != 0 ||
         std::any_of(spec.pitches.begin(), spec.pitches.end(), [](int64_t p) { return p != 0; });
}

// The pixels of an image, of all images where these lie behind one another.
static Merge mergePixels(const KernelSpec &spec, int rank) {
  Merge merge;
  merge.rank = rank;
  merge.first = 2;
  merge.last = rank - 1;
  if (!allFit(spec, merge))
    return {};
  Merge withBatch = merge;
  withBatch.mergeBatch = true;
  bool together = allIn(spec, Layout::ChannelsLast, rank) && allFit(spec, withBatch);
  return together ? withBatch : merge;
}

// Everything, where all tensors lie alike; else the pixels of an image, channels apart: where they
// meet a parameter per channel, or a tensor with a pitch.
static Merge mergeElementwise(const KernelSpec &spec, int rank) {
  bool channelsLast = allIn(spec, Layout::ChannelsLast, rank);
  if (!channelsLast && !allIn(spec, Layout::RowMajor, rank))
    return {};
  Merge merge;
  merge.rank = rank;
  merge.last = rank - 1;
  if (!hasPitch(spec) && allFit(spec, merge))
    return merge;
  return channelsLast ? mergePixels(spec, rank) : Merge{};
}

static Merge findMerge(const KernelSpec &spec) {
  const OpDescription &anchor = spec.graph.ops[static_cast<size_t>(spec.anchor)];
  if (!keepsPixelsApart(spec))
    return {};
  Merge merge;
  merge.rank = static_cast<int>(spec.graph.result().rank());
  if (isPointwise(spec, anchor) && spec.schedule.algorithm == "direct" && onlySwapsChannels(spec))
    return mergePixels(spec, merge.rank);
  if (anchor.name == "linear" && allIn(spec, Layout::RowMajor, merge.rank)) {
    merge.last = merge.rank - 2;
    return allFit(spec, merge) ? merge : Merge{};
  }
  if (keepsPixelsApart(anchor) && anchor.name != "batch_norm")
    return mergeElementwise(spec, merge.rank);
  return {};
}

// Merged dims begin in the buffer where the fastest of them lies.
static int fastestPlace(const Merge &merge, int missing, const std::vector<int> &dims) {
  int place = std::numeric_limits<int>::max();
  for (int dim = missing; dim < merge.rank; ++dim)
    if (merge.covers(dim))
      place = std::min(place, dims[static_cast<size_t>(dim - missing)]);
  return place;
}

// The shape with merged dims; `dims` are the places in the buffer, kept in step.
static void mergeShape(const Merge &merge, int64_t size, const std::vector<int64_t> &reference,
                       std::vector<int64_t> &shape, std::vector<int> *dims) {
  int missing = merge.rank - static_cast<int>(shape.size());
  std::vector<int64_t> newShape;
  std::vector<int> newDims;
  bool full = isFull(merge, shape, reference);
  for (int dim = missing; dim < merge.rank; ++dim) {
    if (dim > merge.first && dim <= merge.last)
      continue;
    size_t own = static_cast<size_t>(dim - missing);
    bool merged = dim == merge.first;
    bool emptied = merge.mergeBatch && dim == 0;
    newShape.push_back(merged ? (full ? size : 1) : emptied ? 1 : shape[own]);
    if (dims)
      newDims.push_back(emptied ? -1 : merged ? fastestPlace(merge, missing, *dims) : (*dims)[own]);
  }
  shape = newShape;
  if (dims)
    *dims = newDims;
}

static void flattenConvAttributes(KernelSpec &spec) {
  OpDescription &conv = spec.graph.ops[static_cast<size_t>(spec.anchor)];
  if (conv.name != "conv")
    return;
  conv.attributes["strides"] = std::vector<int64_t>{1};
  conv.attributes["dilations"] = std::vector<int64_t>{1};
  conv.attributes["pads"] = std::vector<int64_t>{0, 0};
  for (int value : filterChain(spec))
    if (size_t v = static_cast<size_t>(value); v < spec.graph.inputs.size()) {
      spec.graph.inputs[v].shape.resize(3);
    } else {
      OpDescription &swap = spec.graph.ops[v - spec.graph.inputs.size()];
      swap.result.shape.resize(3);
      swap.attributes["permutation"] = std::vector<int64_t>{1, 0, 2};
    }
}

// Every tensor [..., w] becomes [..., 1, w], and the conv one with a filter of one row.
static void addRows(FlatKernel &flat) {
  KernelSpec &spec = flat.spec;
  for (size_t i = 0; i < spec.graph.inputs.size(); ++i)
    if (std::vector<int64_t> &shape = spec.graph.inputs[i].shape; shape.size() > 1) {
      shape.insert(shape.end() - 1, 1);
      flat.bufferDims[i].insert(flat.bufferDims[i].end() - 1, -1);
    }
  for (OpDescription &op : spec.graph.ops)
    if (std::vector<int64_t> &shape = op.result.shape; shape.size() > 1)
      shape.insert(shape.end() - 1, 1);
  OpDescription &conv = spec.graph.ops[static_cast<size_t>(spec.anchor)];
  const std::vector<int64_t> pads = conv.getInts("pads");
  conv.attributes["strides"] = std::vector<int64_t>{1, conv.getInts("strides")[0]};
  conv.attributes["dilations"] = std::vector<int64_t>{1, conv.getInts("dilations")[0]};
  conv.attributes["pads"] = std::vector<int64_t>{0, pads[0], 0, pads[1]};
}

FlatKernel flatten(const KernelSpec &spec) {
  FlatKernel flat{spec, {}, {}};
  for (size_t i = 0; i < spec.graph.inputs.size(); ++i) {
    int rank = static_cast<int>(spec.graph.inputs[i].rank());
    std::vector<int> place(static_cast<size_t>(rank));
    std::vector<int> order = memoryOrder(spec.layouts[i], rank);
    for (size_t j = 0; j < order.size(); ++j)
      place[static_cast<size_t>(order[j])] = static_cast<int>(j);
    flat.bufferDims.push_back(place);
  }
  if (spec.schedule.algorithm == "winograd" && spec.graph.result().rank() == 3) {
    addRows(flat);
    return flat;
  }
  Merge merge = findMerge(spec);
  if (!merge.any())
    return flat;

  const std::vector<int64_t> &result = spec.graph.result().shape;
  int64_t size = 1;
  for (int dim = 0; dim < merge.rank; ++dim)
    if (merge.covers(dim)) {
      flat.mergedDims.push_back(result[static_cast<size_t>(dim)]);
      size = size < 0 || flat.mergedDims.back() < 0 ? FlatKernel::mergedSize
                                                    : size * flat.mergedDims.back();
    }
  if (size >= 0)
    flat.mergedDims.clear();
  for (int value = 0; value < spec.graph.numValues(); ++value) {
    size_t v = static_cast<size_t>(value);
    if (isParameterOfAnchor(spec, value))
      continue;
    bool isInput = v < flat.spec.graph.inputs.size();
    std::vector<int64_t> &shape = isInput
                                      ? flat.spec.graph.inputs[v].shape
                                      : flat.spec.graph.ops[v - spec.layouts.size()].result.shape;
    mergeShape(merge, size, result, shape, isInput ? &flat.bufferDims[v] : nullptr);
  }
  flattenConvAttributes(flat.spec);
  for (size_t i = 0; i < flat.bufferDims.size(); ++i)
    flat.bufferDims[i].resize(flat.spec.graph.inputs[i].shape.size());
  return flat;
}

} // namespace cnnc
