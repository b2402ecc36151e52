#include "compiler/frontend/cnn/SourceFiles.h"

#include "compiler/frontend/Words.h"
#include "compiler/frontend/cnn/Functions.h"
#include "compiler/frontend/cnn/Parser.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <set>

using namespace mlir;
using namespace cnnc::syntax;

namespace cnnc {

// Nobody writes more; what is larger is no `.cnn` file.
static constexpr uint64_t mostBytes = 16 << 20;

std::string resolvePath(const std::string &path, const std::string &name) {
  if (llvm::sys::path::is_absolute(name))
    return name;
  SmallString<128> full(llvm::sys::path::parent_path(path));
  llvm::sys::path::append(full, name);
  return std::string(full);
}

/// The text of a file. `location` is where its name stands.
static FailureOr<std::unique_ptr<llvm::MemoryBuffer>> readText(const std::string &path,
                                                               Location location) {
  uint64_t bytes = 0;
  if (std::error_code code = llvm::sys::fs::file_size(path, bytes))
    return emitError(location) << "can not read " << path << ": " << code.message();
  if (!llvm::sys::fs::is_regular_file(path))
    return emitError(location) << path << " is not a file";
  if (bytes > mostBytes)
    return emitError(location) << path << " has " << bytes << " bytes but a .cnn file has at most "
                               << mostBytes;
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return emitError(location) << "can not read " << path << ": " << buffer.getError().message();
  return std::move(*buffer);
}

static FailureOr<File> parseFile(MLIRContext *context, const std::string &path, Location location) {
  FailureOr<std::unique_ptr<llvm::MemoryBuffer>> text = readText(path, location);
  if (failed(text))
    return failure();
  FailureOr<std::vector<Token>> tokens = tokenize(context, path, (*text)->getBuffer());
  if (failed(tokens))
    return failure();
  return parse(*tokens);
}

static LogicalResult addBlocks(const File &file, SourceFiles &result) {
  for (const BlockDefinition &block : file.blocks) {
    if (findWord(block.name) || findFunction(block.name))
      return emitError(block.location)
             << "'" << block.name << "' is a word of the language; choose another name";
    auto [known, isNew] = result.blocks.try_emplace(block.name, &block);
    if (isNew)
      continue;
    InFlightDiagnostic error = emitError(block.location);
    error << "there is another block called '" << block.name << "'";
    error.attachNote(known->second->location) << "it is defined here";
    return error;
  }
  return success();
}

/// The file under one name, however it is written.
static std::string identity(const std::string &path) {
  SmallString<128> real;
  return llvm::sys::fs::real_path(path, real) ? path : std::string(real);
}

LogicalResult readSourceFiles(MLIRContext *context, const std::string &path, SourceFiles &result) {
  std::set<std::string> seen = {identity(path)};
  std::vector<FileName> open = {{path, FileLineColRange::get(context, path, 0, 0)}};
  for (size_t i = 0; i < open.size(); ++i) {
    FileName next = open[i];
    FailureOr<File> file = parseFile(context, next.path, next.location);
    if (failed(file))
      return failure();
    result.files.push_back(std::move(*file));
    const File &added = result.files.back();
    if (failed(addBlocks(added, result)))
      return failure();
    for (const FileName &import : added.imports) {
      std::string target = resolvePath(next.path, import.path);
      if (seen.insert(identity(target)).second)
        open.push_back({target, import.location});
    }
  }
  return success();
}

} // namespace cnnc
