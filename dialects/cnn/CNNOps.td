// The ops of the `cnn` dialect, each with an example. What an op means (shapes, checks, folding)
// is in ops/NAME.cpp; the words of `.cnn` and the calls of the C++ builder are made from here. One
// table for all of them, however long: everything else about ops is looked up by these records.
#ifndef CNN_OPS_TD
#define CNN_OPS_TD

include "dialects/cnn/CNNDialect.td"

//===-- Constants -----------------------------------------------------------===//

def Constant : CNN_Op<"constant", [ConstantLike, InferTypeOpAdaptor]> {
  let summary = "weights, and other tensors known when compiling";
  let description = [{
    `name` is the parameter's name in weight files. Large values are resources: outside the IR, by
    handle. `initializer` tells how the values were made from a seed, where they were: `kind` is a
    name of Initializers.h, `scale` the number that goes with it. What is `frozen` is not trained.

    ```mlir
    %filter = cnn.constant {name = "conv.filter", initializer = {kind = "he_normal", scale = 0.157}} dense<0.5> : tensor<2x1x9x9xf32>
    ```
  }];
  let arguments = (ins ElementsAttr:$value, OptionalAttr<StrAttr>:$name,
                       OptionalAttr<DictionaryAttr>:$initializer, UnitAttr:$frozen);
  let results = (outs CNN_Tensor:$result);
  let builders = [OpBuilder<(ins "::mlir::ElementsAttr":$value, "::mlir::StringAttr":$name), [{
    build($_builder, $_state, value, name, ::mlir::DictionaryAttr(), /*frozen=*/false);
  }]>];
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
}

//===-- Convolution ---------------------------------------------------------===//

class CNN_Convolution<string mnemonic, list<Trait> traits>
    : CNN_Op<mnemonic, !listconcat(traits, [InferTypeOpAdaptor, DeclareOpInterfaceMethods<Layer>])> {
  let arguments = (ins
    CNN_Float:$input, CNN_Float:$filter, Optional<CNN_Vector>:$bias,
    DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$pads,
    DefaultValuedAttr<StrAttr, "\"explicit\"">:$auto_pad,
    DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs CNN_Float:$result);
  let call = [
    CallArg<"channels", "int">, CallArg<"kernel", "per_dim">, CallArg<"stride", "per_dim", "1", "strides">,
    CallArg<"pad", "padding", "0", "pads">, CallArg<"dilation", "per_dim", "1", "dilations">,
    CallArg<"groups", "int", "1">, CallArg<"bias", "flag", "yes">, CallArg<"init", "init", "he_normal">];
}

def Conv : CNN_Convolution<"conv", [CNN_Anchor, CNN_Contraction, DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "convolution as ONNX and every framework mean it: cross-correlation";
  let description = [{
    `y[n, k, x] = bias[k] + sum over c, i of filter[k, c, i] * input[n, c, strides * x + dilations * i - begin]`

    The filter is [channels out, channels in / groups, kernel...]; `pads` are all begins, then all
    ends. With `auto_pad` "same" or "same_lower" the padding follows from the input's size: the
    output has ceil(size / stride) elements, and the odd element of padding lies at the end or at
    the beginning. See `true_conv` for the textbook's convolution, whose filter is flipped.

    ```mlir
    %y = cnn.conv %x, %filter, %bias {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
        : (tensor<1x3x8x8xf32>, tensor<16x3x3x3xf32>, tensor<16xf32>) -> tensor<1x16x4x4xf32>
    ```
  }];
}

def TrueConv : CNN_Convolution<"true_conv", [DeclareOpInterfaceMethods<Composite>]> {
  let summary = "the textbook's convolution: the filter is flipped in every spatial dim";
  let description = [{
    `y[x] = bias + sum over i of filter[i] * input[x - i]`, the same as `conv` with the filter flipped.

    ```mlir
    %y = cnn.true_conv %x, %filter {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 1, 1>}
        : (tensor<1x1x9xf32>, tensor<1x1x3xf32>) -> tensor<1x1x9xf32>
    ```
  }];
}

def ConvTranspose : CNN_Op<"conv_transpose", [InferTypeOpAdaptor, DeclareOpInterfaceMethods<Layer>,
                                              DeclareOpInterfaceMethods<Composite>,
                                              DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "transposed convolution: each element of the input adds a filter to the result";
  let description = [{
    `y[n, k, strides * x + dilations * i - begin] += filter[c, k, i] * input[n, c, x]`, over all c, x and
    i, on top of bias[k].

    The filter is [channels in, channels out / groups, kernel...]; `pads` (all begins, then all ends)
    are cut off the result, which `output_padding` makes longer at its end: a dim of `size` elements
    becomes one of strides * (size - 1) + dilations * (kernel - 1) + 1 + output_padding - begin - end.
    With `auto_pad` "same" or "same_lower" it has strides * size elements, and the odd one is cut off
    at the end or at the beginning.

    ```mlir
    %y = cnn.conv_transpose %x, %filter {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, output_padding = array<i64: 0, 0>}
        : (tensor<1x8x5x5xf32>, tensor<8x3x4x4xf32>) -> tensor<1x3x10x10xf32>
    ```
  }];
  let arguments = (ins
    CNN_Float:$input, CNN_Float:$filter, Optional<CNN_Vector>:$bias,
    DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$pads,
    DenseI64ArrayAttr:$output_padding,
    DefaultValuedAttr<StrAttr, "\"explicit\"">:$auto_pad,
    DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs CNN_Float:$result);
  let call = [
    CallArg<"channels", "int">, CallArg<"kernel", "per_dim">, CallArg<"stride", "per_dim", "1", "strides">,
    CallArg<"pad", "padding", "0", "pads">, CallArg<"output_padding", "per_dim", "0">,
    CallArg<"dilation", "per_dim", "1", "dilations">, CallArg<"groups", "int", "1">,
    CallArg<"bias", "flag", "yes">, CallArg<"init", "init", "he_normal">];
}

