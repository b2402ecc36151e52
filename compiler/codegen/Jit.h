// Objects of a library linked into this process by LLVM's JITLink.
#pragma once

#include "compiler/codegen/Objects.h"
#include "compiler/support/Result.h"
#include "compiler/support/Target.h"

#include <llvm/ExecutionEngine/Orc/LLJIT.h>

#include <memory>
#include <string>
#include <vector>

namespace cnnc {

/// Takes `objects`, which may use each other and what generated code may leave undefined: the
/// runtime of this process, memcpy and memset. They live as long as the result.
Result<std::unique_ptr<llvm::orc::LLJIT>> createJit(const Target &target,
                                                    std::vector<ObjectFile> objects);

/// The address of a global symbol, also of a hidden one; links the object that has it.
Result<llvm::orc::ExecutorAddr> findSymbol(llvm::orc::LLJIT &jit, const std::string &symbol);

} // namespace cnnc
