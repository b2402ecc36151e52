// The passes between reading a model and emitting code. Each is a file of the same name.
#ifndef CNNC_PASSES_TD
#define CNNC_PASSES_TD

include "mlir/Pass/PassBase.td"

def ExpandComposites : Pass<"expand-composites", "::mlir::func::FuncOp"> {
  let summary = "replace ops that are names for others (batch_norm, true_conv, ...) by those";
  let dependentDialects = ["::cnnc::cnn::CNNDialect"];
}

def Differentiate : Pass<"differentiate", "::mlir::func::FuncOp"> {
  let summary = "add the gradients of a function's result, a single number, with respect to its arguments";
  let description = "The function then returns the number and a gradient for each float argument.";
  let dependentDialects = ["::cnnc::cnn::CNNDialect"];
}

def AddTraining : Pass<"add-training", "::mlir::ModuleOp"> {
  let summary = "from a network and its loss to the functions of a library that trains";
  let description = [{
    The network gets its parameters as arguments; `@NAME_loss` becomes `@NAME_gradients` and
    `@NAME_parameter_gradients`, and `@NAME_update` is the optimizer's step.
  }];
  let dependentDialects = ["::cnnc::cnn::CNNDialect"];
}

def FoldConstants : Pass<"fold-constants", "::mlir::func::FuncOp"> {
  let summary = "compute with the reference what depends on constants alone";
  let dependentDialects = ["::cnnc::cnn::CNNDialect"];
}

def FoldIntoWeights : Pass<"fold-into-weights", "::mlir::func::FuncOp"> {
  let summary = "move per-channel factors and summands behind a convolution into its weights";
  let description = "What a folded batch norm leaves behind its convolution.";
  let dependentDialects = ["::cnnc::cnn::CNNDialect"];
}

def ShrinkPointwise : Pass<"shrink-pointwise", "::mlir::func::FuncOp"> {
  let summary = "let pixels be dropped or averaged before a pointwise convolution, not by or after it";
  let dependentDialects = ["::cnnc::cnn::CNNDialect"];
}

def FormKernels : Pass<"form-kernels", "::mlir::func::FuncOp"> {
  let summary = "group ops into `kernel.fused`: an anchor with the elementwise ops and pool behind it";
  let dependentDialects = ["::cnnc::cnn::CNNDialect", "::cnnc::kernel::KernelDialect"];
}

def FuseDepthwise : Pass<"fuse-depthwise", "::mlir::func::FuncOp"> {
  let summary = "put depthwise convolutions into one kernel with the 1x1 convolutions before or behind them, where it pays";
  let description = "The map between the two then exists for a few rows only.";
  let dependentDialects = ["::cnnc::cnn::CNNDialect", "::cnnc::kernel::KernelDialect"];
  let options = [Option<"target", "target", "std::string", "\"host\"", "CPU to compile for">];
}

def FormViews : Pass<"form-views", "::mlir::func::FuncOp"> {
  let summary = "let concatenations and slices of channels be memory that kernels share";
  let description = "`kernel.concat_view` and `kernel.slice_view` instead of kernels that copy.";
  let dependentDialects = ["::cnnc::cnn::CNNDialect", "::cnnc::kernel::KernelDialect"];
}

def ComputeInPlace : Pass<"compute-in-place", "::mlir::func::FuncOp"> {
  let summary = "let elementwise kernels overwrite an input that nobody reads any more";
  let dependentDialects = ["::cnnc::kernel::KernelDialect"];
}

def ChooseSchedules : Pass<"choose-schedules", "::mlir::func::FuncOp"> {
  let summary = "give every kernel an algorithm and its parameters for the target";
  let description = "The fastest measured of those that keep the accuracy, else the cheapest by "
                    "estimate: see ChooseSchedules.cpp.";
  let dependentDialects = ["::cnnc::kernel::KernelDialect"];
  let options = [Option<"target", "target", "std::string", "\"host\"", "CPU to compile for">,
                 Option<"accuracy", "accuracy", "double", "1e-4",
                        "error that fast algorithms may add to the network's outputs, relative to "
                        "their largest number">];
}

def EmitKernels : Pass<"emit-kernels", "::mlir::ModuleOp"> {
  let summary = "compile each distinct kernel once, in worker processes";
  let dependentDialects = ["::cnnc::kernel::KernelDialect"];
  let options = [Option<"target", "target", "std::string", "\"host\"", "CPU to compile for">,
                 Option<"workers", "workers", "int", "0", "worker processes; 0: one per core">,
                 Option<"cache", "cache", "std::string", "\"\"",
                        "folder of the kernel cache; empty: the user's cache folder">];
}

def PlanMemory : Pass<"plan-memory", "::mlir::func::FuncOp"> {
  let summary = "give every intermediate tensor its place in one arena";
  let dependentDialects = ["::cnnc::kernel::KernelDialect"];
}

#endif
