// A kernel under test: described in a few calls, compiled, run on random inputs, compared.
#pragma once

#include "compiler/kernels/Kernel.h"

#include <set>
#include <string>
#include <vector>

namespace cnnc {

using Ints = std::vector<int64_t>;
using Attributes = std::map<std::string, Attribute>;

/// A KernelSpec in the making, and the run-time sizes to try it at.
///
///     KernelCase test("conv3x3");
///     int x = test.input({1, 16, -1, -2}, Layout::ChannelsLast), w = test.weight({32, 16, 3, 3});
///     test.op("conv", {x, w}, convAttributes(2), {1, 32, -1, -2}).at({{5, 7}, {1, 1}}).check();
class KernelCase {
public:
  explicit KernelCase(const std::string &name);

  int input(Ints shape, Layout layout = Layout::RowMajor, ElementType type = ElementType::F32);
  /// A weight; packed as the schedule wants it where it is the anchor's filter.
  int weight(Ints shape);
  /// An op; the value it yields is lastValue(). The first contraction, pool, ... is the anchor.
  KernelCase &op(const std::string &name, std::vector<int> operands, Attributes attributes,
                 Ints result, ElementType type = ElementType::F32);
  KernelCase &output(Layout layout);
  /// All activations so far, and the result, are a part of the channels of tensors with `more`:
  /// their pixels lie further apart. What lies between them must neither be written nor matter.
  KernelCase &pitched(int64_t more);
  /// The result overwrites this input.
  KernelCase &inPlace(int input);
  KernelCase &anchor(int op);
  /// Run-time sizes, symbol k being sizes[k] (dim -1 - k).
  KernelCase &at(std::vector<Ints> runTimeSizes);
  KernelCase &schedule(const Schedule &schedule);
  /// Replaces the targets that run here (AVX-512 and AVX2, where the machine has them).
  KernelCase &target(const std::string &name);
  /// Inputs are drawn from [low, high].
  KernelCase &range(double low, double high);

  int lastValue() const { return spec.graph.numValues() - 1; }

  /// Compiles with the default schedule (or the given one), runs at every size with one thread and
  /// with two, and compares with the reference. Failures go to GoogleTest.
  void check();
  /// check() for up to `count` schedules of the kernel's space, evenly spread.
  void checkSchedules(int count);
  /// check() for the first schedule of every algorithm that applies; returns which these are.
  std::set<std::string> checkEachAlgorithm();
  /// The same; they must be these.
  void checkAlgorithms(const std::vector<std::string> &algorithms);
  /// The spec as check() compiles it for a target: packed, with the default schedule.
  KernelSpec finished(const std::string &targetName) const;

private:
  void checkCompiled(const KernelSpec &compiled);

  std::string name;
  KernelSpec spec;
  std::vector<Ints> sizes = {{}};
  std::vector<std::string> targets;
  double low = -1, high = 1;
};

/// Attributes of a window op with `space` dims, stride and dilation 1, no padding; with changes.
Attributes windowAttributes(int space, Attributes changes = {});
/// The same with groups.
Attributes convAttributes(int space, Attributes changes = {});
/// Winograd's F(outputs, r) in small tiles, so that small maps have several blocks and uneven ends.
Schedule smallWinograd(int64_t outputs, int64_t tileColumns = 0);

} // namespace cnnc
