// Objects of a library linked into this process by LLVM's JITLink.
#pragma once

#include "compiler/codegen/Objects.h"
#include "compiler/support/Result.h"
#include "compiler/support/Target.h"

#include <memory>
#include <string>
#include <vector>

namespace llvm::orc {
class LLJIT;
} // namespace llvm::orc

namespace cnnc {

/// Linked objects; they live as long as this.
class Jit {
public:
  /// Takes `objects`, which may use each other and what generated code may leave undefined: the
  /// runtime of this process, memcpy and memset.
  static Result<Jit> create(const Target &target, std::vector<ObjectFile> objects);

  Jit(Jit &&) noexcept;
  Jit &operator=(Jit &&) noexcept;
  ~Jit();

  /// The address of a global symbol, also of a hidden one; links the object that has it.
  Result<void *> find(const std::string &symbol);

private:
  explicit Jit(std::unique_ptr<llvm::orc::LLJIT> jit);
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

} // namespace cnnc
