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

/// Where the block or model called `name` is defined, if there is one.
static std::optional<Location> placeOf(const std::string &name, const SourceFiles &files) {
  if (auto block = files.blocks.find(name); block != files.blocks.end())
    return block->second->location;
  if (auto model = files.models.find(name); model != files.models.end())
    return model->second.location;
  return std::nullopt;
}

static LogicalResult checkName(const std::string &name, Location location,
                               const SourceFiles &files) {
  if (findWord(name) || findFunction(name))
    return emitError(location) << "'" << name << "' is a word of the language; choose another name";
  std::optional<Location> other = placeOf(name, files);
  if (!other)
    return success();
  InFlightDiagnostic error = emitError(location);
  error << "there is another block called '" << name << "'";
  error.attachNote(*other) << "it is defined here";
  return error;
}

static LogicalResult addBlocks(const File &file, SourceFiles &result) {
  for (const BlockDefinition &block : file.blocks) {
    if (failed(checkName(block.name, block.location, result)))
      return failure();
    result.blocks[block.name] = &block;
  }
  return success();
}

static LogicalResult addModel(const Import &import, const std::string &path, SourceFiles &result) {
  Location location = import.file.location;
  if (import.name.empty())
    return emitError(location) << "an ONNX model is imported under a name, as in import \""
                               << import.file.path << "\" as backbone";
  if (failed(checkName(import.name, import.nameLocation, result)))
    return failure();
  std::vector<std::string> outputs;
  for (const Text &output : import.outputs)
    outputs.push_back(output.text);
  Result<OnnxBlock> block = OnnxBlock::open(path, outputs);
  if (!block)
    return emitError(location) << path << ": " << block.error();
  result.models.emplace(import.name, ImportedModel{*block, import.nameLocation});
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
    for (const Import &import : added.imports) {
      std::string target = resolvePath(next.path, import.file.path);
      if (llvm::sys::path::extension(target) == ".onnx") {
        if (failed(addModel(import, target, result)))
          return failure();
        continue;
      }
      if (!import.name.empty())
        return emitError(import.nameLocation)
               << "only a model (.onnx) is imported under a name; the blocks of "
               << import.file.path << " have their own";
      if (seen.insert(identity(target)).second)
        open.push_back({target, import.file.location});
    }
  }
  return success();
}

} // namespace cnnc
