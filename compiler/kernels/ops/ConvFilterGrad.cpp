// conv_filter_grad: the gradient of a convolution with respect to its filter.
//
//     result[k, c, i] = sum over n, p of gradient[n, k, p] * input[n, g * C + c, p*s + i*d - begin]
//
// with g the group of k and C the input channels of a group. As a product of matrices it has a row
// for each k, a column for each pair of c and i, and is summed over the pixels p of all images:
//
//     result[k, j] = sum over s of total[k, j, s],   total[k, j, s] = sum over b of block[k, j, b]
//
// A block b is some rows of some images. Its sum is made in registers and then added to the total,
// so that rounding grows with the root of the number of blocks and not with that of the pixels. The
// blocks are shared out to `sums` totals, which threads may compute at the same time. Columns have
// numbers in parts of `inputs` channels, within which the channels go first; or the taps, where the
// result lies so.
#include "compiler/kernels/ops/Window.h"

namespace cnnc {

using namespace Halide;

namespace {

/// How the columns are numbered: j in a part q.
struct Columns {
  int inputs; ///< Channels of a part.
  bool tapsFirst;
  int taps = 1;

  int count() const { return inputs * taps; }
  Expr channel(const Expr &j, const Expr &q) const {
    return (tapsFirst ? j / taps : j % inputs) + q * inputs;
  }
  Expr tap(const Expr &j) const { return tapsFirst ? j % taps : j / inputs; }
  Expr column(const Expr &channel, const Expr &tap) const {
    return tapsFirst ? tap + taps * (channel % inputs) : channel % inputs + inputs * tap;
  }
  Expr part(const Expr &channel) const { return channel / inputs; }
};

/// The op before anything is decided about it.
struct FilterGrad {
  Window window;
  Value input, gradient;
  int groups, channels, groupChannels;
  Columns columns;

  /// Each output channel has an input channel of its own.
  bool isDepthwise() const { return groups == channels; }
  /// The spatial dim that blocks are cut along: rows where there are some.
  int blockDim() const { return std::max(window.spatialRank() - 2, 0); }
};

/// A copy of an operand: (channel of a line, pixel..., line).
struct LineCopy {
  Func func;
  int line; ///< Channels side by side.

