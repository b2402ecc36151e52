// RUN: cnnc-opt %s --pass-pipeline='builtin.module(func.func(choose-schedules{target=x86-64-avx2}),emit-kernels{target=x86-64-avx2 cache=%t})' | FileCheck %s

// A gradient that is constant, that of a sum, is an activation as any other: it is not packed as a
// filter is, which is the second operand of other anchors.
// CHECK-LABEL: @constant_gradient
// CHECK: kernel.fused
// CHECK-SAME: algorithm = "filter_grad"
func.func @constant_gradient(%x: tensor<2x8x6x6xf32>) -> tensor<16x8x3x3xf32> {
  %dy = cnn.constant dense<1.0> : tensor<2x16x4x4xf32>
  %0 = kernel.fused %x, %dy : tensor<2x8x6x6xf32>, tensor<2x16x4x4xf32> -> tensor<16x8x3x3xf32> attributes {anchor = 0 : i64, label = "conv_filter_grad"} {
  ^bb0(%a: tensor<2x8x6x6xf32>, %g: tensor<2x16x4x4xf32>):
    %1 = cnn.conv_filter_grad %a, %g {kernel_shape = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<2x8x6x6xf32>, tensor<2x16x4x4xf32>) -> tensor<16x8x3x3xf32>
    kernel.yield %1 : tensor<16x8x3x3xf32>
  }
  return %0 : tensor<16x8x3x3xf32>
}
