// RUN: cnnc-opt %s --shrink-pointwise | FileCheck %s

// CHECK-LABEL: @stride
// CHECK: %[[P:.*]] = cnn.max_pool %arg0 {{.*}}kernel_shape = array<i64: 1, 1>{{.*}}strides = array<i64: 2, 2>
// CHECK: cnn.conv %[[P]], {{.*}}strides = array<i64: 1, 1>
func.func @stride(%x: tensor<1x8x7x6xf32>, %f: tensor<4x8x1x1xf32>) -> tensor<1x4x4x3xf32> {
  %0 = cnn.conv %x, %f {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x8x7x6xf32>, tensor<4x8x1x1xf32>) -> tensor<1x4x4x3xf32>
  return %0 : tensor<1x4x4x3xf32>
}

// CHECK-LABEL: @average
// CHECK: %[[P:.*]] = cnn.avg_pool %arg0 {{.*}} -> tensor<1x8x3x3xf32>
// CHECK: %[[Y:.*]] = cnn.conv %[[P]], {{.*}} -> tensor<1x4x3x3xf32>
// CHECK: return %[[Y]]
func.func @average(%x: tensor<1x8x7x6xf32>, %f: tensor<4x8x1x1xf32>) -> tensor<1x4x3x3xf32> {
  %0 = cnn.conv %x, %f {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x8x7x6xf32>, tensor<4x8x1x1xf32>) -> tensor<1x4x7x6xf32>
  %1 = cnn.avg_pool %0 {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x4x7x6xf32>) -> tensor<1x4x3x3xf32>
  return %1 : tensor<1x4x3x3xf32>
}

// Behind a relu an average is another one.
// CHECK-LABEL: @relu_between
// CHECK: cnn.conv %arg0
func.func @relu_between(%x: tensor<1x8x6x6xf32>, %f: tensor<4x8x1x1xf32>) -> tensor<1x4x3x3xf32> {
  %0 = cnn.conv %x, %f {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x8x6x6xf32>, tensor<4x8x1x1xf32>) -> tensor<1x4x6x6xf32>
  %1 = cnn.relu %0 : (tensor<1x4x6x6xf32>) -> tensor<1x4x6x6xf32>
  %2 = cnn.avg_pool %1 {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x4x6x6xf32>) -> tensor<1x4x3x3xf32>
  return %2 : tensor<1x4x3x3xf32>
}

// A window that leaves the result averages without the bias that the padding would have had.
// CHECK-LABEL: @padded_average
// CHECK: cnn.conv %arg0
func.func @padded_average(%x: tensor<1x8x6x6xf32>, %f: tensor<4x8x1x1xf32>, %b: tensor<4xf32>) -> tensor<1x4x4x4xf32> {
  %0 = cnn.conv %x, %f, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x8x6x6xf32>, tensor<4x8x1x1xf32>, tensor<4xf32>) -> tensor<1x4x6x6xf32>
  %1 = cnn.avg_pool %0 {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, count_include_pad = true}
      : (tensor<1x4x6x6xf32>) -> tensor<1x4x4x4xf32>
  return %1 : tensor<1x4x4x4xf32>
}

// Three taps with a stride are not a pixel.
// CHECK-LABEL: @wider
// CHECK: cnn.conv %arg0
func.func @wider(%x: tensor<1x8x7xf32>, %f: tensor<4x8x3xf32>) -> tensor<1x4x3xf32> {
  %0 = cnn.conv %x, %f {strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x8x7xf32>, tensor<4x8x3xf32>) -> tensor<1x4x3xf32>
  return %0 : tensor<1x4x3xf32>
}
