#include "compiler/codegen/LlvmObject.h"

#include <llvm/ADT/SmallString.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Module.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Triple.h>
#include <mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h>
#include <mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h>
#include <mlir/Target/LLVMIR/Export.h>

#include <mutex>

namespace cnnc {

static void initializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
  });
}

Result<LlvmTarget> llvmTarget(const Target &target) {
  initializeTargets();
  std::string error;
  LlvmTarget result;
  llvm::Triple triple(target.triple);
  result.triple = target.triple;
  result.target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!result.target)
    return Error{"this cnnc can not compile for " + target.name + ": " + error};
  // What the CPU is asked for at run time must not be used before.
  result.features = target.cpuFeatures == 0 ? target.llvmFeatures : "";
  result.abi = triple.isRISCV64() ? "lp64d" : "";
  return result;
}

static std::unique_ptr<llvm::TargetMachine> createMachine(const LlvmTarget &target) {
  llvm::TargetOptions options;
  options.MCOptions.ABIName = target.abi;
  return std::unique_ptr<llvm::TargetMachine>(target.target->createTargetMachine(
      llvm::Triple(target.triple), "", target.features, options, llvm::Reloc::PIC_));
}

/// LLVM's usual passes.
static void optimize(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::PassBuilder passes(&machine);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager callGraph;
  llvm::ModuleAnalysisManager modules;
  passes.registerModuleAnalyses(modules);
  passes.registerCGSCCAnalyses(callGraph);
  passes.registerFunctionAnalyses(functions);
  passes.registerLoopAnalyses(loops);
  passes.crossRegisterProxies(loops, functions, callGraph, modules);
  passes.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2).run(module, modules);
}

static std::unique_ptr<llvm::Module> translate(mlir::ModuleOp module, llvm::LLVMContext &context) {
  mlir::DialectRegistry registry;
  mlir::registerBuiltinDialectTranslation(registry);
  mlir::registerLLVMDialectTranslation(registry);
  module.getContext()->appendDialectRegistry(registry);
  return mlir::translateModuleToLLVMIR(module, context, "network");
}

Result<std::string> compileModule(mlir::ModuleOp module, const Target &target) {
  Result<LlvmTarget> known = llvmTarget(target);
  if (!known)
    return Error{known.error()};
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> translated = translate(module, context);
  if (!translated)
    return Error{"the network function can not be translated to llvm: an error in cnnc"};
  std::unique_ptr<llvm::TargetMachine> machine = createMachine(*known);
  translated->setTargetTriple(llvm::Triple(known->triple));
  translated->setDataLayout(machine->createDataLayout());
  translated->setPICLevel(llvm::PICLevel::BigPIC);
  if (!known->abi.empty())
    translated->addModuleFlag(llvm::Module::Error, "target-abi",
                              llvm::MDString::get(context, known->abi));
  optimize(*translated, *machine);

  llvm::SmallString<0> object;
  llvm::raw_svector_ostream stream(object);
  llvm::legacy::PassManager emission;
  if (machine->addPassesToEmitFile(emission, stream, nullptr, llvm::CodeGenFileType::ObjectFile))
    return Error{"llvm can not write objects for " + target.name};
  emission.run(*translated);
  return object.str().str();
}

} // namespace cnnc
