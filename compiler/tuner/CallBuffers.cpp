#include "compiler/tuner/CallBuffers.h"

#include "compiler/check/PlacedTensor.h"
#include "compiler/tuner/Expectation.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <sys/mman.h>

namespace cnnc {

// Weights of a network lie in a mapped file, whose pages are large; in small pages the same kernel
// would read them at half the speed.
static constexpr size_t smallPiece = 1 << 20, largePage = 2 << 20;

static char *allocate(size_t bytes) {
  size_t alignment = bytes < smallPiece ? 64 : largePage;
  size_t size = std::max<size_t>((bytes + alignment - 1) / alignment, 1) * alignment;
  void *memory = std::aligned_alloc(alignment, size);
  if (!memory)
    throw std::bad_alloc();
  if (alignment == largePage)
    madvise(memory, size, MADV_HUGEPAGE);
  return static_cast<char *>(memory);
}

AlignedBytes::AlignedBytes(size_t bytes) : bytes(bytes), memory(allocate(bytes)) {}

AlignedBytes::AlignedBytes(const void *data, size_t bytes) : AlignedBytes(bytes) {
  std::memcpy(memory, data, bytes);
}

AlignedBytes::AlignedBytes(AlignedBytes &&other) noexcept
    : bytes(other.bytes), memory(other.memory) {
  other.memory = nullptr;
}

AlignedBytes::~AlignedBytes() { std::free(memory); }

CallBuffers::CallBuffers(const TuningProblem &problem, const Schedule &schedule,
                         AlignedBytes &result, int64_t coldBytes, size_t calls)
    : problem(problem) {
  KernelSpec spec = problem.spec;
  spec.schedule = schedule;
  size_t weightBytes = 1;
  for (size_t i = 0; i < spec.graph.inputs.size(); ++i) {
    addInput(spec, i);
    weightBytes += spec.isWeight[i] ? inputs[i].bytes : 0;
  }
  pointers.push_back(spec.inPlace < 0 ? result.memory
                                      : pointers[static_cast<size_t>(spec.inPlace)]);
  // While one is read again, the others were.
  size_t others = (static_cast<size_t>(coldBytes) + weightBytes - 1) / weightBytes;
  size_t copies = std::clamp<size_t>(1 + others, 1, calls);
  for (size_t copy = 0; copy < copies; ++copy)
    addCopy();
}

void CallBuffers::addInput(const KernelSpec &spec, size_t i) {
  HostTensor logical = makeInput(problem, i);
  if (spec.isWeight[i]) {
    auto *values = reinterpret_cast<const float *>(logical.bytes.data());
    std::vector<float> packed = packWeight(spec, static_cast<int>(i), values);
    inputs.emplace_back(packed.data(), packed.size() * sizeof(float));
    pointers.push_back(inputs.back().memory);
    return;
  }
  HostTensor tensor =
      toMemory(toLogical(logical, Layout::RowMajor), logical.elementType, spec.layouts[i]);
  std::vector<char> placed = PlacedTensor(tensor, spec.pitchOf(i)).bytes();
  inputs.emplace_back(placed.data(), placed.size());
  storage.emplace_back(placed.data(), placed.size());
  pointers.push_back(storage.back().memory);
}

void CallBuffers::addCopy() {
  std::vector<void *> copy(inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!problem.spec.isWeight[i])
      continue;
    storage.emplace_back(inputs[i].memory, inputs[i].bytes);
    copy[i] = storage.back().memory;
  }
  weights.push_back(std::move(copy));
}

void CallBuffers::prepare(PreparedCall &call) {
  turn = (turn + 1) % weights.size();
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (problem.spec.isWeight[i])
      call.setBuffer(i, weights[turn][i]);
    else
      std::memcpy(pointers[i], inputs[i].memory, inputs[i].bytes);
  }
}

void flushCaches(int64_t bytes) {
  AlignedBytes other(static_cast<size_t>(bytes));
  std::memset(other.memory, 1, other.bytes);
  volatile char sum = 0;
  for (size_t i = 0; i < other.bytes; i += 64)
    sum = static_cast<char>(sum + other.memory[i]);
}

} // namespace cnnc
