// Compiles each distinct kernel once and leaves its object in the module.
#include "compiler/codegen/EmitKernels.h"

#include "compiler/passes/Describe.h"
#include "compiler/passes/Passes.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <map>

using namespace mlir;

namespace cnnc {
#define GEN_PASS_DEF_EMITKERNELS
#include "compiler/passes/Passes.h.inc"

namespace {
struct EmitKernels : impl::EmitKernelsBase<EmitKernels> {
  using EmitKernelsBase::EmitKernelsBase;

  void runOnOperation() override {
    const Target *cpu = findTarget(target);
    if (!cpu) {
      emitError(getOperation().getLoc()) << "unknown target '" << target << "'";
      return signalPassFailure();
    }
    std::vector<KernelSpec> specs;
    std::vector<std::string> labels;
    std::map<std::string, size_t> numbers; // Of a spec, by its text.
    std::vector<std::pair<kernel::Fused, size_t>> users;
    getOperation().walk([&](kernel::Fused fused) {
      SizeNumbering sizes;
      KernelSpec spec = describeKernel(fused, *cpu, sizes);
      auto [it, isNew] = numbers.try_emplace(spec.toText(), specs.size());
      if (isNew) {
        specs.push_back(spec);
        labels.push_back(fused.getLabel().str());
      }
      users.push_back({fused, it->second});
    });
    EmitOptions options;
    options.workers = workers;
    if (!cache.empty())
      options.cacheFolder = cache;
    Result<std::vector<CompiledKernel>> kernels = emitKernels(specs, options);
    if (!kernels) {
      emitError(getOperation().getLoc()) << kernels.error();
      return signalPassFailure();
    }
    std::vector<std::string> names;
    for (size_t i = 0; i < specs.size(); ++i)
      names.push_back(addObject(labels[i], i, specs[i], (*kernels)[i]));
    for (auto [fused, number] : users)
      fused.setKernel(names[number]);
  }

  /// Adds the object of a kernel to the module; returns its name: "conv_relu_3".
  std::string addObject(std::string label, size_t number, const KernelSpec &spec,
                        CompiledKernel &compiled) {
    std::replace(label.begin(), label.end(), '+', '_');
    std::string name = label + "_" + std::to_string(number);
    OpBuilder builder = OpBuilder::atBlockEnd(getOperation().getBody());
    auto type = RankedTensorType::get({static_cast<int64_t>(compiled.object.size())},
                                      builder.getIntegerType(8));
    ArrayRef<char> bytes(compiled.object.data(), compiled.object.size());
    auto code = DenseResourceElementsAttr::get(
        type, name, HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, 8));
    kernel::Object::create(builder, getOperation().getLoc(), name, spec.toText(),
                           compiled.sharedScratch.toString(), compiled.workerScratch.toString(),
                           code);
    return name;
  }
};
} // namespace
} // namespace cnnc
