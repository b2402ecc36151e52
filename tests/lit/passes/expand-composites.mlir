// RUN: cnnc-opt %s --expand-composites | FileCheck %s

// CHECK-LABEL: @true_conv
// CHECK: %[[F:.*]] = cnn.flip %arg1 {axes = array<i64: 2>}
// CHECK: cnn.conv %arg0, %[[F]]
func.func @true_conv(%x: tensor<1x1x9xf32>, %f: tensor<1x1x3xf32>) -> tensor<1x1x7xf32> {
  %y = cnn.true_conv %x, %f {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x1x9xf32>, tensor<1x1x3xf32>) -> tensor<1x1x7xf32>
  return %y : tensor<1x1x7xf32>
}

// CHECK-LABEL: @global_avg_pool
// CHECK: cnn.reduce_mean %arg0 {axes = array<i64: 2, 3>}
func.func @global_avg_pool(%x: tensor<1x8x4x4xf32>) -> tensor<1x8xf32> {
  %y = cnn.global_avg_pool %x : (tensor<1x8x4x4xf32>) -> tensor<1x8xf32>
  return %y : tensor<1x8xf32>
}

// CHECK-LABEL: @dropout_is_the_identity
// CHECK-NEXT: return %arg0
func.func @dropout_is_the_identity(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  %y = cnn.dropout %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %y : tensor<1x8xf32>
}
