// RUN: cnnc-opt %s --pass-pipeline='builtin.module(func.func(form-kernels,fuse-depthwise{target=x86-64-avx2}))' | FileCheck %s

// The map between the two would be larger than the cache, so it exists for a block of rows only. What is
// before and behind either comes along.
// CHECK-LABEL: @large_map
// CHECK: kernel.fused %arg0, %{{.*}}, %arg1, %arg2
// CHECK-SAME: anchor = 2
// CHECK-SAME: label = "conv+clip+conv+add"
// CHECK-NOT: kernel.fused
func.func @large_map(%x: tensor<1x144x56x56xf32> {cnn.channels_last}, %g: tensor<24x144x1x1xf32>, %skip: tensor<1x24x56x56xf32> {cnn.channels_last})
    -> (tensor<1x24x56x56xf32> {cnn.channels_last}) {
  %f = cnn.constant dense<0.5> : tensor<144x1x3x3xf32>
  %0 = cnn.conv %x, %f {groups = 144 : i64, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
      : (tensor<1x144x56x56xf32>, tensor<144x1x3x3xf32>) -> tensor<1x144x56x56xf32>
  %1 = cnn.clip %0 {min = 0.0, max = 6.0} : (tensor<1x144x56x56xf32>) -> tensor<1x144x56x56xf32>
  %2 = cnn.conv %1, %g {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x144x56x56xf32>, tensor<24x144x1x1xf32>) -> tensor<1x24x56x56xf32>
  %3 = cnn.add %2, %skip : (tensor<1x24x56x56xf32>, tensor<1x24x56x56xf32>) -> tensor<1x24x56x56xf32>
  return %3 : tensor<1x24x56x56xf32>
}

// The residual is the depthwise convolution's own input: read twice, given once.
// CHECK-LABEL: @residual
// CHECK: kernel.fused %arg0, %{{[^,]*}}, %arg1 :
// CHECK-SAME: label = "conv+conv+add"
// CHECK-NOT: kernel.fused
func.func @residual(%x: tensor<1x144x56x56xf32> {cnn.channels_last}, %g: tensor<144x144x1x1xf32>)
    -> (tensor<1x144x56x56xf32> {cnn.channels_last}) {
  %f = cnn.constant dense<0.5> : tensor<144x1x3x3xf32>
  %0 = cnn.conv %x, %f {groups = 144 : i64, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
      : (tensor<1x144x56x56xf32>, tensor<144x1x3x3xf32>) -> tensor<1x144x56x56xf32>
  %1 = cnn.conv %0, %g {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x144x56x56xf32>, tensor<144x144x1x1xf32>) -> tensor<1x144x56x56xf32>
  %2 = cnn.add %1, %x : (tensor<1x144x56x56xf32>, tensor<1x144x56x56xf32>) -> tensor<1x144x56x56xf32>
  return %2 : tensor<1x144x56x56xf32>
}

// A small map stays in the cache anyway, and rows of 7 pixels fill no register tiles.
// CHECK-LABEL: @small_map
// CHECK: label = "conv"
// CHECK: label = "conv"
func.func @small_map(%x: tensor<1x960x7x7xf32> {cnn.channels_last}, %g: tensor<160x960x1x1xf32>)
    -> (tensor<1x160x7x7xf32> {cnn.channels_last}) {
  %f = cnn.constant dense<0.5> : tensor<960x1x3x3xf32>
  %0 = cnn.conv %x, %f {groups = 960 : i64, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
      : (tensor<1x960x7x7xf32>, tensor<960x1x3x3xf32>) -> tensor<1x960x7x7xf32>
  %1 = cnn.conv %0, %g {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x960x7x7xf32>, tensor<160x960x1x1xf32>) -> tensor<1x160x7x7xf32>
  return %1 : tensor<1x160x7x7xf32>
}

// Two read the map: it must exist.
// CHECK-LABEL: @two_readers
// CHECK: label = "conv"
// CHECK: label = "conv"
// CHECK: label = "neg"
func.func @two_readers(%x: tensor<1x144x56x56xf32> {cnn.channels_last}, %g: tensor<24x144x1x1xf32>)
    -> (tensor<1x24x56x56xf32> {cnn.channels_last}, tensor<1x144x56x56xf32> {cnn.channels_last}) {
  %f = cnn.constant dense<0.5> : tensor<144x1x3x3xf32>
  %0 = cnn.conv %x, %f {groups = 144 : i64, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
      : (tensor<1x144x56x56xf32>, tensor<144x1x3x3xf32>) -> tensor<1x144x56x56xf32>
  %1 = cnn.conv %0, %g {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x144x56x56xf32>, tensor<24x144x1x1xf32>) -> tensor<1x24x56x56xf32>
  %2 = cnn.neg %0 : (tensor<1x144x56x56xf32>) -> tensor<1x144x56x56xf32>
  return %1, %2 : tensor<1x24x56x56xf32>, tensor<1x144x56x56xf32>
}

// A convolution with a larger window needs rows of other blocks.
// CHECK-LABEL: @larger_window
// CHECK: label = "conv"
// CHECK: label = "conv"
func.func @larger_window(%x: tensor<1x144x56x56xf32> {cnn.channels_last}, %g: tensor<24x144x3x3xf32>)
    -> (tensor<1x24x56x56xf32> {cnn.channels_last}) {
  %f = cnn.constant dense<0.5> : tensor<144x1x3x3xf32>
  %0 = cnn.conv %x, %f {groups = 144 : i64, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
      : (tensor<1x144x56x56xf32>, tensor<144x1x3x3xf32>) -> tensor<1x144x56x56xf32>
  %1 = cnn.conv %0, %g {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
      : (tensor<1x144x56x56xf32>, tensor<24x144x3x3xf32>) -> tensor<1x24x56x56xf32>
  return %1 : tensor<1x24x56x56xf32>
}

// The pool wants rows of the 1x1 convolution beyond its block.
// CHECK-LABEL: @pool
// CHECK: label = "conv"
// CHECK: label = "conv+max_pool"
func.func @pool(%x: tensor<1x144x56x56xf32> {cnn.channels_last}, %g: tensor<24x144x1x1xf32>)
    -> (tensor<1x24x28x28xf32> {cnn.channels_last}) {
  %f = cnn.constant dense<0.5> : tensor<144x1x3x3xf32>
  %0 = cnn.conv %x, %f {groups = 144 : i64, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
      : (tensor<1x144x56x56xf32>, tensor<144x1x3x3xf32>) -> tensor<1x144x56x56xf32>
  %1 = cnn.conv %0, %g {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x144x56x56xf32>, tensor<24x144x1x1xf32>) -> tensor<1x24x56x56xf32>
  %2 = cnn.max_pool %1 {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x24x56x56xf32>) -> tensor<1x24x28x28xf32>
  return %2 : tensor<1x24x28x28xf32>
}

// Channels that lie apart make no vectors, and a filter that is no constant is not packed.
// CHECK-LABEL: @channels_first_and_no_constant
// CHECK: label = "conv"
// CHECK: label = "conv"
// CHECK: label = "conv"
// CHECK: label = "conv"
func.func @channels_first_and_no_constant(%x: tensor<1x144x56x56xf32>, %y: tensor<1x144x56x56xf32> {cnn.channels_last}, %h: tensor<144x1x3x3xf32>, %g: tensor<24x144x1x1xf32>)
    -> (tensor<1x24x56x56xf32> {cnn.channels_last}, tensor<1x24x56x56xf32> {cnn.channels_last}) {
  %f = cnn.constant dense<0.5> : tensor<144x1x3x3xf32>
  %0 = cnn.conv %x, %f {groups = 144 : i64, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
      : (tensor<1x144x56x56xf32>, tensor<144x1x3x3xf32>) -> tensor<1x144x56x56xf32>
  %1 = cnn.conv %0, %g {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x144x56x56xf32>, tensor<24x144x1x1xf32>) -> tensor<1x24x56x56xf32>
  %2 = cnn.conv %y, %h {groups = 144 : i64, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
      : (tensor<1x144x56x56xf32>, tensor<144x1x3x3xf32>) -> tensor<1x144x56x56xf32>
  %3 = cnn.conv %2, %g {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x144x56x56xf32>, tensor<24x144x1x1xf32>) -> tensor<1x24x56x56xf32>
  return %1, %3 : tensor<1x24x56x56xf32>, tensor<1x24x56x56xf32>
}

// An expansion writes more than memory takes meanwhile, so it is computed for the rows of a window. Either filter
// is a constant, packed for its place in the kernel.
// CHECK-LABEL: @expansion
// CHECK: kernel.fused %arg0,
// CHECK-SAME: anchor = 2
// CHECK-SAME: label = "conv+clip+conv+clip"
// CHECK-NOT: kernel.fused
func.func @expansion(%x: tensor<1x16x112x112xf32> {cnn.channels_last}) -> (tensor<1x96x56x56xf32> {cnn.channels_last}) {
  %e = cnn.constant dense<0.5> : tensor<96x16x1x1xf32>
  %f = cnn.constant dense<0.5> : tensor<96x1x3x3xf32>
  %0 = cnn.conv %x, %e {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x16x112x112xf32>, tensor<96x16x1x1xf32>) -> tensor<1x96x112x112xf32>
  %1 = cnn.clip %0 {min = 0.0, max = 6.0} : (tensor<1x96x112x112xf32>) -> tensor<1x96x112x112xf32>
  %2 = cnn.conv %1, %f {groups = 96 : i64, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
      : (tensor<1x96x112x112xf32>, tensor<96x1x3x3xf32>) -> tensor<1x96x56x56xf32>
  %3 = cnn.clip %2 {min = 0.0, max = 6.0} : (tensor<1x96x56x56xf32>) -> tensor<1x96x56x56xf32>
  return %3 : tensor<1x96x56x56xf32>
}

// Between two 1x1 convolutions the larger map is the one to do without.
// CHECK-LABEL: @before_or_behind
// CHECK: label = "conv+conv"
// CHECK: label = "conv"
func.func @before_or_behind(%x: tensor<1x16x112x112xf32> {cnn.channels_last}) -> (tensor<1x24x56x56xf32> {cnn.channels_last}) {
  %e = cnn.constant dense<0.5> : tensor<96x16x1x1xf32>
  %f = cnn.constant dense<0.5> : tensor<96x1x3x3xf32>
  %g = cnn.constant dense<0.5> : tensor<24x96x1x1xf32>
  %0 = cnn.conv %x, %e {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x16x112x112xf32>, tensor<96x16x1x1xf32>) -> tensor<1x96x112x112xf32>
  %1 = cnn.conv %0, %f {groups = 96 : i64, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
      : (tensor<1x96x112x112xf32>, tensor<96x1x3x3xf32>) -> tensor<1x96x56x56xf32>
  %2 = cnn.conv %1, %g {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x96x56x56xf32>, tensor<24x96x1x1xf32>) -> tensor<1x24x56x56xf32>
  return %2 : tensor<1x24x56x56xf32>
}

// CHECK-LABEL: @behind_or_before
// CHECK: label = "conv"
// CHECK: label = "conv+conv"
func.func @behind_or_before(%x: tensor<1x24x56x56xf32> {cnn.channels_last}) -> (tensor<1x24x56x56xf32> {cnn.channels_last}) {
  %e = cnn.constant dense<0.5> : tensor<144x24x1x1xf32>
  %f = cnn.constant dense<0.5> : tensor<144x1x3x3xf32>
  %g = cnn.constant dense<0.5> : tensor<24x144x1x1xf32>
  %0 = cnn.conv %x, %e {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x24x56x56xf32>, tensor<144x24x1x1xf32>) -> tensor<1x144x56x56xf32>
  %1 = cnn.conv %0, %f {groups = 144 : i64, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
      : (tensor<1x144x56x56xf32>, tensor<144x1x3x3xf32>) -> tensor<1x144x56x56xf32>
  %2 = cnn.conv %1, %g {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x144x56x56xf32>, tensor<24x144x1x1xf32>) -> tensor<1x24x56x56xf32>
  return %2 : tensor<1x24x56x56xf32>
}

// The small map stays in the cache; with silu at stride 1 memory keeps up with what is computed.
// CHECK-LABEL: @small_or_busy
// CHECK: label = "conv"
// CHECK: label = "conv"
// CHECK: label = "conv+silu"
// CHECK: label = "conv"
func.func @small_or_busy(%x: tensor<1x64x14x14xf32> {cnn.channels_last}, %y: tensor<1x24x56x56xf32> {cnn.channels_last})
    -> (tensor<1x384x14x14xf32> {cnn.channels_last}, tensor<1x144x56x56xf32> {cnn.channels_last}) {
  %e = cnn.constant dense<0.5> : tensor<384x64x1x1xf32>
  %f = cnn.constant dense<0.5> : tensor<384x1x3x3xf32>
  %0 = cnn.conv %x, %e {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x64x14x14xf32>, tensor<384x64x1x1xf32>) -> tensor<1x384x14x14xf32>
  %1 = cnn.conv %0, %f {groups = 384 : i64, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
      : (tensor<1x384x14x14xf32>, tensor<384x1x3x3xf32>) -> tensor<1x384x14x14xf32>
  %g = cnn.constant dense<0.5> : tensor<144x24x1x1xf32>
  %h = cnn.constant dense<0.5> : tensor<144x1x3x3xf32>
  %2 = cnn.conv %y, %g {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x24x56x56xf32>, tensor<144x24x1x1xf32>) -> tensor<1x144x56x56xf32>
  %3 = cnn.silu %2 : (tensor<1x144x56x56xf32>) -> tensor<1x144x56x56xf32>
  %4 = cnn.conv %3, %h {groups = 144 : i64, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
      : (tensor<1x144x56x56xf32>, tensor<144x1x3x3xf32>) -> tensor<1x144x56x56xf32>
  return %1, %4 : tensor<1x384x14x14xf32>, tensor<1x144x56x56xf32>
}

// Two read the map; a filter that is no constant is not packed.
// CHECK-LABEL: @expansion_two_readers_and_no_constant
// CHECK: label = "conv"
// CHECK: label = "conv"
// CHECK: label = "neg"
// CHECK: label = "conv"
// CHECK: label = "conv"
func.func @expansion_two_readers_and_no_constant(%x: tensor<1x16x112x112xf32> {cnn.channels_last}, %h: tensor<96x16x1x1xf32>)
    -> (tensor<1x96x56x56xf32> {cnn.channels_last}, tensor<1x96x112x112xf32> {cnn.channels_last}, tensor<1x96x56x56xf32> {cnn.channels_last}) {
  %e = cnn.constant dense<0.5> : tensor<96x16x1x1xf32>
  %f = cnn.constant dense<0.5> : tensor<96x1x3x3xf32>
  %0 = cnn.conv %x, %e {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x16x112x112xf32>, tensor<96x16x1x1xf32>) -> tensor<1x96x112x112xf32>
  %1 = cnn.conv %0, %f {groups = 96 : i64, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
      : (tensor<1x96x112x112xf32>, tensor<96x1x3x3xf32>) -> tensor<1x96x56x56xf32>
  %2 = cnn.neg %0 : (tensor<1x96x112x112xf32>) -> tensor<1x96x112x112xf32>
  %3 = cnn.conv %x, %h {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x16x112x112xf32>, tensor<96x16x1x1xf32>) -> tensor<1x96x112x112xf32>
  %4 = cnn.conv %3, %f {groups = 96 : i64, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
      : (tensor<1x96x112x112xf32>, tensor<96x1x3x3xf32>) -> tensor<1x96x56x56xf32>
  return %1, %2, %4 : tensor<1x96x56x56xf32>, tensor<1x96x112x112xf32>, tensor<1x96x56x56xf32>
}
