// mlir-opt with the dialects and passes of cnnc: what the lit tests run.
#include "compiler/Pipeline.h"
#include "compiler/passes/Passes.h"
#include "dialects/cnn/CNNDialect.h"
#include "dialects/kernel/KernelDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<cnnc::cnn::CNNDialect, cnnc::kernel::KernelDialect, mlir::func::FuncDialect>();
  cnnc::registerCnncPasses();
  mlir::registerTransformsPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "cnnc's dialects and passes\n", registry));
}
