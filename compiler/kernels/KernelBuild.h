// A kernel on its way from ops to Halide Funcs: what the files of ops/ and schedules/ share.
//
// The ops of a kernel are built in order. Each yields a Value: a Func over logical coordinates that
// nothing has been decided about yet. Elementwise ops and copies stay inlined; the anchor leaves
// its Funcs in `anchor`, for the schedule to place. Private to compiler/kernels.
#pragma once

#include "compiler/kernels/Kernel.h"

#include <Halide.h>

#include <functional>
#include <string>
#include <vector>

namespace cnnc {

/// Coordinates or extents in logical order: batch, channels, space.
using Indices = std::vector<Halide::Expr>;

/// The logical dims of a tensor of this rank in memory order, fastest first.
std::vector<int> memoryOrder(Layout layout, int rank);

/// The loop variables of a tensor of this rank in logical order: n c (z) y x.
/// Equal ranks give the same names, so a schedule can name a loop of any Func.
std::vector<Halide::Var> dimVars(int rank);

/// Elements of `logical` in the memory order of `layout`.
template <typename T> std::vector<T> inMemoryOrder(Layout layout, const std::vector<T> &logical) {
  std::vector<T> result;
  for (int dim : memoryOrder(layout, static_cast<int>(logical.size())))
    result.push_back(logical[static_cast<size_t>(dim)]);
  return result;
}

/// A tensor inside a kernel.
struct Value {
  TensorDescription description;
  Layout layout = Layout::ChannelsLast;
  Indices shape;        ///< Logical extents, as expressions of the buffers' extents.
  Halide::Func func;    ///< Its arguments are in the memory order of `layout`.
  bool isInput = false; ///< A buffer, not computed where it is used.

  int rank() const { return static_cast<int>(shape.size()); }
  /// The element at logical coordinates. Not for a Packed weight.
  Halide::Expr at(const Indices &coordinates) const;
};

/// The Funcs of a conv by Winograd's algorithm: see ops/WinogradConv.cpp.
struct WinogradParts {
  Halide::Func rows, input;       ///< Of a tile's input, transformed along one dim, and both.
  Halide::Func products, columns; ///< The sums, and these transformed along one dim.
  Halide::Expr rowsOfBlock, columnsOfBlock; ///< Of tiles.
  Halide::Func filterRows; ///< Of a filter to transform at run time, along one dim.
};

/// The Funcs of a conv_filter_grad beside the sum of a block of pixels: see ops/ConvFilterGrad.cpp
/// and ops/ConvFilterGradRows.cpp.
struct FilterGradParts {
  Halide::Func gradient; ///< A copy of a block of it: (channel of a line, pixel..., line).
  int gradientLine = 1;  ///< Channels of a line of it,
  int inputLine = 1;     ///< and of the input's copy, which is `staged`.
  Halide::Func total;    ///< The sum over `blocks`.
  Halide::RDom blocks;   ///< Fastest first.
  Halide::Func result;   ///< The sum over the lanes of the total, where each has its own.
};

/// The Funcs of the anchor, or of a conv before it, that the schedule places. What is not needed is
/// undefined.
struct AnchorParts {
  Halide::Func accumulator;  ///< The reduction, over the dims of the op's result that it keeps.
  Halide::RDom taps;         ///< What it runs over, fastest first.
  Halide::Func staged;       ///< The input with its border, or after the ops before the anchor.
  Value stagedValue;         ///< `staged` as a value: its layout and extents.
  bool stagesBorder = false; ///< `staged` is an input with a border and no more: cheap to inline.
  Halide::Func filter;       ///< A filter to pack at run time: (lane, taps..., block, batch...).
  WinogradParts winograd;
  FilterGradParts filterGrad;
  int channelDim = 1; ///< Logical dim of the result that the accumulator is vectorised over.
  int columnDim = -1; ///< Logical dim of the result that register tiles run along, or -1.
};

/// True where a pool or a reduction follows the anchor.
bool hasConsumer(const KernelSpec &spec);

/// What collects the ops of one kernel.
class KernelBuild {
public:
  /// `spec` must outlive this; dims may have been merged (Flatten.h), `parameterDims` then says
  /// at which dim of the parameter each logical dim of the tensor lies (-1: a dim of extent 1).
  KernelBuild(const KernelSpec &spec, std::vector<Halide::ImageParam> parameters,
              const std::vector<std::vector<int>> &parameterDims,
              const std::map<int64_t, Halide::Expr> &sizes);

