// RUN: cnnc-opt %s --form-kernels --form-views --compute-in-place | FileCheck %s

// The pool's result is read by nobody else: the kernel behind it overwrites it.
// CHECK-LABEL: @chain
// CHECK: %[[POOLED:.*]] = kernel.fused %arg0
// CHECK: kernel.fused %[[POOLED]]
// CHECK-SAME: in_place = 0 : i64, label = "relu"
func.func @chain(%x: tensor<1x4x8xf32>) -> tensor<1x4x8xf32> {
  %0 = cnn.max_pool %x {kernel_shape = array<i64: 3>, strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 1, 1>}
      : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %1 = cnn.relu %0 : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  return %1 : tensor<1x4x8xf32>
}

// The network's input is the caller's, the first factor is smaller: the second is overwritten.
// CHECK-LABEL: @gate
// CHECK: label = "max_pool"
// CHECK: label = "reduce_mean"
// CHECK: in_place = 1
// CHECK-SAME: label = "mul"
func.func @gate(%x: tensor<1x4x8xf32>) -> tensor<1x4x8xf32> {
  %0 = cnn.max_pool %x {kernel_shape = array<i64: 3>, strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 1, 1>}
      : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %1 = cnn.reduce_mean %0 {axes = array<i64: 2>, keepdims = true} : (tensor<1x4x8xf32>) -> tensor<1x4x1xf32>
  %2 = cnn.mul %1, %0 : (tensor<1x4x1xf32>, tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  return %2 : tensor<1x4x8xf32>
}

// The result is read once more: as a whole, or a part of it by the kernel itself.
// CHECK-LABEL: @still_read
// CHECK-NOT: in_place
func.func @still_read(%x: tensor<1x4x8xf32>) -> (tensor<1x4x8xf32>, tensor<1x4x8xf32>) {
  %0 = cnn.max_pool %x {kernel_shape = array<i64: 3>, strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 1, 1>}
      : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %1 = cnn.relu %0 : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %2 = cnn.max_pool %0 {kernel_shape = array<i64: 3>, strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 1, 1>}
      : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %3 = cnn.slice %2 {starts = array<i64: 0, 1, 0>, ends = array<i64: 1, 2, 8>, steps = array<i64: 1, 1, 1>}
      : (tensor<1x4x8xf32>) -> tensor<1x1x8xf32>
  %4 = cnn.sub %2, %3 : (tensor<1x4x8xf32>, tensor<1x1x8xf32>) -> tensor<1x4x8xf32>
  return %1, %4 : tensor<1x4x8xf32>, tensor<1x4x8xf32>
}

// A part of a concatenation lies there, and its result elsewhere; a result that is such a part, too.
// CHECK-LABEL: @parts
// CHECK-NOT: in_place
func.func @parts(%x: tensor<1x4x8xf32>) -> (tensor<1x8x8xf32> {cnn.channels_last}) {
  %0 = cnn.max_pool %x {kernel_shape = array<i64: 3>, strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 1, 1>}
      : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %1 = cnn.relu %0 : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %2 = cnn.concat %0, %1 {axis = 1 : i64} : (tensor<1x4x8xf32>, tensor<1x4x8xf32>) -> tensor<1x8x8xf32>
  return %2 : tensor<1x8x8xf32>
}
