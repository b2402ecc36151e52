// The seam between the compiler's passes, which know MLIR, and its kernels, which know Halide.
//
// A KernelSpec says all there is to know about one kernel: the ops it fuses, how its tensors lie in
// memory, the schedule, the CPU. compileKernel turns it into an object file, and does so in a fresh
// process when called through emit-kernels (codegen/EmitKernels.h): Halide numbers its names per
// process, and its LLVM may abort. Two equal specs give equal bytes, so a spec's text is its key in
// the cache, and one kernel serves every layer that has the same spec.
#pragma once

#include "compiler/support/OpDescription.h"
#include "compiler/support/SizeExpr.h"
#include "compiler/support/Target.h"

#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace cnnc {

/// The order of a tensor's dims in memory; the fastest dim is the last one named.
enum class Layout : uint8_t {
  RowMajor,     ///< The logical order: N C H W.
  ChannelsLast, ///< N H W C: what all intermediates of rank >= 3 have.
  Packed,       ///< A weight, as its schedule wants it: see packWeight.
};

/// What happens inside a kernel: an algorithm and its parameters, all integers.
struct Schedule {
  std::string algorithm; ///< "direct", "depthwise", "dense", "pool", "elementwise", ...
  std::map<std::string, int64_t> parameters;

  bool operator==(const Schedule &o) const {
    return algorithm == o.algorithm && parameters == o.parameters;
  }
};

/// One kernel. Its C signature, all arguments but the first a halide_buffer_t *:
///     int name(void *context, input0, input1, ..., output)
/// A buffer's dims are in memory order, fastest first, each stride the product of the extents
/// before it (dense), every min 0. So N C H W in ChannelsLast arrives as dims {C, W, H, N}.
///
/// A tensor that is a part of the channels of a larger one has a pitch: the number of elements from
/// a pixel to the next, the channels of the larger tensor. It takes the place of the innermost
/// extent in the strides: {1, pitch, pitch * W, pitch * W * H}. What lies between the pixels is the
/// neighbours': it is not written, and what is read there has no influence.
struct KernelSpec {
  OpGraph graph;                ///< The fused ops; inputs are activations and weights.
  std::vector<Layout> layouts;  ///< Of each input of the graph.
  std::vector<int64_t> pitches; ///< Of each input, 0 where it is dense; empty: all are.
  std::vector<bool> isWeight; ///< For each input: constant, known when compiling, 64-byte aligned.
  Layout outputLayout = Layout::RowMajor;
  int64_t outputPitch = 0; ///< 0: dense.
  /// The input whose memory the result overwrites, element by element; -1: it overlaps none. For
  /// elementwise kernels, of which result and input lie alike.
  int inPlace = -1;
  int anchor = 0;    ///< Index in graph.ops of the op that owns the schedule.
  Schedule schedule; ///< Empty algorithm: not chosen yet.
  Target target;
  /// Sizes of images are typical ones; the kernel will meet others, too. For the choice of a
  /// schedule, and not a part of the text.
  bool pixelsVary = false;

  /// The pitch of input `input`, 0 where it is dense.
  int64_t pitchOf(size_t input) const { return pitches.empty() ? 0 : pitches[input]; }

  /// Canonical text (JSON): equal specs, equal text. fromText reads it back.
  std::string toText() const;
  static KernelSpec fromText(const std::string &text);
};

/// `spec` with its run-time sizes fixed: the dim -1 - k to sizes[k]. `pixelsVary` is left as it is.
KernelSpec atSizes(KernelSpec spec, const std::vector<int64_t> &sizes);

/// What compileKernel gives: an object file for the target, in which `cnnrt_kernel` is the kernel's
/// symbol, and the bytes of scratch that it takes through the runtime's malloc, as expressions of
/// the kernel's run-time sizes (symbol k is the dim -1 - k of the tensor descriptions).
struct CompiledKernel {
  std::string object;
  SizeExpr sharedScratch; ///< Once per call.
  SizeExpr workerScratch; ///< Once per worker thread, on top.
};

/// A kernel that can not be compiled as asked: says what and why, for a developer of cnnc.
struct KernelError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The schedule that the kernel's anchor takes when nobody has tuned it: the best guess among those
/// that add no more than `error` (see addedError).
Schedule defaultSchedule(const KernelSpec &spec, double error = 0);
/// All that may pay for this kernel and add no more than `error`, the default first: what a tuner
/// tries. Throws KernelError where there is none.
std::vector<Schedule> scheduleSpace(const KernelSpec &spec,
                                    double error = std::numeric_limits<double>::infinity());

/// The cycles that are estimated to be gained, at sizes that are known, where one kernel does what
/// `first` and `second` do, whose anchor works on the result of `first`, which nothing else reads.
/// 0 or less where that does not pay or is not possible: one must be a depthwise conv, the other a
/// 1x1 conv, with what is elementwise behind them. What is saved is writing and reading what of the
/// map between them the L2 cache does not hold, as far as that takes longer than what is computed
/// meanwhile; what it costs is that register tiles end where rows do, and rows that are computed
/// twice.
double fusionGain(const KernelSpec &first, const KernelSpec &second);

/// What the algorithm of the spec's schedule adds to the rounding of the anchor's sums, relative to
/// the largest number of its result; 0 for those that only sum products.
double addedError(const KernelSpec &spec);

/// Shape of weight `input` of the graph as the schedule packs it (logical shape when not packed).
std::vector<int64_t> packedShape(const KernelSpec &spec, int input);
/// Weight `input` in the order that the kernel reads. `values` is in logical, row-major order.
std::vector<float> packWeight(const KernelSpec &spec, int input, const float *values);

/// Compiles in this process. Throws KernelError.
CompiledKernel compileKernel(const KernelSpec &spec);

/// The names of the ops that have a kernel, for the completeness test.
std::vector<std::string> opsWithKernel();

} // namespace cnnc
