// Written by LLVM's object streamer, without assembler text or IR: both are many times slower and
// larger for hundreds of megabytes.
#include "compiler/codegen/WeightsObject.h"

#include "compiler/codegen/LlvmObject.h"
#include "compiler/codegen/Symbols.h"
#include "compiler/codegen/WeightPieces.h"

#include <llvm/BinaryFormat/ELF.h>
#include <llvm/MC/MCAsmBackend.h>
#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCCodeEmitter.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCObjectFileInfo.h>
#include <llvm/MC/MCObjectWriter.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCSectionELF.h>
#include <llvm/MC/MCStreamer.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/MCSymbolELF.h>
#include <llvm/MC/MCTargetOptions.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>

namespace cnnc {

// Code reaches its data by 32-bit distances, in the library and in the program that links it.
static constexpr int64_t mostBytes = 2000000000;

static void emitSymbol(llvm::MCStreamer &streamer, llvm::MCContext &context,
                       const NetworkPlan &plan) {
  llvm::MCSymbol *symbol = context.getOrCreateSymbol(Symbols(plan).weights());
  streamer.emitSymbolAttribute(symbol, llvm::MCSA_Global);
  streamer.emitSymbolAttribute(symbol, llvm::MCSA_Hidden);
  streamer.emitSymbolAttribute(symbol, llvm::MCSA_ELF_TypeObject);
  streamer.emitELFSize(symbol, llvm::MCConstantExpr::create(plan.weightBytes, context));
  streamer.emitLabel(symbol);
}

/// Writes the object to `stream`.
static void emitObject(const NetworkPlan &plan, const LlvmTarget &target,
                       llvm::raw_pwrite_stream &stream) {
  const llvm::Triple triple(target.triple);
  llvm::MCTargetOptions options;
  options.ABIName = target.abi;
  std::unique_ptr<llvm::MCRegisterInfo> registers(target.target->createMCRegInfo(triple));
  std::unique_ptr<llvm::MCAsmInfo> assembly(
      target.target->createMCAsmInfo(*registers, triple, options));
  std::unique_ptr<llvm::MCInstrInfo> instructions(target.target->createMCInstrInfo());
  std::unique_ptr<llvm::MCSubtargetInfo> cpu(
      target.target->createMCSubtargetInfo(triple, "", target.features));
  llvm::MCContext context(triple, assembly.get(), registers.get(), cpu.get());
  std::unique_ptr<llvm::MCObjectFileInfo> sections(
      target.target->createMCObjectFileInfo(context, /*PIC=*/true));
  context.setObjectFileInfo(sections.get());

  std::unique_ptr<llvm::MCAsmBackend> backend(
      target.target->createMCAsmBackend(*cpu, *registers, options));
  std::unique_ptr<llvm::MCObjectWriter> writer = backend->createObjectWriter(stream);
  std::unique_ptr<llvm::MCCodeEmitter> code(
      target.target->createMCCodeEmitter(*instructions, context));
  std::unique_ptr<llvm::MCStreamer> streamer(target.target->createMCObjectStreamer(
      triple, context, std::move(backend), std::move(writer), std::move(code), *cpu));

  streamer->initSections(/*NoExecStack=*/false, *cpu);
  streamer->switchSection(
      context.getELFSection(".rodata", llvm::ELF::SHT_PROGBITS, llvm::ELF::SHF_ALLOC));
  streamer->emitValueToAlignment(llvm::Align(64));
  emitSymbol(*streamer, context, plan);
  for (std::string_view piece : weightPieces(plan))
    streamer->emitBytes(piece);
  // Without this section linkers make the stack executable, or warn of it.
  streamer->switchSection(assembly->getStackSection(context, /*Exec=*/false));
  streamer->finish();
}

namespace {
/// A file without a use for its name; removed at the end.
struct TemporaryFile {
  llvm::SmallString<128> path;
  int descriptor = -1;

  std::error_code create(const std::string &folder) {
    return llvm::sys::fs::createUniqueFile(folder + "/cnnc-weights-%%%%%%%%.o", descriptor, path);
  }
  ~TemporaryFile() {
    if (!path.empty())
      llvm::sys::fs::remove(path);
  }
};
} // namespace

Result<std::unique_ptr<llvm::MemoryBuffer>> weightsObject(const NetworkPlan &plan,
                                                          const std::string &temporaryFolder) {
  if (plan.weightBytes > mostBytes)
    return Error{"the weights have " + std::to_string(plan.weightBytes) +
                 " bytes, a library can hold at most " + std::to_string(mostBytes) +
                 "; compile with --embed-weights=no"};
  Result<LlvmTarget> target = llvmTarget(plan.target);
  if (!target)
    return Error{target.error()};
  TemporaryFile file;
  if (std::error_code error = file.create(temporaryFolder))
    return Error{"can not make a file for the weights in " + temporaryFolder + ": " +
                 error.message()};
  llvm::raw_fd_ostream stream(file.descriptor, /*shouldClose=*/true);
  emitObject(plan, *target, stream);
  stream.close();
  std::error_code error = stream.error();
  stream.clear_error(); // Else its destructor ends the process.
  if (error)
    return Error{"can not write the weights to a file in " + temporaryFolder + ": " +
                 error.message()};
  auto content = llvm::MemoryBuffer::getFile(file.path, /*IsText=*/false,
                                             /*RequiresNullTerminator=*/false);
  if (!content)
    return Error{"can not read the weights back: " + content.getError().message()};
  return std::move(*content);
}

} // namespace cnnc
