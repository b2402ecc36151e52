// Every op of the dialect must have a reference, and a kernel or an expansion. The cases are
// counted where they are: tests/reference and tests/kernels fail for an op without one.
#include "compiler/kernels/Kernel.h"
#include "compiler/reference/Reference.h"
#include "dialects/cnn/CNNDialect.h"

#include "mlir/IR/MLIRContext.h"

#include <algorithm>
#include <gtest/gtest.h>

using namespace cnnc;

namespace {

struct Completeness : testing::Test {
  Completeness() { context.loadDialect<cnn::CNNDialect>(); }

  /// Every op of the dialect that computes.
  std::vector<mlir::RegisteredOperationName> ops() {
    std::vector<mlir::RegisteredOperationName> result;
    for (mlir::RegisteredOperationName name : context.getRegisteredOperations())
      if (name.getDialectNamespace() == "cnn" && name.stripDialect() != "constant")
        result.push_back(name);
    return result;
  }

  mlir::MLIRContext context;
};

bool contains(const std::vector<std::string> &names, llvm::StringRef name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

TEST_F(Completeness, ThereAreOps) { EXPECT_GE(ops().size(), 40u); }

TEST_F(Completeness, EveryOpHasAReference) {
  std::vector<std::string> names = reference::opsWithReference();
  for (mlir::RegisteredOperationName op : ops())
    EXPECT_TRUE(contains(names, op.stripDialect()))
        << op.getStringRef().str() << " has no reference: add it to compiler/reference";
}

TEST_F(Completeness, EveryOpHasAKernelOrAnExpansion) {
  std::vector<std::string> names = opsWithKernel();
  for (mlir::RegisteredOperationName op : ops())
    EXPECT_TRUE(contains(names, op.stripDialect()) || op.hasInterface<cnn::Composite>())
        << op.getStringRef().str() << " has no kernel: add it to compiler/kernels";
}

} // namespace
