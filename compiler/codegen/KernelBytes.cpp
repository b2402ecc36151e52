// The form: a line with the form's name, a line with the SHA-256 of all that follows, a line for
// each size of scratch, and the object.
#include "compiler/codegen/KernelBytes.h"

#include <llvm/ADT/StringExtras.h>
#include <llvm/Support/SHA256.h>

namespace cnnc {

static const std::string form = "cnnc kernel 1\n";

std::string contentHash(const std::string &bytes) {
  llvm::SHA256 hash;
  hash.update(bytes);
  return llvm::toHex(hash.final(), /*LowerCase=*/true);
}

std::string toBytes(const CompiledKernel &kernel) {
  std::string content = kernel.sharedScratch.toString() + "\n" + kernel.workerScratch.toString() +
                        "\n" + kernel.object;
  return form + contentHash(content) + "\n" + content;
}

/// Takes the first line off `bytes`.
static std::string takeLine(std::string &bytes) {
  size_t end = bytes.find('\n');
  std::string line = bytes.substr(0, end);
  bytes.erase(0, end == std::string::npos ? end : end + 1);
  return line;
}

std::optional<CompiledKernel> fromBytes(const std::string &bytes) {
  if (bytes.compare(0, form.size(), form) != 0)
    return std::nullopt;
  std::string content = bytes.substr(form.size());
  std::string hash = takeLine(content);
  if (hash != contentHash(content))
    return std::nullopt;
  CompiledKernel kernel;
  kernel.sharedScratch = SizeExpr::parse(takeLine(content));
  kernel.workerScratch = SizeExpr::parse(takeLine(content));
  kernel.object = std::move(content);
  return kernel;
}

} // namespace cnnc
