// RUN: cnnc-opt %s --differentiate --expand-composites --canonicalize --cse | FileCheck %s

// The gradient of normalize is made of its result and of the deviation that its expansion computes:
// mean and variance once, then the means of the gradient and of its product with the result.
// CHECK-LABEL: @normalize
// CHECK: %[[MEAN:.*]] = cnn.reduce_mean %arg0
// CHECK: %[[D:.*]] = cnn.sub %arg0, %[[MEAN]]
// CHECK: %[[SQUARES:.*]] = cnn.mul %[[D]], %[[D]]
// CHECK: cnn.reduce_mean %[[SQUARES]]
// CHECK: cnn.sqrt
// CHECK: %[[H:.*]] = cnn.div
// CHECK: %[[Y:.*]] = cnn.mul %[[D]], %[[H]]
// CHECK-NOT: cnn.sqrt
// CHECK-COUNT-2: cnn.reduce_mean
// CHECK-NOT: cnn.reduce_mean
func.func @normalize(%x: tensor<2x3x4xf32>, %w: tensor<2x3x4xf32>) -> tensor<f32> {
  %y = cnn.normalize %x {axes = array<i64: 0, 2>} : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %z = cnn.mul %y, %w : (tensor<2x3x4xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %sum = cnn.reduce_sum %z {axes = array<i64: 0, 1, 2>} : (tensor<2x3x4xf32>) -> tensor<f32>
  return %sum : tensor<f32>
}
