// The object files of a library, and the archive that holds them.
#pragma once

#include "compiler/codegen/NetworkPlan.h"
#include "compiler/support/Result.h"

#include <memory>
#include <string>
#include <vector>

namespace llvm {
class MemoryBuffer;
} // namespace llvm

namespace cnnc {

/// A member of the archive.
struct ObjectFile {
  std::string name; ///< "lines_conv_3.o"
  std::unique_ptr<llvm::MemoryBuffer> content;

  ObjectFile(std::string name, std::unique_ptr<llvm::MemoryBuffer> content);
  ObjectFile(std::string name, std::string content);
  ObjectFile(ObjectFile &&) noexcept;
  ObjectFile &operator=(ObjectFile &&) noexcept;
  ~ObjectFile();
};

/// All objects of the library of `plan`, in a fixed order: the network function, its kernels, its
/// weights unless they are in a file of their own. These are the bytes that pack writes and that
/// load runs. The object of the weights is a file in `temporaryFolder` (empty: the system's),
/// mapped and removed, so its bytes take no memory.
Result<std::vector<ObjectFile>> networkObjects(const NetworkPlan &plan,
                                               std::string temporaryFolder = "");

/// `object` as compileKernel made it, fit for the library: its one global symbol is `symbol`,
/// hidden; Halide's runtime functions are called by their names in cnnrt.
Result<std::string> kernelObject(const std::string &object, const std::string &symbol);

/// Writes an archive that the linker can search, without dates and owners, to the file `path`.
Status writeArchiveFile(const std::string &path, const std::vector<ObjectFile> &objects);

} // namespace cnnc
