// conv_filter_grad: the gradient of a convolution with respect to its filter.
//
//     result[k, c, i] = sum over n, p of gradient[n, k, p] * input[n, g * C + c, p*s + i*d - begin]
//
// with g the group of k and C the input channels of a group. As a product of matrices it has a row
// for each k, a column for each pair of c and i, and is summed over the pixels p of all images:
//
//     total[k, j, q] = sum over b of block[k, j, q, b]
//
// The columns are numbered in parts q, which are what a task computes: `inputs` channels, and all
// taps or, with `taps_apart`, a row of them. Within a part the channels go first. A block b is some
// rows of some images. Its sum is made in registers and then added to the total, so that rounding
// grows with the root of the number of blocks and not with that of the pixels.
#include "compiler/kernels/ops/Contraction.h"
#include "compiler/kernels/ops/Window.h"

namespace cnnc {

using namespace Halide;

namespace {

/// How the columns are numbered.
struct Columns {
  int inputs;        ///< Channels of a part.
  int taps = 1;      ///< Taps of a part.
  int tapsParts = 1; ///< Parts that have the same channels.

  int count() const { return inputs * taps; }
  Expr channel(const Expr &j, const Expr &q) const {
    return j % inputs + q / tapsParts * inputs;
  }
  Expr tap(const Expr &j, const Expr &q) const { return j / inputs + q % tapsParts * taps; }
  Expr column(const Expr &channel, const Expr &tap) const {
    return channel % inputs + inputs * (tap % taps);
  }
  Expr part(const Expr &channel, const Expr &tap) const {
    return channel / inputs * tapsParts + tap / taps;
  }
};

/// The op before anything is decided about it.
struct FilterGrad {
  Window window;
  Value input, gradient;
  int groups, channels, groupChannels;
  Columns columns;