def ConvFilterGrad : CNN_Op<"conv_filter_grad", [CNN_Anchor, CNN_Backward, InferTypeOpAdaptor]> {
  let summary = "gradient of a convolution with respect to its filter";
  let description = [{
    `result[k, c, i] = sum over n, x of gradient[n, k, x] * input[n, c, strides * x + dilations * i - begin]`

    `gradient` is that of the result of `conv`, `input` what it convolved; c counts the channels of
    the group of k. Outside of the input are zeros, however far a window reaches beyond its end.
    `kernel_shape` is stated since it does not follow from the operands. With them exchanged it is
    the gradient of `conv_transpose` with respect to its filter.

    ```mlir
    %dw = cnn.conv_filter_grad %x, %dy {kernel_shape = array<i64: 3, 3>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
        : (tensor<1x3x8x8xf32>, tensor<1x16x4x4xf32>) -> tensor<16x3x3x3xf32>
    ```
  }];
  let arguments = (ins
    CNN_Float:$input, CNN_Float:$gradient,
    DenseI64ArrayAttr:$kernel_shape, DenseI64ArrayAttr:$strides,
    DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$pads,
    DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs CNN_Float:$result);
}

//===-- Pooling -------------------------------------------------------------===//

class CNN_Pool<string mnemonic, dag extra, list<CallArg> extraCall>
    : CNN_Op<mnemonic, [CNN_WindowReduction, InferTypeOpAdaptor, DeclareOpInterfaceMethods<Differentiable>]> {
  let arguments = !con((ins
    CNN_Float:$input,
    DenseI64ArrayAttr:$kernel_shape, DenseI64ArrayAttr:$strides,
    DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$pads,
    DefaultValuedAttr<StrAttr, "\"explicit\"">:$auto_pad,
    DefaultValuedAttr<BoolAttr, "false">:$ceil_mode), extra);
  let results = (outs CNN_Float:$result);
  let call = !listconcat([
    CallArg<"kernel", "per_dim", "", "kernel_shape">, CallArg<"stride", "per_dim", "kernel", "strides">,
    CallArg<"pad", "padding", "0", "pads">, CallArg<"dilation", "per_dim", "1", "dilations">,
    CallArg<"ceil_mode", "flag", "no">], extraCall);
}

def MaxPool : CNN_Pool<"max_pool", (ins), []> {
  let summary = "largest value of each window";
  let description = [{
    Padding takes no part. With `ceil_mode` a last, partial window counts, unless it would begin in
    the padding. The stride is the kernel's size where `.cnn` gives none.

    ```mlir
    %y = cnn.max_pool %x {kernel_shape = array<i64: 3, 3>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
        : (tensor<1x8x8x8xf32>) -> tensor<1x8x4x4xf32>
    ```
  }];
}

def AvgPool : CNN_Pool<"avg_pool", (ins DefaultValuedAttr<BoolAttr, "false">:$count_include_pad),
                       [CallArg<"count_include_pad", "flag", "no">]> {
  let summary = "mean of each window";
  let description = [{
    The mean is over the elements inside the input, or over the whole window, padding as zeros, with
    `count_include_pad`.

    ```mlir
    %y = cnn.avg_pool %x {kernel_shape = array<i64: 2>, strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
        : (tensor<1x8x8xf32>) -> tensor<1x8x4xf32>
    ```
  }];
}

// The gradient of a pool: the attributes are the pool's.
class CNN_PoolGrad<string mnemonic, dag operands, dag extra>
    : CNN_Op<mnemonic, [CNN_Backward, InferTypeOpAdaptor]> {
  let arguments = !con(operands, (ins
    DenseI64ArrayAttr:$kernel_shape, DenseI64ArrayAttr:$strides,
    DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$pads,
    DefaultValuedAttr<StrAttr, "\"explicit\"">:$auto_pad,
    DefaultValuedAttr<BoolAttr, "false">:$ceil_mode), extra);
  let results = (outs CNN_Float:$result);
}

def MaxPoolGrad : CNN_PoolGrad<"max_pool_grad", (ins CNN_Float:$input, CNN_Float:$gradient), (ins)> {
  let summary = "gradient of max_pool: each window's goes to its largest element";
  let description = [{
    `gradient` is that with respect to the pool's result. Of equal elements the first one, in
    row-major order, is taken for the largest.

    ```mlir
    %dx = cnn.max_pool_grad %x, %dy {kernel_shape = array<i64: 2>, strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
        : (tensor<1x8x8xf32>, tensor<1x8x4xf32>) -> tensor<1x8x8xf32>
    ```
  }];
}

