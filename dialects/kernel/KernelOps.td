// The `kernel` dialect: how a network is computed, and where.
#ifndef KERNEL_OPS_TD
#define KERNEL_OPS_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/IR/CommonTypeConstraints.td"
include "mlir/IR/CommonAttrConstraints.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Kernel_Dialect : Dialect {
  let name = "kernel";
  let cppNamespace = "::cnnc::kernel";
  let summary = "Kernels: fused groups of `cnn` ops, their schedules, objects and memory";
  let description = [{
    `form-kernels` puts every `cnn` op into a `kernel.fused`; the stages behind it add, as attributes,
    the schedule, the object that computes it, and the place of its result in memory.

    `form-views` makes concatenations and slices of channels out of memory alone. The result of a
    `kernel.concat_view` is the memory in which its operands lie side by side: the kernels that
    compute them write their channels of each pixel and leave the others alone. The result of a
    `kernel.slice_view` is read where it lies. Both are values like others; that a value lies in
    another one's memory follows from these ops, and no attribute repeats it.
  }];
}

class Kernel_Op<string mnemonic, list<Trait> traits = []> : Op<Kernel_Dialect, mnemonic, traits>;

def Fused : Kernel_Op<"fused", [Pure, SingleBlock, IsolatedFromAbove]> {
  let summary = "`cnn` ops that one kernel computes";
  let description = [{
    The body sees the inputs as block arguments and yields one tensor. `anchor` numbers the op of the
    body that owns the schedule.

    | attribute | added by | meaning |
    | --- | --- | --- |
    | `in_place` | compute-in-place | the number of the input that the result overwrites |
    | `schedule` | choose-schedules | algorithm and parameters |
    | `tuned` | choose-schedules | the schedule was measured to be the fastest; without it, estimated |
    | `kernel` | emit-kernels | the `kernel.object` that computes it |
    | `place` | plan-memory | where the result lies: an offset in the arena, or `output K`; none where it lies in another value's memory |

    ```mlir
    %y = kernel.fused %x, %w : tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32> -> tensor<1x4x6x6xf32>
        attributes {anchor = 0 : i64, label = "conv+relu"} {
    ^bb0(%a: tensor<1x3x8x8xf32>, %f: tensor<4x3x3x3xf32>):
      %0 = cnn.conv %a, %f {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
          : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x6x6xf32>
      %1 = cnn.relu %0 : (tensor<1x4x6x6xf32>) -> tensor<1x4x6x6xf32>
      kernel.yield %1 : tensor<1x4x6x6xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<AnyRankedTensor>:$inputs, I64Attr:$anchor, StrAttr:$label,
                       OptionalAttr<DictionaryAttr>:$schedule, UnitAttr:$tuned,
                       OptionalAttr<FlatSymbolRefAttr>:$kernel, OptionalAttr<StrAttr>:$place,
                       OptionalAttr<I64Attr>:$in_place);
  let results = (outs AnyRankedTensor:$result);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    ($inputs^ `:` type($inputs))? `->` type($result) attr-dict-with-keyword $body
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The op of the body that owns the schedule.
    ::mlir::Operation *getAnchorOp();
  }];
}

def Yield : Kernel_Op<"yield", [Pure, Terminator, HasParent<"Fused">]> {
  let summary = "the result of a fused kernel";
  let description = "See `kernel.fused`.";
  let arguments = (ins AnyRankedTensor:$result);
  let assemblyFormat = "$result attr-dict `:` type($result)";
}

def ConcatView : Kernel_Op<"concat_view", [Pure]> {
  let summary = "tensors whose channels lie side by side";
  let description = [{
    A concatenation along dim 1, the channels, for which nothing is computed: each input is a part
    of the result's memory. Whoever computes one writes it there, so an input is the result of a
    kernel or of another `concat_view`, and of no other one an input. `place` is as that of
    `kernel.fused`.

    ```mlir
    %y = kernel.concat_view %a, %b : tensor<1x8x4x4xf32>, tensor<1x24x4x4xf32> -> tensor<1x32x4x4xf32>
    ```
  }];
  let arguments = (ins Variadic<AnyRankedTensor>:$inputs, OptionalAttr<StrAttr>:$place);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$inputs attr-dict `:` type($inputs) `->` type($result)";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The channel of the result at which input `input` begins.
    int64_t getFirstChannel(unsigned input);
  }];
}

def SliceView : Kernel_Op<"slice_view", [Pure]> {
  let summary = "some neighbouring channels of a tensor";
  let description = [{
    A slice of dim 1, the channels, for which nothing is computed: whoever reads the result reads the
    input's memory, from `channel` on.

    ```mlir
    %y = kernel.slice_view %x {channel = 8 : i64} : tensor<1x32x4x4xf32> -> tensor<1x24x4x4xf32>
    ```
  }];
  let arguments = (ins AnyRankedTensor:$input, I64Attr:$channel);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def Object : Kernel_Op<"object", [Symbol]> {
  let summary = "the machine code of a kernel";
  let description = [{
    Added by `emit-kernels`, one for each distinct kernel. `spec` is the KernelSpec's text; the
    scratch sizes are SizeExpr texts over the kernel's own symbols.

    ```mlir
    kernel.object @conv_0 {spec = "...", shared_scratch = "0", worker_scratch = "64*s1",
                           code = dense_resource<conv_0> : tensor<4096xi8>}
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$spec, StrAttr:$shared_scratch,
                       StrAttr:$worker_scratch, ElementsAttr:$code);
  let assemblyFormat = "$sym_name attr-dict";
}

#endif