  int spatialRank() const { return window.spatialRank(); }
  /// The spatial dim that blocks are cut along: rows where there are some.
  int blockDim() const { return std::max(spatialRank() - 2, 0); }
};

/// A copy of an operand, and its elements by logical coordinates.
struct PixelFunc {
  Func copy;
  std::function<Expr(const Indices &)> at;
};

/// The pixels of a block and the blocks, as what is summed over, and where a pixel lies.
struct Pixels {
  RDom inBlock, blocks;
  std::vector<Var> block;      ///< One for each dim of blocks.
  Indices at;                  ///< Batch, then space.
};

} // namespace

// Windows lie inside of the input where all sizes are known and say so. A gradient may have more of
// them than fit, so unlike for conv the pads do not tell.
static bool leavesInput(const OpDescription &op, const Value &input, const Value &gradient) {
  for (size_t s = 0; s + 2 < input.shape.size(); ++s) {
    int64_t stride = op.getInts("strides")[s], in = input.description.shape[s + 2],
            windows = gradient.description.shape[s + 2],
            span = (op.getInts("kernel_shape")[s] - 1) * op.getInts("dilations")[s] + 1;
    bool same = in == windows && stride == 1 && span == 1;
    bool fits = in >= 0 && windows >= 0 && (windows - 1) * stride + span <= in;
    if (op.getInts("pads")[s] > 0 || !(same || fits))
      return true;
  }
  return false;
}

static Columns columnsOf(const KernelBuild &build, const std::vector<int64_t> &kernel) {
  Columns columns{build.parameter("inputs")};
  bool apart = build.parameter("taps_apart") != 0;
  for (size_t s = 0; s < kernel.size(); ++s)
    (apart && s + 1 < kernel.size() ? columns.tapsParts : columns.taps) *= static_cast<int>(kernel[s]);
  return columns;
}

static FilterGrad filterGradOf(const KernelBuild &build, const OpDescription &op,
                               const std::vector<Value> &operands) {
  FilterGrad grad;
  grad.columns = columnsOf(build, op.getInts("kernel_shape"));
  grad.input = operands[0];
  grad.gradient = operands[1];
  Window &window = grad.window;
  window.kernel = op.getInts("kernel_shape");
  window.strides = op.getInts("strides");
  window.dilations = op.getInts("dilations");
  window.leavesInput = leavesInput(op, grad.input, grad.gradient);
  grad.groups = static_cast<int>(op.getInt("groups"));
  grad.channels = static_cast<int>(op.result.shape[0]);
  grad.groupChannels = static_cast<int>(op.result.shape[1]);
  for (size_t s = 0; s < window.kernel.size(); ++s) {
    window.inputExtents.push_back(grad.input.shape[s + 2]);
    window.outputExtents.push_back(grad.gradient.shape[s + 2]);
    window.padBegin.push_back(static_cast<int>(op.getInts("pads")[s]));
  }
  return grad;
}

// Coordinates that may lie beyond the last of a dim, moved there: of blocks and tiles that are larger
// than what is left, where they may be.
static Indices clampToLast(const KernelBuild &build, const Value &value, Indices at, bool channels) {
  auto divides = [&](size_t dim, const char *pieces) {
    int64_t extent = value.description.shape[dim];
    return extent >= 0 && extent % build.parameter(pieces) == 0;
  };
  auto clampDim = [&](size_t dim) { at[dim] = min(likely(at[dim]), value.shape[dim] - 1); };
  if (build.parameter("images") > 1 && !divides(0, "images"))
    clampDim(0);
  if (channels && !divides(1, "channels"))
    clampDim(1);
  return at;
}

// A copy in the order that tiles read it: some channels side by side, pixel after pixel, then the next
// ones. Pixels that lie a large power of two apart would evict one another from the L1 cache.
static PixelFunc copyInLines(const std::string &name, int rank, int line,
                             const std::function<Expr(const Indices &)> &element) {
  std::vector<Var> vars = dimVars(rank);
  Var lane("lane"), block("line");
  Indices at(vars.begin(), vars.end());
  at[1] = block * line + lane;
  std::vector<Var> arguments = inMemoryOrder(Layout::ChannelsLast, vars);
  arguments.front() = lane;
  arguments.push_back(block);
  Func copy(name);
  copy(arguments) = element(at);
  PixelFunc result;
  result.copy = copy;
  result.at = [=](const Indices &coordinates) {
    Indices place = inMemoryOrder(Layout::ChannelsLast, coordinates);
    place.front() = coordinates[1] % line;
    place.push_back(coordinates[1] / line);
    return copy(place);
  };
  return result;
}

// The input with zeros around it and, for tiles of channels that end beyond the last, something
// behind them. In place, where neither is asked for.
static PixelFunc windowedInput(KernelBuild &build, const FilterGrad &grad) {
  const Value &input = grad.input;
  bool isDepthwise = grad.groups == grad.channels;
  int line = isDepthwise ? build.parameter("lanes") * build.parameter("vectors")
             : grad.columns.inputs % 16 == 0 ? 16
                                             : grad.columns.inputs;
  return copyInLines(build.name("input"), input.rank(), line, [&](const Indices &at) {
    const Indices &extents = grad.window.inputExtents;
    Indices space(at.begin() + 2, at.end()), inside = clampToInput(space, extents);
    Indices place = clampToLast(build, input, {at[0], at[1]}, isDepthwise);
    place.insert(place.end(), inside.begin(), inside.end());
    Expr value = input.at(place);
    return insideInput(space, extents, value, Internal::make_zero(value.type()));
  });
}

// The gradient of a block, with zeros behind the last channel.
static PixelFunc packedGradient(KernelBuild &build, const FilterGrad &grad) {
  const Value &gradient = grad.gradient;
  size_t rows = static_cast<size_t>(grad.blockDim()) + 2;
  int64_t known = gradient.description.shape[rows];
  bool endsInBlock = known < 0 || known % build.parameter("rows") != 0;
  int line = build.parameter("lanes") * build.parameter("vectors");
  return copyInLines(build.name("gradient"), gradient.rank(), line, [&](const Indices &at) {
    Indices place = clampToLast(build, gradient, at, true);
    if (endsInBlock)
      place[rows] = min(likely(at[rows]), gradient.shape[rows] - 1);
    Expr value = gradient.at(place);
    if (grad.channels % build.parameter("channels") == 0)
      return value;
    return select(at[1] < grad.channels, likely(value), Internal::make_zero(value.type()));
  });
}

static Expr divideUp(const Expr &a, int b) { return Internal::simplify((a + (b - 1)) / b); }

// Blocks are `rows` rows of `images` images; of dims before the rows, one element.
static Pixels pixelsOf(KernelBuild &build, const FilterGrad &grad) {
  int rows = build.parameter("rows"), images = build.parameter("images");
  const Indices &extents = grad.window.outputExtents;
  size_t blockDim = static_cast<size_t>(grad.blockDim());
  Region inBlock, blocks;
  for (size_t s = grad.window.kernel.size(); s-- > 0;) {
    if (s >= blockDim)
      inBlock.push_back({0, s == blockDim ? Expr(rows) : extents[s]});
    if (s <= blockDim)
      blocks.push_back({0, s == blockDim ? divideUp(extents[s], rows) : extents[s]});
  }
  inBlock.push_back({0, images});
  blocks.push_back({0, divideUp(grad.gradient.shape[0], images)});
  Pixels pixels{RDom(inBlock, build.name("pixels")), RDom(blocks, build.name("blocks")), {}, {}};
  for (int dim = 0; dim < pixels.blocks.dimensions(); ++dim)
    pixels.block.emplace_back("block" + std::to_string(dim));

  int last = pixels.inBlock.dimensions() - 1;
  pixels.at = {pixels.block.back() * images + pixels.inBlock[last]};
  for (size_t s = 0; s < blockDim; ++s)
    pixels.at.push_back(pixels.block[blockDim - s]);
  pixels.at.push_back(pixels.block[0] * rows + pixels.inBlock[last - 1]);
  if (last == 2)
    pixels.at.push_back(pixels.inBlock[0]);
  pixels.inBlock.where(pixels.at[0] < grad.gradient.shape[0]);
  pixels.inBlock.where(pixels.at[blockDim + 1] < extents[blockDim]);
  return pixels;
}

// The input under column `j` of part `q` at the pixel, for output channel `k`.
static Expr inputUnder(const FilterGrad &grad, const PixelFunc &input, const Indices &pixel,
                       const Expr &k, const Expr &j, const Expr &q) {
  Expr channel = grad.columns.channel(j, q), tap = grad.columns.tap(j, q);
  if (grad.groups > 1)
    channel += k / (grad.channels / grad.groups) * grad.groupChannels;
  Indices taps;
  for (size_t s = grad.window.kernel.size(); s-- > 0;) {
    taps.push_back(s > 0 ? tap % static_cast<int>(grad.window.kernel[s]) : tap);
    tap = tap / static_cast<int>(grad.window.kernel[s]);
  }
  Indices at = pixel;
  at.insert(at.begin() + 1, channel);
  Indices space = grad.window.inputCoordinates(at, taps);
  std::copy(space.begin(), space.end(), at.begin() + 2);
  return input.at(at);
}

static Func buildTotal(KernelBuild &build, const FilterGrad &grad) {
  PixelFunc input = windowedInput(build, grad), gradient = packedGradient(build, grad);
  Pixels pixels = pixelsOf(build, grad);
  Var k("k"), j("j"), q("q");
  // Columns of the last tile that are none repeat the last.
  int count = grad.columns.count();
  Expr column = count % build.parameter("columns") == 0 ? Expr(j) : min(j, count - 1);
  Indices gradientAt = pixels.at;
  gradientAt.insert(gradientAt.begin() + 1, k);
  Func block(build.name("block")), total(build.name("total"));
  std::vector<Var> arguments = {k, j, q};
  arguments.insert(arguments.end(), pixels.block.begin(), pixels.block.end());
  block(arguments) = 0.0f;
  block(arguments) += gradient.at(gradientAt) *
                      inputUnder(grad, input, pixels.at, k, column, q);
  total(k, j, q) = 0.0f;
  Indices blockAt = {k, j, q};
  for (int dim = 0; dim < pixels.blocks.dimensions(); ++dim)
    blockAt.push_back(pixels.blocks[dim]);
  total(k, j, q) += block(blockAt);
  build.anchor.accumulator = block;
  build.anchor.taps = pixels.inBlock;
  build.anchor.staged = input.copy;
  build.anchor.filterGrad.gradient = gradient.copy;
  build.anchor.filterGrad.total = total;
  build.anchor.filterGrad.blocks = pixels.blocks;
  return total;
}

Value buildConvFilterGrad(KernelBuild &build, const OpDescription &op,
                          const std::vector<Value> &operands) {
  if (!build.atAnchor())
    throw KernelError("a conv_filter_grad must be the anchor of its kernel");
  FilterGrad grad = filterGradOf(build, op, operands);
  Func total = buildTotal(build, grad);
  return build.define(op, build.resultShape(op), [&](const Indices &at) {
    Expr tap = 0;
    for (size_t s = 0; s < grad.window.kernel.size(); ++s)
      tap = tap * static_cast<int>(grad.window.kernel[s]) + at[s + 2];
    return total(at[0], grad.columns.column(at[1], tap), grad.columns.part(at[1], tap));
  });
}

} // namespace cnnc