  /// Builds every op, then the output.
  void build();

  /// The extent of a dim, undefined when it is a run-time size that no input shows.
  Halide::Expr extent(int64_t dim) const;
  /// The extents of the op's result; `inferred` serves dims whose size no input shows, then the
  /// output's buffer.
  Indices resultShape(const OpDescription &op, const Indices &inferred = {}) const;

  /// A value of the op's result type, body(coordinates) telling its elements; inlined unless a
  /// schedule places its Func.
  Value define(const OpDescription &op, const Indices &shape,
               const std::function<Halide::Expr(const Indices &)> &body) const;
  /// A name for a Func that belongs to the op being built: "conv3_sum".
  std::string name(const std::string &what) const;
  /// True where a pool or a reduction follows the anchor. The anchor's rows are then computed a
  /// block at a time, rounded up to whole tiles, so inputs may be asked for beyond their ends and
  /// answer with whatever lies inside.
  bool hasConsumer() const { return cnnc::hasConsumer(spec); }
  /// For a pool or reduction: `operand` itself when the op is the anchor; otherwise the op consumes
  /// what the anchor made, which becomes `consumed`, a Func of its own for the schedule to place.
  Value reductionInput(const Value &operand);
  /// Gives the reduction to `anchor` or `consumer`, whichever the op being built is.
  void setReduction(const Halide::Func &accumulator, const Halide::RDom &taps);
  /// True while the op being built is the anchor.
  bool atAnchor() const { return current == spec.anchor; }
  /// Where the op being built leaves its Funcs.
  AnchorParts &parts() { return current < spec.anchor ? before : anchor; }
  /// The schedule of the conv being built: the kernel's, or that of the conv before the anchor.
  const Schedule &schedule() const {
    return current < spec.anchor ? beforeSchedule : spec.schedule;
  }
  /// A parameter of the schedule; throws KernelError where it is missing.
  int parameter(const std::string &name) const;
  /// The layout that intermediates and the accumulators of this rank have.
  static Layout intermediateLayout(int rank);

  const KernelSpec &spec;
  std::vector<Halide::ImageParam> parameters;
  std::vector<Value> values; ///< As the operands of OpDescription number them.
  AnchorParts anchor;
  AnchorParts before; ///< Of the conv before the anchor.
  /// The result of a 1x1 conv before the anchor, with what follows it, in memory where the schedule
  /// places its Func; undefined where there is none.
  Value expanded;
  /// The pool or the reduction after the anchor: its accumulator; undefined where there is none.
  Halide::Func consumer;
  Halide::RDom consumerTaps;
  std::string consumerName; ///< Its op.
  /// The value that the consumer reads: the anchor with its epilogue, to be placed by the schedule.
  Value consumed;
  Halide::Func output; ///< Writes the result; arguments in memory order of spec.outputLayout.
  /// The dims that no input shows, by the name of the output's extent.
  std::map<std::string, int64_t> outputSizes;

private:
  void addOutputSizes();
  Halide::Expr outputExtent(int64_t dim) const;
  void addInputs(const std::vector<std::vector<int>> &parameterDims);
  void addOutput();

  std::map<int64_t, Halide::Expr> sizes;
  Schedule beforeSchedule;
  int current = 0;
};

/// How an op is built from its operands: the functions behind Ops.def.
using OpBuilder = Value (*)(KernelBuild &, const OpDescription &, const std::vector<Value> &);

/// The builder of an op, or null.
OpBuilder findOpBuilder(const std::string &name);

/// The Halide type of an element type (bool is a byte).
Halide::Type halideType(ElementType type);

} // namespace cnnc
