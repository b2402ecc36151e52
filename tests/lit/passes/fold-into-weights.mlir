// The whole of simplify on a batch norm: its numbers end up in the filter and the bias.
// RUN: cnnc-opt %s --expand-composites --fold-constants --fold-into-weights --fold-constants --canonicalize --cse | FileCheck %s

// scale 2, mean 1, variance 3.99999, bias 5: x becomes (x - 1) * 2 / 2 + 5 = x + 4.
// CHECK-LABEL: @batch_norm_behind_a_conv
// CHECK-DAG: %[[F:.*]] = cnn.constant {{.*}}dense<3.000000e+00> : tensor<1x1x1xf32>
// CHECK-DAG: %[[B:.*]] = cnn.constant {{.*}}dense<4.000000e+00> : tensor<1xf32>
// CHECK: %[[Y:.*]] = cnn.conv %arg0, %[[F]], %[[B]]
// CHECK-NEXT: return %[[Y]]
func.func @batch_norm_behind_a_conv(%x: tensor<1x1x4xf32>) -> tensor<1x1x4xf32> {
  %f = cnn.constant dense<3.0> : tensor<1x1x1xf32>
  %scale = cnn.constant dense<2.0> : tensor<1xf32>
  %bias = cnn.constant dense<5.0> : tensor<1xf32>
  %mean = cnn.constant dense<1.0> : tensor<1xf32>
  %variance = cnn.constant dense<4.0> : tensor<1xf32>
  %0 = cnn.conv %x, %f {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x1x4xf32>, tensor<1x1x1xf32>) -> tensor<1x1x4xf32>
  %1 = cnn.batch_norm %0, %scale, %bias, %mean, %variance {epsilon = 0.0}
      : (tensor<1x1x4xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x4xf32>
  return %1 : tensor<1x1x4xf32>
}

// The conv's own result is used too, so its weights must stay.
// CHECK-LABEL: @other_use
// CHECK: %[[C:.*]] = cnn.conv
// CHECK: cnn.mul %[[C]]
func.func @other_use(%x: tensor<1x1x4xf32>) -> (tensor<1x1x4xf32>, tensor<1x1x4xf32>) {
  %f = cnn.constant dense<3.0> : tensor<1x1x1xf32>
  %two = cnn.constant dense<2.0> : tensor<f32>
  %0 = cnn.conv %x, %f {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x1x4xf32>, tensor<1x1x1xf32>) -> tensor<1x1x4xf32>
  %1 = cnn.mul %0, %two : (tensor<1x1x4xf32>, tensor<f32>) -> tensor<1x1x4xf32>
  return %0, %1 : tensor<1x1x4xf32>, tensor<1x1x4xf32>
}

// A factor per place is not one per channel.
// CHECK-LABEL: @factor_along_space
// CHECK: %[[C:.*]] = cnn.conv
// CHECK: cnn.mul %[[C]]
func.func @factor_along_space(%x: tensor<1x1x4xf32>) -> tensor<1x1x4xf32> {
  %f = cnn.constant dense<3.0> : tensor<1x1x1xf32>
  %s = cnn.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %0 = cnn.conv %x, %f {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x1x4xf32>, tensor<1x1x1xf32>) -> tensor<1x1x4xf32>
  %1 = cnn.mul %0, %s : (tensor<1x1x4xf32>, tensor<4xf32>) -> tensor<1x1x4xf32>
  return %1 : tensor<1x1x4xf32>
}

// One number for all channels spreads over the bias.
// CHECK-LABEL: @scalar_summand
// CHECK-DAG: %[[B:.*]] = cnn.constant {{.*}}dense<7.000000e+00> : tensor<2xf32>
// CHECK: cnn.linear %arg0, %{{.*}}, %[[B]]
func.func @scalar_summand(%x: tensor<1x1xf32>) -> tensor<1x2xf32> {
  %w = cnn.constant dense<3.0> : tensor<2x1xf32>
  %t = cnn.constant dense<7.0> : tensor<f32>
  %0 = cnn.linear %x, %w : (tensor<1x1xf32>, tensor<2x1xf32>) -> tensor<1x2xf32>
  %1 = cnn.add %0, %t : (tensor<1x2xf32>, tensor<f32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}