def AvgPoolGrad : CNN_PoolGrad<"avg_pool_grad", (ins CNN_Float:$gradient, CNN_Tensor:$like),
                               (ins DefaultValuedAttr<BoolAttr, "false">:$count_include_pad)> {
  let summary = "gradient of avg_pool: each window's is shared out over its elements";
  let description = [{
    `gradient` is that with respect to the pool's result, `like` the pool's input, of which only the
    shape is read.

    ```mlir
    %dx = cnn.avg_pool_grad %dy, %x {kernel_shape = array<i64: 2>, strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
        : (tensor<1x8x4xf32>, tensor<1x8x8xf32>) -> tensor<1x8x8xf32>
    ```
  }];
}

class CNN_GlobalPool<string mnemonic>
    : CNN_Op<mnemonic, [InferTypeOpAdaptor, DeclareOpInterfaceMethods<Composite>]> {
  let arguments = (ins CNN_Float:$input);
  let results = (outs CNN_Float:$result);
}

def GlobalAvgPool : CNN_GlobalPool<"global_avg_pool"> {
  let summary = "mean over all of space: N x C x ... becomes N x C";
  let description = [{
    ```mlir
    %y = cnn.global_avg_pool %x : (tensor<1x8x7x7xf32>) -> tensor<1x8xf32>
    ```
  }];
}

def GlobalMaxPool : CNN_GlobalPool<"global_max_pool"> {
  let summary = "maximum over all of space: N x C x ... becomes N x C";
  let description = [{
    ```mlir
    %y = cnn.global_max_pool %x : (tensor<1x8x7x7xf32>) -> tensor<1x8xf32>
    ```
  }];
}

class CNN_Reduction<string mnemonic>
    : CNN_Op<mnemonic, [InferTypeOpAdaptor, DeclareOpInterfaceMethods<Differentiable>]> {
  let arguments = (ins CNN_Float:$input, DenseI64ArrayAttr:$axes,
                       DefaultValuedAttr<BoolAttr, "false">:$keepdims);
  let results = (outs CNN_Float:$result);
  let call = [CallArg<"axes", "dims">, CallArg<"keepdims", "flag", "no">];
}

def ReduceMean : CNN_Reduction<"reduce_mean"> {
  let summary = "mean over some dims";
  let description = [{
    ```mlir
    %y = cnn.reduce_mean %x {axes = array<i64: 2, 3>} : (tensor<1x8x7x7xf32>) -> tensor<1x8xf32>
    ```
  }];
}

def ReduceMax : CNN_Reduction<"reduce_max"> {
  let summary = "maximum over some dims";
  let description = [{
    ```mlir
    %y = cnn.reduce_max %x {axes = array<i64: 1>, keepdims = true} : (tensor<1x8x7x7xf32>) -> tensor<1x1x7x7xf32>
    ```
  }];
}

def ReduceSum : CNN_Reduction<"reduce_sum"> {
  let summary = "sum over some dims";
  let description = [{
    ```mlir
    %y = cnn.reduce_sum %x {axes = array<i64: 2>} : (tensor<1x8x7xf32>) -> tensor<1x8xf32>
    ```
  }];
}

//===-- Resizing ------------------------------------------------------------===//

class CNN_Resize<string mnemonic, dag operands, dag scale, list<CallArg> scaleCall>
    : CNN_Op<mnemonic, [InferTypeOpAdaptor, DeclareOpInterfaceMethods<Differentiable>]> {
  let arguments = !con(operands, scale, (ins
    DefaultValuedAttr<StrAttr, "\"nearest\"">:$mode,
    DefaultValuedAttr<StrAttr, "\"half_pixel\"">:$coordinate_transformation_mode,
    DefaultValuedAttr<StrAttr, "\"round_prefer_floor\"">:$nearest_mode));
  let results = (outs CNN_Float:$result);
  let call = !listconcat(scaleCall, [
    CallArg<"mode", "name", "nearest">,
    CallArg<"coordinates", "name", "half_pixel", "coordinate_transformation_mode">,
    CallArg<"rounding", "name", "round_prefer_floor", "nearest_mode">]);
}

