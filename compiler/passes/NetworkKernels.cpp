#include "compiler/passes/NetworkKernels.h"

#include "compiler/frontend/NetworkFunction.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace mlir;

namespace cnnc {

KernelSpec NetworkKernel::typical() const {
  KernelSpec typical = atSizes(spec, sizes);
  const std::vector<int64_t> &shape = spec.graph.ops[static_cast<size_t>(spec.anchor)].result.shape;
  typical.pixelsVary = shape.size() > 2 && std::any_of(shape.begin() + 2, shape.end(),
                                                       [](int64_t dim) { return dim < 0; });
  return typical;
}

std::vector<NetworkKernel> findKernels(func::FuncOp network, const Target &target) {
  std::vector<int64_t> typicalSizes = getTypicalSizes(network);
  std::vector<NetworkKernel> kernels;
  network.walk([&](kernel::Fused fused) {
    SizeNumbering numbering;
    NetworkKernel kernel{fused, describeKernel(fused, target, numbering), {}};
    kernel.spec.schedule = {};
    for (cnn::Size size : numbering.symbols())
      kernel.sizes.push_back(toSizeExpr(size).evaluate(typicalSizes));
    kernels.push_back(std::move(kernel));
  });
  return kernels;
}

double errorShare(ArrayRef<NetworkKernel> kernels, double accuracy) {
  int64_t inexact = llvm::count_if(kernels, [](const NetworkKernel &kernel) {
    KernelSpec spec = kernel.typical();
    spec.schedule = defaultSchedule(spec, std::numeric_limits<double>::infinity());
    return addedError(spec) > 0;
  });
  return accuracy / std::sqrt(static_cast<double>(std::max<int64_t>(inexact, 1)));
}

} // namespace cnnc
