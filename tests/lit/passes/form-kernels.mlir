// RUN: cnnc-opt %s --form-kernels | FileCheck %s

// CHECK-LABEL: @conv_bias_residual_relu_is_one_kernel
// CHECK: kernel.fused %arg0, %arg1, %arg2
// CHECK-SAME: label = "conv+add+relu"
// CHECK-NOT: kernel.fused
func.func @conv_bias_residual_relu_is_one_kernel(
    %x: tensor<1x4x8xf32>, %f: tensor<4x4x1xf32>, %skip: tensor<1x4x8xf32>)
    -> (tensor<1x4x8xf32> {cnn.channels_last}) {
  %0 = cnn.conv %x, %f {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x4x8xf32>, tensor<4x4x1xf32>) -> tensor<1x4x8xf32>
  %1 = cnn.add %0, %skip : (tensor<1x4x8xf32>, tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %2 = cnn.relu %1 : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  return %2 : tensor<1x4x8xf32>
}

// The conv's result never exists in full: the pool is in its kernel, also with overlapping windows.
// CHECK-LABEL: @conv_relu_pool_is_one_kernel
// CHECK: label = "conv+relu+max_pool"
// CHECK-NOT: kernel.fused
func.func @conv_relu_pool_is_one_kernel(%x: tensor<1x4x8xf32>, %f: tensor<4x4x1xf32>)
    -> (tensor<1x4x4xf32> {cnn.channels_last}) {
  %0 = cnn.conv %x, %f {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x4x8xf32>, tensor<4x4x1xf32>) -> tensor<1x4x8xf32>
  %1 = cnn.relu %0 : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %2 = cnn.max_pool %1 {kernel_shape = array<i64: 3>, strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 1, 1>}
      : (tensor<1x4x8xf32>) -> tensor<1x4x4xf32>
  return %2 : tensor<1x4x4xf32>
}

// Two readers: the conv's result must exist, so it is not fused with either.
// CHECK-LABEL: @two_users
// CHECK: label = "conv"
// CHECK: label = "relu"
// CHECK: label = "max_pool"
func.func @two_users(%x: tensor<1x4x8xf32>, %f: tensor<4x4x1xf32>)
    -> (tensor<1x4x8xf32> {cnn.channels_last}, tensor<1x4x4xf32> {cnn.channels_last}) {
  %0 = cnn.conv %x, %f {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x4x8xf32>, tensor<4x4x1xf32>) -> tensor<1x4x8xf32>
  %1 = cnn.relu %0 : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %2 = cnn.max_pool %0 {kernel_shape = array<i64: 2>, strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x4x8xf32>) -> tensor<1x4x4xf32>
  return %1, %2 : tensor<1x4x8xf32>, tensor<1x4x4xf32>
}

// x * sigmoid(x): neither op alone uses the conv's result, both together do.
// CHECK-LABEL: @swish
// CHECK: label = "conv+sigmoid+mul"
// CHECK-NOT: kernel.fused
func.func @swish(%x: tensor<1x4x8xf32>, %f: tensor<4x4x1xf32>)
    -> (tensor<1x4x8xf32> {cnn.channels_last}) {
  %0 = cnn.conv %x, %f {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x4x8xf32>, tensor<4x4x1xf32>) -> tensor<1x4x8xf32>
  %1 = cnn.sigmoid %0 : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %2 = cnn.mul %0, %1 : (tensor<1x4x8xf32>, tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  return %2 : tensor<1x4x8xf32>
}

// The gate is made of the conv's own result by ops that are not elementwise: the multiplication waits
// for it, in a kernel of its own.
// CHECK-LABEL: @gate
// CHECK: label = "conv+relu"
// CHECK: label = "reduce_mean"
// CHECK: label = "mul"
func.func @gate(%x: tensor<1x4x8xf32>, %f: tensor<4x4x1xf32>)
    -> (tensor<1x4x8xf32> {cnn.channels_last}) {
  %0 = cnn.conv %x, %f {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x4x8xf32>, tensor<4x4x1xf32>) -> tensor<1x4x8xf32>
  %1 = cnn.relu %0 : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %2 = cnn.reduce_mean %1 {axes = array<i64: 2>, keepdims = true} : (tensor<1x4x8xf32>) -> tensor<1x4x1xf32>
  %3 = cnn.mul %1, %2 : (tensor<1x4x8xf32>, tensor<1x4x1xf32>) -> tensor<1x4x8xf32>
  return %3 : tensor<1x4x8xf32>
}

// Elementwise ops that no convolution before them took go with the one that reads them: into the copy
// of its input.
// CHECK-LABEL: @before_a_conv
// CHECK: kernel.fused
// CHECK-SAME: anchor = 2
// CHECK-SAME: label = "cast+mul+conv+relu"
// CHECK-NOT: kernel.fused
func.func @before_a_conv(%x: tensor<1x3x8xui8>, %f: tensor<16x3x3xf32>)
    -> (tensor<1x16x6xf32> {cnn.channels_last}) {
  %scale = cnn.constant dense<0.0078125> : tensor<f32>
  %0 = cnn.cast %x : (tensor<1x3x8xui8>) -> tensor<1x3x8xf32>
  %1 = cnn.mul %0, %scale : (tensor<1x3x8xf32>, tensor<f32>) -> tensor<1x3x8xf32>
  %2 = cnn.conv %1, %f {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x3x8xf32>, tensor<16x3x3xf32>) -> tensor<1x16x6xf32>
  %3 = cnn.relu %2 : (tensor<1x16x6xf32>) -> tensor<1x16x6xf32>
  return %3 : tensor<1x16x6xf32>
}

// Elements are repeated where the conv's input is copied: the map of twice the size never exists. What
// is before the resize stays there, or it would be computed of each element twice.
// CHECK-LABEL: @resize_before_a_conv
// CHECK: label = "neg"
// CHECK: kernel.fused
// CHECK-SAME: anchor = 2
// CHECK-SAME: label = "resize+abs+conv"
// CHECK-NOT: kernel.fused
func.func @resize_before_a_conv(%x: tensor<1x3x8xf32>, %f: tensor<16x3x3xf32>)
    -> (tensor<1x16x14xf32> {cnn.channels_last}) {
  %0 = cnn.neg %x : (tensor<1x3x8xf32>) -> tensor<1x3x8xf32>
  %1 = cnn.resize %0 {scales = array<i64: 2>, divisors = array<i64: 1>} : (tensor<1x3x8xf32>) -> tensor<1x3x16xf32>
  %2 = cnn.abs %1 : (tensor<1x3x16xf32>) -> tensor<1x3x16xf32>
  %3 = cnn.conv %2, %f {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x3x16xf32>, tensor<16x3x3xf32>) -> tensor<1x16x14xf32>
  return %3 : tensor<1x16x14xf32>
}

// A copy is as cheap for few output channels; an elementwise op is not.
// CHECK-LABEL: @resize_before_a_narrow_conv
// CHECK: label = "abs"
// CHECK: label = "resize+conv"
func.func @resize_before_a_narrow_conv(%x: tensor<1x3x8xf32>, %f: tensor<4x3x3xf32>)
    -> (tensor<1x4x14xf32> {cnn.channels_last}) {
  %0 = cnn.abs %x : (tensor<1x3x8xf32>) -> tensor<1x3x8xf32>
  %1 = cnn.resize %0 {scales = array<i64: 2>, divisors = array<i64: 1>} : (tensor<1x3x8xf32>) -> tensor<1x3x16xf32>
  %2 = cnn.conv %1, %f {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x3x16xf32>, tensor<4x3x3xf32>) -> tensor<1x4x14xf32>
  return %2 : tensor<1x4x14xf32>
}

// Interpolation is no copy, and what two read is made once.
// CHECK-LABEL: @resizes_by_themselves
// CHECK: label = "resize"
// CHECK: label = "conv"
// CHECK: label = "resize"
// CHECK: label = "conv"
// CHECK: label = "neg"
func.func @resizes_by_themselves(%x: tensor<1x3x8xf32>, %f: tensor<16x3x3xf32>)
    -> (tensor<1x16x14xf32> {cnn.channels_last}, tensor<1x16x14xf32> {cnn.channels_last},
        tensor<1x3x16xf32> {cnn.channels_last}) {
  %0 = cnn.resize %x {scales = array<i64: 2>, divisors = array<i64: 1>, mode = "linear"} : (tensor<1x3x8xf32>) -> tensor<1x3x16xf32>
  %1 = cnn.conv %0, %f {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x3x16xf32>, tensor<16x3x3xf32>) -> tensor<1x16x14xf32>
  %2 = cnn.resize %x {scales = array<i64: 2>, divisors = array<i64: 1>} : (tensor<1x3x8xf32>) -> tensor<1x3x16xf32>
  %3 = cnn.conv %2, %f {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x3x16xf32>, tensor<16x3x3xf32>) -> tensor<1x16x14xf32>
  %4 = cnn.neg %2 : (tensor<1x3x16xf32>) -> tensor<1x3x16xf32>
  return %1, %3, %4 : tensor<1x16x14xf32>, tensor<1x16x14xf32>, tensor<1x3x16xf32>
}

// Two convolutions read the sum: it is computed once.
// CHECK-LABEL: @before_two_convs
// CHECK: label = "add"
// CHECK: label = "conv"
// CHECK: label = "conv"
func.func @before_two_convs(%x: tensor<1x3x8xf32>, %f: tensor<16x3x3xf32>)
    -> (tensor<1x16x6xf32> {cnn.channels_last}, tensor<1x16x6xf32> {cnn.channels_last}) {
  %0 = cnn.add %x, %x : (tensor<1x3x8xf32>, tensor<1x3x8xf32>) -> tensor<1x3x8xf32>
  %1 = cnn.conv %0, %f {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x3x8xf32>, tensor<16x3x3xf32>) -> tensor<1x16x6xf32>
  %2 = cnn.conv %0, %f {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x3x8xf32>, tensor<16x3x3xf32>) -> tensor<1x16x6xf32>
  return %1, %2 : tensor<1x16x6xf32>, tensor<1x16x6xf32>
}

// The caller wants channels first: a kernel of its own puts them there.
// CHECK-LABEL: @channels_first_result
// CHECK: label = "relu"
// CHECK: label = "cast"
func.func @channels_first_result(%x: tensor<1x4x8xf32>) -> tensor<1x4x8xf32> {
  %0 = cnn.relu %x : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  return %0 : tensor<1x4x8xf32>
}

// An image comes in: one kernel for the whole chain.
// CHECK-LABEL: @cast_and_scale
// CHECK: label = "cast+sub+mul"
// CHECK-NOT: kernel.fused
func.func @cast_and_scale(%x: tensor<1x4xui8>) -> tensor<1x4xf32> {
  %mean = cnn.constant dense<127.0> : tensor<f32>
  %scale = cnn.constant dense<0.0078125> : tensor<f32>
  %0 = cnn.cast %x : (tensor<1x4xui8>) -> tensor<1x4xf32>
  %1 = cnn.sub %0, %mean : (tensor<1x4xf32>, tensor<f32>) -> tensor<1x4xf32>
  %2 = cnn.mul %1, %scale : (tensor<1x4xf32>, tensor<f32>) -> tensor<1x4xf32>
  return %2 : tensor<1x4xf32>
}

// The same value returned twice, and an input returned as it is: copies.
// CHECK-LABEL: @copies
// CHECK-COUNT-2: label = "cast"
func.func @copies(%x: tensor<1x4xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>) {
  %0 = cnn.relu %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0, %0, %x : tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>
}

// Both convolutions lead to the addition: it goes with the first, which then stands behind the other.
// CHECK-LABEL: @sum_of_two_convs
// CHECK: %[[SECOND:.*]] = kernel.fused %arg0, %arg2
// CHECK-SAME: label = "conv"
// CHECK: kernel.fused %arg0, %arg1, %[[SECOND]]
// CHECK-SAME: label = "conv+add"
// CHECK-NOT: kernel.fused
func.func @sum_of_two_convs(%x: tensor<1x4x8xf32>, %f: tensor<4x4x1xf32>, %g: tensor<4x4x1xf32>)
    -> (tensor<1x4x8xf32> {cnn.channels_last}) {
  %0 = cnn.conv %x, %f {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x4x8xf32>, tensor<4x4x1xf32>) -> tensor<1x4x8xf32>
  %1 = cnn.conv %x, %g {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x4x8xf32>, tensor<4x4x1xf32>) -> tensor<1x4x8xf32>
  %2 = cnn.add %0, %1 : (tensor<1x4x8xf32>, tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  return %2 : tensor<1x4x8xf32>
}

// A depthwise convolution takes no pool.
// CHECK-LABEL: @depthwise_conv_and_pool
// CHECK: label = "conv"
// CHECK: label = "max_pool"
func.func @depthwise_conv_and_pool(%x: tensor<1x4x8xf32>, %f: tensor<4x1x1xf32>)
    -> (tensor<1x4x4xf32> {cnn.channels_last}) {
  %0 = cnn.conv %x, %f {groups = 4 : i64, strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x4x8xf32>, tensor<4x1x1xf32>) -> tensor<1x4x8xf32>
  %1 = cnn.max_pool %0 {kernel_shape = array<i64: 2>, strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x4x8xf32>) -> tensor<1x4x4xf32>
  return %1 : tensor<1x4x4xf32>
}

// The mask of dropout is one kernel, though two multiply by it.
// CHECK-LABEL: @random_mask
// CHECK: label = "random+sub+step"
func.func @random_mask(%step: tensor<i64>, %x: tensor<2x8xf32>, %g: tensor<2x8xf32>)
    -> (tensor<2x8xf32>, tensor<2x8xf32>) {
  %half = cnn.constant dense<0.5> : tensor<f32>
  %random = cnn.random %step, %x {layer = 0 : i64} : (tensor<i64>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %above = cnn.sub %random, %half : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %mask = cnn.step %above : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %y = cnn.mul %x, %mask : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %dx = cnn.mul %g, %mask : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  return %y, %dx : tensor<2x8xf32>, tensor<2x8xf32>
}

// A reduction takes along the elementwise ops before it. What reads nothing but a tensor that is
// there in any case is computed by each who needs it, and never stored.
// CHECK-LABEL: @normalized
// CHECK: label = "reduce_mean"
// CHECK: label = "sub+mul+reduce_mean"
// CHECK: label = "sub+mul"
// CHECK-NOT: kernel.fused
func.func @normalized(%x: tensor<2x8xf32>) -> (tensor<1x8xf32>, tensor<2x8xf32>) {
  %mean = cnn.reduce_mean %x {axes = array<i64: 0>, keepdims = true} : (tensor<2x8xf32>) -> tensor<1x8xf32>
  %d = cnn.sub %x, %mean : (tensor<2x8xf32>, tensor<1x8xf32>) -> tensor<2x8xf32>
  %square = cnn.mul %d, %d : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %variance = cnn.reduce_mean %square {axes = array<i64: 0>, keepdims = true} : (tensor<2x8xf32>) -> tensor<1x8xf32>
  %y = cnn.mul %d, %mean : (tensor<2x8xf32>, tensor<1x8xf32>) -> tensor<2x8xf32>
  return %variance, %y : tensor<1x8xf32>, tensor<2x8xf32>
}

// What takes longer than reading it, or makes a tensor of two others, is stored.
// CHECK-LABEL: @stored
// CHECK: label = "exp"
// CHECK: label = "add"
// CHECK: label = "mul"
// CHECK: label = "add+mul"
func.func @stored(%x: tensor<2x8xf32>, %z: tensor<2x8xf32>) -> (tensor<2x8xf32>, tensor<2x8xf32>) {
  %e = cnn.exp %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %s = cnn.add %x, %z : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %a = cnn.mul %e, %s : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %b = cnn.add %e, %s : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %c = cnn.mul %b, %z : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  return %a, %c : tensor<2x8xf32>, tensor<2x8xf32>
}

// The other operand of what follows a convolution is made in its kernel; its filter, known only at
// run time, is turned there.
// CHECK-LABEL: @gradient
// CHECK: label = "transpose+flip+conv+step+mul"
// CHECK-NOT: kernel.fused
func.func @gradient(%g: tensor<1x4x8x8xf32>, %w: tensor<4x4x3x3xf32>, %y: tensor<1x4x8x8xf32> {cnn.channels_last})
    -> (tensor<1x4x8x8xf32> {cnn.channels_last}) {
  %t = cnn.transpose %w {permutation = array<i64: 1, 0, 2, 3>} : (tensor<4x4x3x3xf32>) -> tensor<4x4x3x3xf32>
  %f = cnn.flip %t {axes = array<i64: 2, 3>} : (tensor<4x4x3x3xf32>) -> tensor<4x4x3x3xf32>
  %0 = cnn.conv %g, %f {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
      : (tensor<1x4x8x8xf32>, tensor<4x4x3x3xf32>) -> tensor<1x4x8x8xf32>
  %s = cnn.step %y : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %1 = cnn.mul %0, %s : (tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  return %1 : tensor<1x4x8x8xf32>
}