def Resize : CNN_Resize<"resize", (ins CNN_Float:$input),
    (ins DenseI64ArrayAttr:$scales, DenseI64ArrayAttr:$divisors),
    [CallArg<"scale", "per_dim", "", "scales">, CallArg<"divisor", "per_dim", "1", "divisors">]> {
  let summary = "space enlarged or shrunk by a factor: nearest elements, or linear between them";
  let description = [{
    A dim of `size` elements becomes one of floor(size * s), with s = scale / divisor. Element x of
    the result shows the place p of the input, which `coordinate_transformation_mode` tells:

    | | p |
    |---|---|
    | half_pixel | (x + 1/2) / s - 1/2 |
    | pytorch_half_pixel | the same, but 0 where the result has a single element |
    | asymmetric | x / s |
    | align_corners | x * (size - 1) / (result's size - 1), 0 for a single element |

    `mode` "nearest" takes the element at p, rounded as `nearest_mode` says: round_prefer_floor and
    round_prefer_ceil (which differ halfway between elements), floor or ceil. "linear" is linear
    between the elements around p, in each dim. Places outside of the input show its edge.

    ```mlir
    %y = cnn.resize %x {scales = array<i64: 2, 2>, divisors = array<i64: 1, 1>} : (tensor<1x8x7x5xf32>) -> tensor<1x8x14x10xf32>
    ```
  }];
}

def ResizeLike : CNN_Resize<"resize_like", (ins CNN_Float:$input, CNN_Tensor:$like), (ins), []> {
  let summary = "as resize, to the spatial sizes of another tensor";
  let description = [{
    The scale of each spatial dim is the ratio of the two sizes. Of `like` only the shape is read.

    ```mlir
    %y = cnn.resize_like %x, %skip {mode = "linear"} : (tensor<1x8x7x5xf32>, tensor<1x4x15x11xf32>) -> tensor<1x8x15x11xf32>
    ```
  }];
}

def ResizeGrad : CNN_Op<"resize_grad", [CNN_Backward, InferTypeOpAdaptor]> {
  let summary = "gradient of resize and resize_like: each element's goes where it was taken from";
  let description = [{
    `gradient` is that with respect to the result, `like` the input, of which only the shape is read.
    The attributes are those of `resize`; without scales and divisors, those of `resize_like`.

    ```mlir
    %dx = cnn.resize_grad %dy, %x {scales = array<i64: 2>, divisors = array<i64: 1>} : (tensor<1x8x14xf32>, tensor<1x8x7xf32>) -> tensor<1x8x7xf32>
    ```
  }];
  let arguments = (ins CNN_Float:$gradient, CNN_Tensor:$like,
    DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$scales,
    DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$divisors,
    DefaultValuedAttr<StrAttr, "\"nearest\"">:$mode,
    DefaultValuedAttr<StrAttr, "\"half_pixel\"">:$coordinate_transformation_mode,
    DefaultValuedAttr<StrAttr, "\"round_prefer_floor\"">:$nearest_mode);
  let results = (outs CNN_Float:$result);
}

def DepthToSpace : CNN_Op<"depth_to_space", [CNN_Anchor, InferTypeOpAdaptor,
                                              DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "channels to space: each pixel becomes a block of them";
  let description = [{
    With P elements in a block, M = channels / P / groups, and phase the row-major place in the block:

    `y[n, g * M + m, blocks * x + phase - begin] = input[n, (g * P + phase) * M + m, x]`

    `crops` (all begins, then all ends; none where it is empty) are cut off the result. One group is
    ONNX's mode DCR; as many as the result has channels are CRD, which is PyTorch's pixel_shuffle.

    ```mlir
    %y = cnn.depth_to_space %x {blocks = array<i64: 2, 2>} : (tensor<1x8x5x5xf32>) -> tensor<1x2x10x10xf32>
    ```
  }];
  let arguments = (ins CNN_Float:$input, DenseI64ArrayAttr:$blocks,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$crops,
                       DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs CNN_Float:$result);
  let call = [CallArg<"block", "per_dim", "", "blocks">, CallArg<"groups", "int", "1">];
  let hasFolder = 1;
}

//===-- Dense ---------------------------------------------------------------===//

def Linear : CNN_Op<"linear", [CNN_Anchor, CNN_Contraction, InferTypeOpAdaptor, DeclareOpInterfaceMethods<Layer>,
                               DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "fully connected layer over the last dim";
  let description = [{
    `y[..., m] = bias[m] + sum over k of weight[m, k] * input[..., k]`

    ```mlir
    %y = cnn.linear %x, %weight, %bias : (tensor<1x8xf32>, tensor<2x8xf32>, tensor<2xf32>) -> tensor<1x2xf32>
    ```
  }];
  let arguments = (ins CNN_Float:$input, CNN_Float:$weight, Optional<CNN_Vector>:$bias);
  let results = (outs CNN_Float:$result);
  let call = [CallArg<"channels", "int">, CallArg<"bias", "flag", "yes">, CallArg<"init", "init", "he_normal">];
}

def MatMul : CNN_Op<"matmul", [CNN_Anchor, CNN_Contraction, InferTypeOpAdaptor, DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "product of matrices, batched over the leading dims, which broadcast";
  let description = [{
    ```mlir
    %y = cnn.matmul %a, %b : (tensor<4x2x3xf32>, tensor<3x5xf32>) -> tensor<4x2x5xf32>
    ```
  }];
  let arguments = (ins CNN_Float:$lhs, CNN_Float:$rhs);
  let results = (outs CNN_Float:$result);
}

//===-- Normalisation -------------------------------------------------------===//

def Normalize : CNN_Op<"normalize", [InferTypeOpAdaptor, DeclareOpInterfaceMethods<Composite>,
                                      DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "to mean 0 and variance 1 over some dims";
  let description = [{
    `y = (x - mean) / sqrt(variance + epsilon)`, mean and variance being those of the elements that
    differ in `axes` only; the variance is the mean of the squares of x - mean.

    ```mlir
    %y = cnn.normalize %x {axes = array<i64: 0, 2, 3>} : (tensor<2x8x7x7xf32>) -> tensor<2x8x7x7xf32>
    ```
  }];
  let arguments = (ins CNN_Float:$input, DenseI64ArrayAttr:$axes,
                       DefaultValuedAttr<F64Attr, "1.0e-5">:$epsilon);
  let results = (outs CNN_Float:$result);
  let call = [CallArg<"axes", "dims">, CallArg<"epsilon", "float", "1e-5">];
}

def BatchNorm : CNN_Op<"batch_norm", [InferTypeOpAdaptor, DeclareOpInterfaceMethods<Layer>,
                                      DeclareOpInterfaceMethods<Composite>,
                                      DeclareOpInterfaceMethods<TrainingForm>]> {
  let summary = "batch normalisation: by running statistics, while training by those of the batch";
  let description = [{
    `y = scale * (x - mean) / sqrt(variance + epsilon) + bias`, each per channel.

    In training mean and variance are those of the batch, over all dims but that of the channels.
    The operands, running statistics, move towards them: `momentum` is the share of the batch. As
    in other frameworks the running variance is the unbiased one, n / (n - 1) times the mean of
    squares, n elements being in a channel.

    ```mlir
    %y = cnn.batch_norm %x, %scale, %bias, %mean, %variance
        : (tensor<1x8x7x7xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<1x8x7x7xf32>
    ```
  }];
  let arguments = (ins CNN_Float:$input, CNN_Vector:$scale, CNN_Vector:$bias, CNN_Vector:$mean,
                       CNN_Vector:$variance, DefaultValuedAttr<F64Attr, "1.0e-5">:$epsilon,
                       DefaultValuedAttr<F64Attr, "0.1">:$momentum);
  let results = (outs CNN_Float:$result);
  let call = [CallArg<"epsilon", "float", "1e-5">, CallArg<"momentum", "float", "0.1">];
}

def LayerNorm : CNN_Op<"layer_norm", [InferTypeOpAdaptor, DeclareOpInterfaceMethods<Layer>,
                                      DeclareOpInterfaceMethods<Composite>]> {
  let summary = "layer normalisation: over the dims from `axis` to the last";
  let description = [{
    `y = scale * normalize(x) + bias`, for each element of the dims from `axis` on its own scale and
    bias.

    ```mlir
    %y = cnn.layer_norm %x, %scale, %bias {axis = 1 : i64} : (tensor<4x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
    ```
  }];
  let arguments = (ins CNN_Float:$input, CNN_Float:$scale, Optional<CNN_Float>:$bias, I64Attr:$axis,
                       DefaultValuedAttr<F64Attr, "1.0e-5">:$epsilon);
  let results = (outs CNN_Float:$result);
  let call = [CallArg<"axis", "dim", "-1">, CallArg<"epsilon", "float", "1e-5">,
              CallArg<"bias", "flag", "yes">];
}

// Normalises each image by itself; scale and bias are per channel.
class CNN_ImageNorm<string mnemonic, dag attributes, list<CallArg> args>
    : CNN_Op<mnemonic, [InferTypeOpAdaptor, DeclareOpInterfaceMethods<Layer>,
                        DeclareOpInterfaceMethods<Composite>]> {
  let arguments = !con((ins CNN_Float:$input, CNN_Vector:$scale, CNN_Vector:$bias), attributes,
                       (ins DefaultValuedAttr<F64Attr, "1.0e-5">:$epsilon));
  let results = (outs CNN_Float:$result);
  let call = !listconcat(args, [CallArg<"epsilon", "float", "1e-5">]);
}

def GroupNorm : CNN_ImageNorm<"group_norm", (ins I64Attr:$groups), [CallArg<"groups", "int">]> {
  let summary = "group normalisation: over space and a group of channels";
  let description = [{
    `y = scale * (x - mean) / sqrt(variance + epsilon) + bias`, scale and bias per channel, mean and
    variance those of the group of channels in its image.

    ```mlir
    %y = cnn.group_norm %x, %scale, %bias {groups = 2 : i64} : (tensor<1x8x7x7xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<1x8x7x7xf32>
    ```
  }];
}

def InstanceNorm : CNN_ImageNorm<"instance_norm", (ins), []> {
  let summary = "instance normalisation: over space";
  let description = [{
    `y = scale * (x - mean) / sqrt(variance + epsilon) + bias`, scale and bias per channel, mean and
    variance those of the channel in its image.

    ```mlir
    %y = cnn.instance_norm %x, %scale, %bias : (tensor<1x8x7x7xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<1x8x7x7xf32>
    ```
  }];
}

def LocalResponseNorm : CNN_Op<"local_response_norm", [InferTypeOpAdaptor,
                                                       DeclareOpInterfaceMethods<Composite>]> {
  let summary = "local response normalisation: divided by a power of what neighbouring channels hold";
  let description = [{
    `y[c] = x[c] / (bias + alpha / size * sum over k of x[k]^2)^beta`, k being the `size` channels
    around c, as far as there are any: of an even size the odd one is that behind c.

    ```mlir
    %y = cnn.local_response_norm %x {size = 5 : i64} : (tensor<1x8x7x7xf32>) -> tensor<1x8x7x7xf32>
    ```
  }];
  let arguments = (ins CNN_Float:$input, I64Attr:$size,
                       DefaultValuedAttr<F64Attr, "1.0e-4">:$alpha,
                       DefaultValuedAttr<F64Attr, "0.75">:$beta,
                       DefaultValuedAttr<F64Attr, "1.0">:$bias);
  let results = (outs CNN_Float:$result);
  let call = [CallArg<"size", "int">, CallArg<"alpha", "float", "1e-4">,
              CallArg<"beta", "float", "0.75">, CallArg<"bias", "float", "1">];
}

def Softmax : CNN_Op<"softmax", [SameOperandsAndResultType, DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "exp(temperature * x), scaled to sum 1 along an axis";
  let description = [{
    `temperature` is the textbook's inverse temperature.

    ```mlir
    %y = cnn.softmax %x {axis = 1 : i64} : (tensor<1x2xf32>) -> tensor<1x2xf32>
    ```
  }];
  let arguments = (ins CNN_Float:$input, I64Attr:$axis,
                       DefaultValuedAttr<F64Attr, "1.0">:$temperature);
  let results = (outs CNN_Float:$result);
  let call = [CallArg<"axis", "dim", "1">, CallArg<"temperature", "float", "1">];
  let hasVerifier = 1;
}

def LogSoftmax : CNN_Op<"log_softmax", [SameOperandsAndResultType, DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "logarithm of softmax: x - log(sum of exp(x) along an axis), without overflow";
  let description = [{
    ```mlir
    %y = cnn.log_softmax %x {axis = 1 : i64} : (tensor<1x2xf32>) -> tensor<1x2xf32>
    ```
  }];
  let arguments = (ins CNN_Float:$input, I64Attr:$axis);
  let results = (outs CNN_Float:$result);
  let call = [CallArg<"axis", "dim", "1">];
  let hasVerifier = 1;
}

def OneHot : CNN_Op<"one_hot", [InferTypeOpAdaptor, DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "along a new dim of `classes` elements, 1 at the label's place and 0 elsewhere";
  let description = [{
    A label that is no class gives zeros alone. `axis` is the new dim's place in the result.

    ```mlir
    %q = cnn.one_hot %label {classes = 3 : i64, axis = 1 : i64} : (tensor<2xi64>) -> tensor<2x3xf32>
    ```
  }];
  let arguments = (ins CNN_Tensor:$labels, I64Attr:$classes, DefaultValuedAttr<I64Attr, "1">:$axis);
  let results = (outs CNN_Float:$result);
  let call = [CallArg<"classes", "int">, CallArg<"axis", "int", "1">];
}

//===-- Losses --------------------------------------------------------------===//

// A single number that tells how far a prediction is from what it should be: the mean over all of
// its elements, where nothing else is said.
class CNN_Loss<string mnemonic, string predictionName, dag attributes = (ins), list<CallArg> args = []>
    : CNN_Op<mnemonic, [InferTypeOpAdaptor, DeclareOpInterfaceMethods<Composite>]> {
  let arguments = !con(!dag(ins, [CNN_Float], [predictionName]), (ins CNN_Tensor:$target), attributes);
  let results = (outs CNN_Float:$result);
  let call = args;
}

def CrossEntropy : CNN_Loss<"cross_entropy", "logits",
    (ins DefaultValuedAttr<I64Attr, "1">:$axis,
         DefaultValuedAttr<F64Attr, "0.0">:$label_smoothing,
         DefaultValuedAttr<I64Attr, "-100">:$ignore_index),
    [CallArg<"axis", "dim", "1">, CallArg<"label_smoothing", "float", "0">,
     CallArg<"ignore_index", "int", "-100">]> {
  let summary = "cross entropy of softmax(logits) and the classes, or distributions over them";
  let description = [{
    With K classes along `axis`, and q the target's distribution, 1 for the class alone where the
    target is an integer, the loss is the mean over all other dims of

    `- sum over k of ((1 - label_smoothing) q[k] + label_smoothing / K) log softmax(logits)[k]`

    A label that is `ignore_index` or no class is left out, also of what the mean divides by. In a
    library for training a label that is neither a class nor `ignore_index` is refused.

    ```mlir
    %loss = cnn.cross_entropy %x, %label : (tensor<8x3xf32>, tensor<8xi64>) -> tensor<f32>
    ```
  }];
}

def BinaryCrossEntropy : CNN_Loss<"binary_cross_entropy", "logits"> {
  let summary = "cross entropy of sigmoid(logits) and the probabilities in the target";
  let description = [{
    The mean of `max(x, 0) - x t + log(1 + exp(-|x|))`, which is
    `- t log sigmoid(x) - (1 - t) log(1 - sigmoid(x))` without overflow.

    ```mlir
    %loss = cnn.binary_cross_entropy %x, %t : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<f32>
    ```
  }];
}

def MeanSquaredError : CNN_Loss<"mean_squared_error", "prediction"> {
  let summary = "mean of (prediction - target)^2";
  let description = [{
    ```mlir
    %loss = cnn.mean_squared_error %y, %t : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<f32>
    ```
  }];
}

def MeanAbsoluteError : CNN_Loss<"mean_absolute_error", "prediction"> {
  let summary = "mean of |prediction - target|";
  let description = [{
    ```mlir
    %loss = cnn.mean_absolute_error %y, %t : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<f32>
    ```
  }];
}

def Huber : CNN_Loss<"huber", "prediction", (ins DefaultValuedAttr<F64Attr, "1.0">:$delta),
                     [CallArg<"delta", "float", "1">]> {
  let summary = "squared error up to a distance of delta, absolute error beyond";
  let description = [{
    The mean of d^2 / 2 where d = |prediction - target| is at most delta, and of
    delta (d - delta / 2) elsewhere.

    ```mlir
    %loss = cnn.huber %y, %t {delta = 0.5} : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<f32>
    ```
  }];
}

def Dice : CNN_Loss<"dice", "prediction", (ins DefaultValuedAttr<F64Attr, "1.0">:$smoothing),
                    [CallArg<"smoothing", "float", "1">]> {
  let summary = "1 - overlap of prediction and target, each between 0 and 1, in each channel";
  let description = [{
    The mean over batch and channels of 1 - (2 sum(p t) + smoothing) / (sum(p) + sum(t) + smoothing),
    the sums over space.

    ```mlir
    %loss = cnn.dice %p, %t : (tensor<1x2x8x8xf32>, tensor<1x2x8x8xf32>) -> tensor<f32>
    ```
  }];
}

//===-- Elementwise ---------------------------------------------------------===//

class CNN_Unary<string mnemonic, string formula, dag attributes = (ins), list<CallArg> args = []>
    : CNN_Op<mnemonic, [CNN_Elementwise, SameOperandsAndResultType, DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = formula;
  let description = "```mlir\n%y = cnn." # mnemonic # " %x : (tensor<1x8xf32>) -> tensor<1x8xf32>\n```";
  let arguments = !con((ins CNN_Float:$input), attributes);
  let results = (outs CNN_Float:$result);
  let call = args;
}

def Relu : CNN_Unary<"relu", "max(x, 0)"> { let hasFolder = 1; }
def LeakyRelu : CNN_Unary<"leaky_relu", "x where x > 0, alpha x elsewhere",
    (ins DefaultValuedAttr<F64Attr, "0.01">:$alpha), [CallArg<"alpha", "float", "0.01">]>;
def Clip : CNN_Unary<"clip", "min(max(x, min), max)",
    (ins DefaultValuedAttr<F64Attr, "0.0">:$min, DefaultValuedAttr<F64Attr, "6.0">:$max),
    [CallArg<"min", "float">, CallArg<"max", "float">]>;
def Sigmoid : CNN_Unary<"sigmoid", "1 / (1 + exp(-x))">;
def HardSigmoid : CNN_Unary<"hard_sigmoid", "min(max(alpha x + beta, 0), 1)",
    (ins DefaultValuedAttr<F64Attr, "1. / 6">:$alpha, DefaultValuedAttr<F64Attr, "0.5">:$beta),
    [CallArg<"alpha", "float", "0.16666666666666666">, CallArg<"beta", "float", "0.5">]>;
def HardSwish : CNN_Unary<"hard_swish", "x min(max(x / 6 + 1/2, 0), 1)">;
def Silu : CNN_Unary<"silu", "x / (1 + exp(-x))">;
def Tanh : CNN_Unary<"tanh", "hyperbolic tangent">;
def Exp : CNN_Unary<"exp", "e to the x">;
def Log : CNN_Unary<"log", "natural logarithm">;
def Sqrt : CNN_Unary<"sqrt", "square root">;
def Neg : CNN_Unary<"neg", "-x">;
def Abs : CNN_Unary<"abs", "absolute value">;
def Step : CNN_Unary<"step", "1 where x > 0, 0 elsewhere">;

class CNN_Binary<string mnemonic, string formula, list<Trait> traits = []>
    : CNN_Op<mnemonic, !listconcat(traits, [CNN_Elementwise, InferTypeOpAdaptor, DeclareOpInterfaceMethods<Differentiable>])> {
  let summary = formula # ", elementwise; dims of size 1, and missing leading ones, broadcast";
  let description = "```mlir\n%y = cnn." # mnemonic # " %a, %b : (tensor<1x8x4xf32>, tensor<8x1xf32>) -> tensor<1x8x4xf32>\n```";
  let arguments = (ins CNN_Float:$lhs, CNN_Float:$rhs);
  let results = (outs CNN_Float:$result);
}

def Add : CNN_Binary<"add", "a + b", [Commutative]>;
def Sub : CNN_Binary<"sub", "a - b">;
def Mul : CNN_Binary<"mul", "a * b", [Commutative]>;
def Div : CNN_Binary<"div", "a / b">;
def Minimum : CNN_Binary<"minimum", "min(a, b)", [Commutative]>;
def Maximum : CNN_Binary<"maximum", "max(a, b)", [Commutative]>;
def Pow : CNN_Binary<"pow", "a to the b">;

def Cast : CNN_Op<"cast", [CNN_Elementwise, DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "the same numbers in another element type";
  let description = [{
    From a float to an integer type the fraction is dropped.

    ```mlir
    %y = cnn.cast %x : (tensor<1x8xui8>) -> tensor<1x8xf32>
    ```
  }];
  let arguments = (ins CNN_Tensor:$input);
  let results = (outs CNN_Tensor:$result);
  let call = [CallArg<"type", "type">];
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Dropout : CNN_Op<"dropout", [SameOperandsAndResultType, DeclareOpInterfaceMethods<Composite>,
                                 DeclareOpInterfaceMethods<TrainingForm>]> {
  let summary = "the identity in inference; drops elements at random in training";
  let description = [{
    In training each element is 0 with the probability `ratio`, and the others are divided by
    1 - ratio: the mean stays.

    ```mlir
    %y = cnn.dropout %x {ratio = 0.5} : (tensor<1x8xf32>) -> tensor<1x8xf32>
    ```
  }];
  let arguments = (ins CNN_Float:$input, DefaultValuedAttr<F64Attr, "0.5">:$ratio);
  let results = (outs CNN_Float:$result);
  let call = [CallArg<"ratio", "float", "0.5">];
  let hasVerifier = 1;
}

def Random : CNN_Op<"random", [CNN_Anchor, CNN_Backward, InferTypeOpAdaptor]> {
  let summary = "random numbers, evenly distributed from 0 up to, not including, 1";
  let description = [{
    Of `like` only the shape is read. The numbers are made by Philox4x32-10 (Salmon et al., Parallel
    Random Numbers: As Easy as 1, 2, 3; SC 2011) from the element's place e in row-major order:
    the counter is (e / 4, layer), the key is `step`, each as its lower and its upper 32 bits, and the
    element is the word e % 4 of what this gives, of which it takes the upper 24 bits, times 2^-24.
    So they depend on nothing but step, layer and place, neither on threads nor on layouts.

    ```mlir
    %r = cnn.random %step, %x {layer = 3 : i64} : (tensor<i64>, tensor<1x8xf32>) -> tensor<1x8xf32>
    ```
  }];
  let arguments = (ins CNN_Tensor:$step, CNN_Float:$like, I64Attr:$layer);
  let results = (outs CNN_Float:$result);
}

//===-- Shapes --------------------------------------------------------------===//

def Reshape : CNN_Op<"reshape", [DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "the same elements, in logical order, under another shape";
  let description = [{
    ```mlir
    %y = cnn.reshape %x : (tensor<1x8x7x7xf32>) -> tensor<1x392xf32>
    ```
  }];
  let arguments = (ins CNN_Tensor:$input);
  let results = (outs CNN_Tensor:$result);
  let call = [CallArg<"shape", "shape">];
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Expand : CNN_Op<"expand", [DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "repeated to a larger shape: dims of size 1, and missing leading ones, broadcast";
  let description = [{
    ```mlir
    %y = cnn.expand %x : (tensor<8x1xf32>) -> tensor<2x8x7xf32>
    ```
  }];
  let arguments = (ins CNN_Float:$input);
  let results = (outs CNN_Float:$result);
  let call = [CallArg<"shape", "shape">];
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Flatten : CNN_Op<"flatten", [InferTypeOpAdaptor, DeclareOpInterfaceMethods<Composite>]> {
  let summary = "to a matrix: the dims before `axis` to rows, the others to columns";
  let description = [{
    ```mlir
    %y = cnn.flatten %x {axis = 1 : i64} : (tensor<1x8x7x7xf32>) -> tensor<1x392xf32>
    ```
  }];
  let arguments = (ins CNN_Tensor:$input, DefaultValuedAttr<I64Attr, "1">:$axis);
  let results = (outs CNN_Tensor:$result);
  let call = [CallArg<"axis", "dim", "1">];
}

def Transpose : CNN_Op<"transpose", [InferTypeOpAdaptor, DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "dims in another order: dim i of the result is dim permutation[i] of the input";
  let description = [{
    ```mlir
    %y = cnn.transpose %x {permutation = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
    ```
  }];
  let arguments = (ins CNN_Tensor:$input, DenseI64ArrayAttr:$permutation);
  let results = (outs CNN_Tensor:$result);
  let call = [CallArg<"permutation", "ints">];
}

def Concat : CNN_Op<"concat", [InferTypeOpAdaptor, DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "tensors one behind the other along an axis";
  let description = [{
    ```mlir
    %y = cnn.concat %a, %b {axis = 1 : i64} : (tensor<1x8x7xf32>, tensor<1x4x7xf32>) -> tensor<1x12x7xf32>
    ```
  }];
  let arguments = (ins Variadic<CNN_Tensor>:$inputs, I64Attr:$axis);
  let results = (outs CNN_Tensor:$result);
  let call = [CallArg<"axis", "dim", "1">];
}

def Pad : CNN_Op<"pad", [InferTypeOpAdaptor, DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "a border around the tensor: constant, reflect, edge or wrap";
  let description = [{
    `pads` has an entry per dim: all begins, then all ends.

    ```mlir
    %y = cnn.pad %x {pads = array<i64: 0, 0, 1, 0, 0, 1>, mode = "reflect"} : (tensor<1x8x7xf32>) -> tensor<1x8x9xf32>
    ```
  }];
  let arguments = (ins CNN_Float:$input, DenseI64ArrayAttr:$pads,
                       DefaultValuedAttr<StrAttr, "\"constant\"">:$mode,
                       DefaultValuedAttr<F64Attr, "0.0">:$value);
  let results = (outs CNN_Float:$result);
  let call = [CallArg<"pads", "ints">, CallArg<"mode", "name", "constant">, CallArg<"value", "float", "0">];
}

def Slice : CNN_Op<"slice", [InferTypeOpAdaptor, DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "every step-th element from start up to, not including, end, in each dim";
  let description = [{
    An end beyond the dim is its end.

    ```mlir
    %y = cnn.slice %x {starts = array<i64: 0, 2>, ends = array<i64: 1, 8>, steps = array<i64: 1, 2>} : (tensor<1x8xf32>) -> tensor<1x3xf32>
    ```
  }];
  let arguments = (ins CNN_Tensor:$input, DenseI64ArrayAttr:$starts, DenseI64ArrayAttr:$ends,
                       DenseI64ArrayAttr:$steps);
  let results = (outs CNN_Tensor:$result);
  let call = [CallArg<"starts", "ints">, CallArg<"ends", "ints">, CallArg<"steps", "ints">];
}

def Flip : CNN_Op<"flip", [SameOperandsAndResultType, DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "the elements in reverse order along some dims";
  let description = [{
    ```mlir
    %y = cnn.flip %x {axes = array<i64: 2, 3>} : (tensor<1x1x3x3xf32>) -> tensor<1x1x3x3xf32>
    ```
  }];
  let arguments = (ins CNN_Tensor:$input, DenseI64ArrayAttr:$axes);
  let results = (outs CNN_Tensor:$result);
  let call = [CallArg<"axes", "dims">];
  let hasVerifier = 1;
}

#endif
