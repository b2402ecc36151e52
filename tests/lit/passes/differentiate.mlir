// RUN: cnnc-opt %s --split-input-file --differentiate --canonicalize --cse | FileCheck %s

// The function returns its number, then a gradient for each argument: 2 x here, as a sum over the
// two uses of x.
// CHECK-LABEL: @square
// CHECK-SAME: -> (tensor<f32>, tensor<3xf32>)
// CHECK: %[[Y:.*]] = cnn.mul %arg0, %arg0
// CHECK: %[[SUM:.*]] = cnn.reduce_sum %[[Y]]
// CHECK: %[[HALF:.*]] = cnn.mul %{{.*}}, %arg0
// CHECK-NEXT: %[[DX:.*]] = cnn.add %[[HALF]], %[[HALF]]
// CHECK-NEXT: return %[[SUM]], %[[DX]]
func.func @square(%x: tensor<3xf32>) -> tensor<f32> {
  %y = cnn.mul %x, %x : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %sum = cnn.reduce_sum %y {axes = array<i64: 0>} : (tensor<3xf32>) -> tensor<f32>
  return %sum : tensor<f32>
}

// -----

// What does not lead to an argument is not differentiated, and an integer has no gradient.
// CHECK-LABEL: @only_what_is_wanted
// CHECK-SAME: -> (tensor<f32>, tensor<2x8xf32>)
// CHECK: cnn.linear
// CHECK-COUNT-1: cnn.matmul
// CHECK-NOT: cnn.matmul
func.func @only_what_is_wanted(%x: tensor<2x8xf32>, %label: tensor<2xi64>) -> tensor<f32> {
  %w = cnn.constant dense<0.5> : tensor<4x8xf32>
  %y = cnn.linear %x, %w : (tensor<2x8xf32>, tensor<4x8xf32>) -> tensor<2x4xf32>
  %mean = cnn.reduce_mean %y {axes = array<i64: 0, 1>} : (tensor<2x4xf32>) -> tensor<f32>
  return %mean : tensor<f32>
}

// -----

// An argument that the number does not depend on has a gradient of zeros.
// CHECK-LABEL: @no_influence
// CHECK: %[[ZERO:.*]] = cnn.constant dense<0.000000e+00> : tensor<f32>
// CHECK: %[[DX:.*]] = cnn.expand %[[ZERO]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @no_influence(%x: tensor<4xf32>) -> tensor<f32> {
  %number = cnn.constant dense<1.0> : tensor<f32>
  return %number : tensor<f32>
}

// -----

// The gradient of a convolution is a transposed one of the same filter, with what the last window
// under the stride did not reach; a composite is expanded first.
// CHECK-LABEL: @conv
// CHECK: %[[DY:.*]] = cnn.expand
// CHECK: cnn.conv_transpose %{{.*}}, %arg1 {{.*}}output_padding = array<i64: 1>{{.*}} -> tensor<1x2x8xf32>
// CHECK: cnn.conv_filter_grad %arg0, %{{.*}} {dilations = array<i64: 1>, kernel_shape = array<i64: 3>
func.func @conv(%x: tensor<1x2x8xf32>, %w: tensor<4x2x3xf32>) -> tensor<1x1xf32> {
  %y = cnn.conv %x, %w {strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 1, 1>}
      : (tensor<1x2x8xf32>, tensor<4x2x3xf32>) -> tensor<1x4x4xf32>
  %mean = cnn.global_avg_pool %y : (tensor<1x4x4xf32>) -> tensor<1x4xf32>
  %sum = cnn.reduce_sum %mean {axes = array<i64: 1>, keepdims = true} : (tensor<1x4xf32>) -> tensor<1x1xf32>
  return %sum : tensor<1x1xf32>
}
