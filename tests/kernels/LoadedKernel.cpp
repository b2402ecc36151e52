#include "tests/kernels/LoadedKernel.h"
#include "tests/kernels/KernelRuntime.h"

#include <algorithm>
#include <cstdlib>
#include <dlfcn.h>
#include <fstream>
#include <time.h>
#include <unistd.h>

namespace cnnc {

// A folder of its own for the object and the library, gone when the kernel is loaded.
static std::string makeFolder() {
  const char *base = std::getenv("TMPDIR");
  std::string name = std::string(base ? base : "/tmp") + "/cnnc-kernel-XXXXXX";
  if (!mkdtemp(name.data()))
    throw KernelError("no temporary folder");
  return name;
}

LoadedKernel::LoadedKernel(const KernelSpec &spec)
    : compiled(compileKernel(spec)), arguments(spec.graph.inputs.size() + 1) {
  std::string folder = makeFolder();
  std::string object = folder + "/kernel.o", shared = folder + "/kernel.so";
  std::ofstream(object, std::ios::binary) << compiled.object;
  std::string command = std::string("cc -shared -Wl,-z,defs -o ") + shared + " " + object + " " +
                        KERNEL_RUNTIME_OBJECT;
  bool linked = std::system(command.c_str()) == 0;
  library = linked ? dlopen(shared.c_str(), RTLD_NOW | RTLD_LOCAL) : nullptr;
  unlink(object.c_str());
  unlink(shared.c_str());
  rmdir(folder.c_str());
  if (!linked)
    throw KernelError("the kernel needs more than a kernel may: " + command);
  function = library ? dlsym(library, "cnnrt_kernel") : nullptr;
  if (!function)
    throw KernelError("the kernel's object has no symbol cnnrt_kernel");
}

LoadedKernel::~LoadedKernel() {
  if (library)
    dlclose(library);
}

static int call(void *function, KernelContext *context, std::vector<halide_buffer_t> &b) {
  using B = halide_buffer_t *;
  switch (b.size()) {
  case 2:
    return reinterpret_cast<int (*)(void *, B, B)>(function)(context, &b[0], &b[1]);
  case 3:
    return reinterpret_cast<int (*)(void *, B, B, B)>(function)(context, &b[0], &b[1], &b[2]);
  case 4:
    return reinterpret_cast<int (*)(void *, B, B, B, B)>(function)(context, &b[0], &b[1], &b[2],
                                                                   &b[3]);
  case 5:
    return reinterpret_cast<int (*)(void *, B, B, B, B, B)>(function)(context, &b[0], &b[1], &b[2],
                                                                      &b[3], &b[4]);
  case 6:
    return reinterpret_cast<int (*)(void *, B, B, B, B, B, B)>(function)(
        context, &b[0], &b[1], &b[2], &b[3], &b[4], &b[5]);
  case 7:
    return reinterpret_cast<int (*)(void *, B, B, B, B, B, B, B)>(function)(
        context, &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &b[6]);
  default:
    throw KernelError("no test of so many arguments");
  }
}

static constexpr size_t canaryBytes = 256;
static constexpr uint8_t canary = 0xa5;

namespace {

/// Scratch of exactly the stated size, 64-byte aligned, with canaries behind it.
struct GuardedScratch {
  explicit GuardedScratch(int64_t size)
      : bytes(static_cast<size_t>(size) + canaryBytes + 64, canary) {
    size_t address = reinterpret_cast<size_t>(bytes.data());
    scratch = {bytes.data() + (64 - address % 64) % 64, static_cast<size_t>(size), 0, 0};
  }
  bool intact() const {
    const uint8_t *end = scratch.base + scratch.size;
    return std::all_of(end, end + canaryBytes, [](uint8_t b) { return b == canary; });
  }
  std::vector<uint8_t> bytes;
  KernelScratch scratch;
};

} // namespace

std::string LoadedKernel::run(std::vector<halide_buffer_t> &buffers,
                              const std::vector<int64_t> &sizes, int threads) const {
  GuardedScratch shared(compiled.sharedScratch.evaluate(sizes));
  std::vector<GuardedScratch> workers;
  std::vector<KernelScratch> workerScratch;
  for (int i = 0; i < threads; ++i)
    workers.emplace_back(compiled.workerScratch.evaluate(sizes));
  for (GuardedScratch &worker : workers)
    workerScratch.push_back(worker.scratch);
  KernelContext context{&shared.scratch, workerScratch.data(), threads, 0};
  int status = call(function, &context, buffers);
  if (context.failed)
    return "the kernel asked for more scratch than stated";
  if (status != 0)
    return "the kernel returned " + std::to_string(status);
  bool intact = shared.intact();
  for (const GuardedScratch &worker : workers)
    intact &= worker.intact();
  return intact ? "" : "the kernel wrote beyond its scratch";
}

// Time of this thread on its core: what other processes take does not count.
static double threadSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double LoadedKernel::secondsPerCall(std::vector<halide_buffer_t> &buffers,
                                    const std::vector<int64_t> &sizes, double minimumSeconds,
                                    const std::function<void()> &before) const {
  GuardedScratch shared(compiled.sharedScratch.evaluate(sizes));
  GuardedScratch worker(compiled.workerScratch.evaluate(sizes));
  KernelScratch workerScratch = worker.scratch;
  KernelContext context{&shared.scratch, &workerScratch, 1, 0};
  double best = 1e30, start = threadSeconds();
  for (int calls = 0; calls < 5 || threadSeconds() - start < minimumSeconds; ++calls) {
    if (before)
      before();
    double begin = threadSeconds();
    call(function, &context, buffers);
    best = std::min(best, threadSeconds() - begin);
  }
  return best;
}

static halide_type_t bufferType(ElementType type) {
  switch (type) {
  case ElementType::F32:
    return halide_type_t(halide_type_float, 32);
  case ElementType::F64:
    return halide_type_t(halide_type_float, 64);
  case ElementType::U8:
  case ElementType::Bool:
    return halide_type_t(halide_type_uint, 8);
  case ElementType::I8:
    return halide_type_t(halide_type_int, 8);
  case ElementType::I32:
    return halide_type_t(halide_type_int, 32);
  case ElementType::I64:
    return halide_type_t(halide_type_int, 64);
  }
  return {};
}

halide_buffer_t describeBuffer(void *data, const std::vector<int64_t> &memoryShape,
                               ElementType type, std::vector<halide_dimension_t> &dims,
                               int64_t pitch) {
  int64_t stride = 1;
  dims.clear();
  for (int64_t extent : memoryShape) {
    dims.emplace_back(0, static_cast<int>(extent), static_cast<int>(stride));
    stride *= dims.size() == 1 && pitch > 0 ? pitch : extent;
  }
  halide_buffer_t buffer = {};
  buffer.host = static_cast<uint8_t *>(data);
  buffer.type = bufferType(type);
  buffer.dimensions = static_cast<int>(dims.size());
  buffer.dim = dims.data();
  return buffer;
}

std::vector<int64_t> memoryExtents(const std::vector<int64_t> &shape, Layout layout,
                                   const std::vector<int64_t> &sizes) {
  std::vector<int64_t> extents;
  for (int64_t dim : shape)
    extents.push_back(dim >= 0 ? dim : sizes.at(static_cast<size_t>(-1 - dim)));
  if (layout == Layout::ChannelsLast && extents.size() >= 3)
    std::rotate(extents.begin() + 1, extents.begin() + 2, extents.end());
  std::reverse(extents.begin(), extents.end());
  return extents;
}

} // namespace cnnc
