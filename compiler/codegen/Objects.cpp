#include "compiler/codegen/Objects.h"

#include "compiler/codegen/Lower.h"
#include "compiler/codegen/Symbols.h"
#include "compiler/codegen/WeightsObject.h"

#include <llvm/ObjCopy/ConfigManager.h>
#include <llvm/ObjCopy/ObjCopy.h>
#include <llvm/Object/ArchiveWriter.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/Path.h>
#include <llvm/Support/raw_ostream.h>

namespace cnnc {

ObjectFile::ObjectFile(std::string name, std::unique_ptr<llvm::MemoryBuffer> content)
    : name(std::move(name)), content(std::move(content)) {}
ObjectFile::ObjectFile(std::string name, std::string content)
    : name(std::move(name)), content(llvm::MemoryBuffer::getMemBufferCopy(content, this->name)) {}
ObjectFile::ObjectFile(ObjectFile &&) noexcept = default;
ObjectFile &ObjectFile::operator=(ObjectFile &&) noexcept = default;
ObjectFile::~ObjectFile() = default;

// ---- Kernels -----------------------------------------------------------------------------------

/// Makes `matcher` match `pattern`.
static void match(llvm::objcopy::NameMatcher &matcher, llvm::StringRef pattern,
                  llvm::objcopy::MatchStyle style) {
  auto report = [](llvm::Error error) { return error; };
  // Only a bad pattern fails, and ours are fixed.
  llvm::cantFail(matcher.addMatcher(llvm::objcopy::NameOrPattern::create(pattern, style, report)));
}

/// Everything that turns a kernel's object into one for the library.
static void configure(llvm::objcopy::ConfigManager &config, llvm::StringRef symbol) {
  using llvm::objcopy::MatchStyle;
  auto &renames = config.Common.SymbolsToRename;
  renames["halide_malloc"] = "cnnrt_malloc";
  renames["halide_free"] = "cnnrt_free";
  renames["halide_do_par_for"] = "cnnrt_do_par_for";
  renames["cnnrt_kernel"] = symbol;
  // The bodies of parallel loops become local, so those of two kernels may have one name.
  match(config.Common.SymbolsToKeepGlobal, "cnnrt_kernel", MatchStyle::Literal);
  match(config.Common.ToRemove, ".comment", MatchStyle::Literal);
  llvm::objcopy::NameMatcher kernel;
  match(kernel, "cnnrt_kernel", MatchStyle::Literal);
  config.ELF.SymbolsToSetVisibility.emplace_back(std::move(kernel), llvm::ELF::STV_HIDDEN);
}

Result<std::string> kernelObject(const std::string &object, const std::string &symbol) {
  llvm::MemoryBufferRef buffer(object, symbol);
  auto binary = llvm::object::ObjectFile::createObjectFile(buffer);
  if (!binary)
    return Error{"the object of kernel " + symbol +
                 " can not be read: " + llvm::toString(binary.takeError())};
  llvm::objcopy::ConfigManager config;
  configure(config, symbol);
  std::string result;
  llvm::raw_string_ostream stream(result);
  if (llvm::Error error = llvm::objcopy::executeObjcopyOnBinary(config, **binary, stream))
    return Error{"the symbols of kernel " + symbol +
                 " can not be renamed: " + llvm::toString(std::move(error))};
  return result;
}

// ---- All ---------------------------------------------------------------------------------------

Result<std::vector<ObjectFile>> networkObjects(const NetworkPlan &plan,
                                               std::string temporaryFolder) {
  const Symbols symbols(plan);
  std::vector<ObjectFile> objects;
  Result<std::string> network = lowerToObject(plan);
  if (!network)
    return Error{network.error()};
  objects.emplace_back(plan.name + ".o", std::move(*network));
  for (const PlannedKernel &kernel : plan.kernels) {
    Result<std::string> object = kernelObject(kernel.compiled.object, symbols.kernel(kernel));
    if (!object)
      return Error{object.error()};
    objects.emplace_back(symbols.kernel(kernel) + ".o", std::move(*object));
  }
  if (plan.weightBytes == 0 || plan.weightsHeader)
    return objects;
  if (temporaryFolder.empty()) {
    llvm::SmallString<128> system;
    llvm::sys::path::system_temp_directory(/*ErasedOnReboot=*/true, system);
    temporaryFolder = system.str().str();
  }
  auto weights = weightsObject(plan, temporaryFolder);
  if (!weights)
    return Error{weights.error()};
  objects.emplace_back(symbols.weights() + ".o", std::move(*weights));
  return objects;
}

Status writeArchiveFile(const std::string &path, const std::vector<ObjectFile> &objects) {
  std::vector<llvm::NewArchiveMember> members;
  for (const ObjectFile &object : objects) {
    llvm::NewArchiveMember member(object.content->getMemBufferRef());
    member.MemberName = object.name;
    members.push_back(std::move(member));
  }
  std::error_code error;
  llvm::raw_fd_ostream stream(path, error);
  if (error)
    return Error{"can not write " + path + ": " + error.message()};
  llvm::Error failure = llvm::writeArchiveToStream(
      stream, members, llvm::SymtabWritingMode::NormalSymtab, llvm::object::Archive::K_GNU,
      /*Deterministic=*/true, /*Thin=*/false);
  stream.close();
  error = stream.error();
  stream.clear_error(); // Else its destructor ends the process.
  if (failure)
    return Error{"can not write " + path + ": " + llvm::toString(std::move(failure))};
  if (error)
    return Error{"can not write " + path + ": " + error.message()};
  return done();
}

} // namespace cnnc