  Expr at(const Indices &coordinates) const {
    Indices place = inMemoryOrder(Layout::ChannelsLast, coordinates);
    place.front() = coordinates[1] % line;
    place.push_back(coordinates[1] / line);
    return func(place);
  }
};

/// What is summed over: the pixels of a block, and the blocks of sum `sum`.
struct Pixels {
  RDom inBlock, blocks;
  std::vector<Var> block; ///< Coordinates of a block: row, dims before it, image.
  Indices at;             ///< A pixel of it: batch, then space.
  Var sum{"sum"};
  Indices blockOfSum; ///< The coordinates of block `blocks` of the sum.
};

} // namespace

static FilterGrad filterGradOf(const KernelBuild &build, const OpDescription &op,
                               const std::vector<Value> &operands) {
  FilterGrad grad;
  grad.columns.inputs = build.parameter("inputs");
  grad.columns.tapsFirst = build.spec.outputLayout == Layout::RowMajor;
  grad.input = operands[0];
  grad.gradient = operands[1];
  Window &window = grad.window;
  window.kernel = op.getInts("kernel_shape");
  window.strides = op.getInts("strides");
  window.dilations = op.getInts("dilations");
  grad.groups = static_cast<int>(op.getInt("groups"));
  grad.channels = static_cast<int>(op.result.shape[0]);
  grad.groupChannels = static_cast<int>(op.result.shape[1]);
  for (size_t s = 0; s < window.kernel.size(); ++s) {
    window.inputExtents.push_back(grad.input.shape[s + 2]);
    window.outputExtents.push_back(grad.gradient.shape[s + 2]);
    window.padBegin.push_back(static_cast<int>(op.getInts("pads")[s]));
    grad.columns.taps *= static_cast<int>(window.kernel[s]);
  }
  return grad;
}

// Coordinates that may lie beyond the last of a dim, moved there: of blocks and tiles that are
// larger than what is left, where they may be.
static Indices clampToLast(const KernelBuild &build, const Value &value, Indices at,
                           bool channels) {
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

// A copy in the order that tiles read it: some channels side by side, pixel after pixel, then the
// next ones. Pixels that lie a large power of two apart would evict one another from the L1 cache.
static LineCopy copyInLines(const std::string &name, int rank, int line,
                            const std::function<Expr(const Indices &)> &element) {
  std::vector<Var> vars = dimVars(rank);
  Var channel("channel"), lineVar("line");
  Indices at(vars.begin(), vars.end());
  at[1] = lineVar * line + channel;
  std::vector<Var> arguments = inMemoryOrder(Layout::ChannelsLast, vars);
  arguments.front() = channel;
  arguments.push_back(lineVar);
  Func copy(name);
  copy(arguments) = element(at);
  return {copy, line};
}

// Input channels side by side in the copy: what a vector of single channels loads; or as many as
// vectors copy at once, else one, so that vectors run along the rows.
static int inputLine(const KernelBuild &build, const FilterGrad &grad) {
  if (grad.isDepthwise())
    return build.parameter("lanes") * build.parameter("vectors");
  int line = 16;
  while (grad.columns.inputs % line != 0)
    line /= 2;
  return line >= 4 ? line : 1;
}

// The input with zeros around it and, for tiles of channels that end beyond the last, something
// behind them.
static LineCopy borderedInput(const KernelBuild &build, const FilterGrad &grad) {
  const Value &input = grad.input;
  int line = inputLine(build, grad);
  return copyInLines(build.name("input"), input.rank(), line, [&](const Indices &at) {
    const Indices &extents = grad.window.inputExtents;
    Indices space(at.begin() + 2, at.end()), inside = clampToInput(space, extents);
    Indices place = clampToLast(build, input, {at[0], at[1]}, grad.isDepthwise());
    place.insert(place.end(), inside.begin(), inside.end());
    Expr value = input.at(place);
    return insideInput(space, extents, value, Internal::make_zero(value.type()));
  });
}

// The gradient of a block, with zeros behind the last channel.
static LineCopy packedGradient(const KernelBuild &build, const FilterGrad &grad) {
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

// Shares the blocks out to the sums: by their rows, or by their images. Of the last, those that are
// none add nothing. `numbers` are those of blocks in each dim.
static void addBlocks(const KernelBuild &build, const Indices &numbers, Pixels &pixels) {
  int sums = build.parameter("sums");
  size_t shared = build.parameter("sums_of_rows") != 0 ? 0 : numbers.size() - 1;
  Region ranges;
  for (size_t dim = 0; dim < numbers.size(); ++dim)
    ranges.push_back({0, dim == shared ? divideUp(numbers[dim], sums) : numbers[dim]});
  pixels.blocks = RDom(ranges, build.name("blocks"));
  for (int dim = 0; dim < pixels.blocks.dimensions(); ++dim)
    pixels.blockOfSum.push_back(pixels.blocks[dim]);
  if (sums == 1)
    return;
  Expr block = pixels.sum * ranges[shared].extent + pixels.blocks[static_cast<int>(shared)];
  pixels.blocks.where(block < numbers[shared]);
  pixels.blockOfSum[shared] = min(block, numbers[shared] - 1);
}

// Blocks are `rows` rows of `images` images; of dims before the rows, one element.
static Pixels pixelsOf(const KernelBuild &build, const FilterGrad &grad) {
  int rows = build.parameter("rows"), images = build.parameter("images");
  const Indices &extents = grad.window.outputExtents;
  size_t blockDim = static_cast<size_t>(grad.blockDim());
  Region inBlock = {{0, rows}, {0, images}};
  inBlock.insert(inBlock.begin(), blockDim + 1 < extents.size(), Range(0, extents.back()));
  Pixels pixels;
  pixels.inBlock = RDom(inBlock, build.name("pixels"));
  int last = static_cast<int>(inBlock.size()) - 1;

  Indices numbers = {divideUp(extents[blockDim], rows)};
  numbers.insert(numbers.end(), extents.rend() - static_cast<long>(blockDim), extents.rend());
  numbers.push_back(divideUp(grad.gradient.shape[0], images));
  for (size_t dim = 0; dim < numbers.size(); ++dim)
    pixels.block.emplace_back("block" + std::to_string(dim));
  addBlocks(build, numbers, pixels);

  pixels.at = {pixels.block.back() * images + pixels.inBlock[last]};
  pixels.at.insert(pixels.at.end(), pixels.block.rbegin() + 1, pixels.block.rend() - 1);
  pixels.at.push_back(pixels.block.front() * rows + pixels.inBlock[last - 1]);
  if (last == 2)
    pixels.at.push_back(pixels.inBlock[0]);
  pixels.inBlock.where(pixels.at[0] < grad.gradient.shape[0]);
  pixels.inBlock.where(pixels.at[blockDim + 1] < extents[blockDim]);
  return pixels;
}

// The input under column `j` of part `q` at the pixel, for output channel `k`.
static Expr inputUnder(const FilterGrad &grad, const LineCopy &input, const Indices &pixel,
                       const Expr &k, const Expr &j, const Expr &q) {
  Expr channel = grad.columns.channel(j, q), tap = grad.columns.tap(j);
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
  LineCopy input = borderedInput(build, grad), gradient = packedGradient(build, grad);
  Pixels pixels = pixelsOf(build, grad);
  Var k("k"), j("j"), q("q");
  // Columns of the last tile that are none repeat the last.
  int count = grad.columns.count();
  Expr column = count % build.parameter("columns") == 0 ? Expr(j) : min(j, count - 1);
  Indices gradientAt = pixels.at;
  gradientAt.insert(gradientAt.begin() + 1, k);
  Func block(build.name("block")), total(build.name("total"));
  std::vector<Var> arguments = {k, j, q};
  Indices blockAt = {k, j, q};
  arguments.insert(arguments.end(), pixels.block.begin(), pixels.block.end());
  blockAt.insert(blockAt.end(), pixels.blockOfSum.begin(), pixels.blockOfSum.end());
  block(arguments) = 0.0f;
  block(arguments) += gradient.at(gradientAt) * inputUnder(grad, input, pixels.at, k, column, q);
  total(k, j, q, pixels.sum) = 0.0f;
  total(k, j, q, pixels.sum) += block(blockAt);
  build.anchor.accumulator = block;
  build.anchor.taps = pixels.inBlock;
  build.anchor.staged = input.func;
  build.anchor.filterGrad = {gradient.func, gradient.line, input.line, total, pixels.blocks, {}};
  return total;
}

Value buildConvFilterGradRows(KernelBuild &build, const OpDescription &op,
                              const std::vector<Value> &operands);

Value buildConvFilterGrad(KernelBuild &build, const OpDescription &op,
                          const std::vector<Value> &operands) {
  if (!build.atAnchor())
    throw KernelError("a conv_filter_grad must be the anchor of its kernel");
  if (build.schedule().algorithm == "filter_grad_rows")
    return buildConvFilterGradRows(build, op, operands);
  FilterGrad grad = filterGradOf(build, op, operands);
  Func total = buildTotal(build, grad);
  return build.define(op, build.resultShape(op), [&](const Indices &at) {
    Expr tap = 0;
    for (size_t s = 0; s < grad.window.kernel.size(); ++s)
      tap = tap * static_cast<int>(grad.window.kernel[s]) + at[s + 2];
    Expr j = grad.columns.column(at[1], tap), q = grad.columns.part(at[1]);
    Expr sum = total(at[0], j, q, 0);
    for (int s = 1; s < build.parameter("sums"); ++s)
      sum += total(at[0], j, q, s);
    return sum;
  });
}

} // namespace cnnc
