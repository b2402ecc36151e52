#include "compiler/codegen/Jit.h"

#include "cnnrt_generated.h"

#include <llvm/ExecutionEngine/Orc/AbsoluteSymbols.h>
#include <llvm/ExecutionEngine/Orc/ExecutorProcessControl.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/ExecutionEngine/Orc/MapperJITLinkMemoryManager.h>
#include <llvm/ExecutionEngine/Orc/MemoryMapper.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>
#include <llvm/Support/MemoryBuffer.h>

#include <cstring>

namespace cnnc {

namespace orc = llvm::orc;

static Error loadError(llvm::Error error) {
  return Error{"the compiled network can not be loaded: " + llvm::toString(std::move(error))};
}

/// A JIT whose memory is one block: objects reach each other by 32-bit distances.
static llvm::Expected<std::unique_ptr<orc::LLJIT>> emptyJit(const Target &target, size_t bytes) {
  orc::JITTargetMachineBuilder machine{llvm::Triple(target.triple)};
  machine.setRelocationModel(llvm::Reloc::PIC_);
  return orc::LLJITBuilder()
      .setJITTargetMachineBuilder(std::move(machine))
      .setLinkProcessSymbolsByDefault(false)
      .setPlatformSetUp(orc::setUpInactivePlatform)
      .setObjectLinkingLayerCreator([bytes](orc::ExecutionSession &session)
                                        -> llvm::Expected<std::unique_ptr<orc::ObjectLayer>> {
        auto memory =
            orc::MapperJITLinkMemoryManager::CreateWithMapper<orc::InProcessMemoryMapper>(bytes);
        if (!memory)
          return memory.takeError();
        return std::make_unique<orc::ObjectLinkingLayer>(session, std::move(*memory));
      })
      .create();
}

/// All that generated code may leave undefined.
static llvm::Error defineRuntime(orc::LLJIT &jit) {
  orc::SymbolMap symbols;
  auto define = [&](const char *name, auto *function) {
    symbols[jit.mangleAndIntern(name)] = {orc::ExecutorAddr::fromPtr(function),
                                          llvm::JITSymbolFlags::Exported |
                                              llvm::JITSymbolFlags::Callable};
  };
  define("cnnrt_check_weights", cnnrt_check_weights);
  define("cnnrt_check_pointers", cnnrt_check_pointers);
  define("cnnrt_check_sizes", cnnrt_check_sizes);
  define("cnnrt_check_arguments", cnnrt_check_arguments);
  define("cnnrt_begin", cnnrt_begin);
  define("cnnrt_begin_kernel", cnnrt_begin_kernel);
  define("cnnrt_end_kernel", cnnrt_end_kernel);
  define("cnnrt_multiply_sizes", cnnrt_multiply_sizes);
  define("cnnrt_status_string", cnnrt_status_string);
  define("cnnrt_malloc", cnnrt_malloc);
  define("cnnrt_free", cnnrt_free);
  define("cnnrt_do_par_for", cnnrt_do_par_for);
  define("cnnrt_begin_training", cnnrt_begin_training);
  define("cnnrt_initialize", cnnrt_initialize);
  define("cnnrt_any_pointer", cnnrt_any_pointer);
  define("cnnrt_check_labels", cnnrt_check_labels);
  define("cnnrt_check_finite", cnnrt_check_finite);
  define("cnnrt_bias_correction", cnnrt_bias_correction);
  define("cnnrt_all_reduce", cnnrt_all_reduce);
  define("memcpy", static_cast<void *(*)(void *, const void *, size_t)>(memcpy));
  define("memset", static_cast<void *(*)(void *, int, size_t)>(memset));
  return jit.getMainJITDylib().define(orc::absoluteSymbols(std::move(symbols)));
}

/// Adds the objects to a new JIT, which links them when they are looked up.
static llvm::Expected<std::unique_ptr<orc::LLJIT>> addObjects(const Target &target,
                                                              std::vector<ObjectFile> objects) {
  size_t bytes = 16 << 20; // For what the linker adds.
  for (const ObjectFile &object : objects)
    bytes += object.content->getBufferSize();
  auto jit = emptyJit(target, llvm::alignTo(bytes, 2 << 20));
  if (!jit)
    return jit.takeError();
  if (llvm::Error error = defineRuntime(**jit))
    return error;
  for (ObjectFile &object : objects)
    if (llvm::Error error = (*jit)->addObjectFile(std::move(object.content)))
      return error;
  return jit;
}

Jit::Jit(std::unique_ptr<orc::LLJIT> jit) : jit(std::move(jit)) {}
Jit::Jit(Jit &&) noexcept = default;
Jit &Jit::operator=(Jit &&) noexcept = default;
Jit::~Jit() = default;

Result<Jit> Jit::create(const Target &target, std::vector<ObjectFile> objects) {
  auto jit = addObjects(target, std::move(objects));
  if (!jit)
    return loadError(jit.takeError());
  return Jit(std::move(*jit));
}

Result<void *> Jit::find(const std::string &symbol) {
  auto address = jit->lookup(symbol);
  if (!address)
    return loadError(address.takeError());
  return address->toPtr<void *>();
}

} // namespace cnnc
