// RUN: cnnc-opt %s --pass-pipeline='builtin.module(func.func(choose-schedules{target=x86-64-avx2}))' | FileCheck %s
// RUN: cnnc-opt %s --pass-pipeline='builtin.module(func.func(choose-schedules{target=x86-64-avx2 accuracy=1e-6}))' | FileCheck %s --check-prefix=FINE
// RUN: cnnc-opt %s --pass-pipeline='builtin.module(func.func(choose-schedules{target=x86-64-avx2 accuracy=0}))' | FileCheck %s --check-prefix=EXACT

// Winograd's algorithms multiply less and round more: the larger the tile, the more of both.
// CHECK-LABEL: @map56
// CHECK: algorithm = "winograd"
// CHECK-SAME: output_columns = {{[46]}}
// FINE-LABEL: @map56
// FINE: algorithm = "winograd"
// FINE-SAME: output_columns = 2
// EXACT-LABEL: @map56
// EXACT: algorithm = "direct"
func.func @map56(%x: tensor<1x64x56x56xf32>) -> tensor<1x64x56x56xf32> {
  %w = cnn.constant dense<1.0> : tensor<64x64x3x3xf32>
  %0 = kernel.fused %x, %w : tensor<1x64x56x56xf32>, tensor<64x64x3x3xf32> -> tensor<1x64x56x56xf32> attributes {anchor = 0 : i64, label = "conv"} {
  ^bb0(%a: tensor<1x64x56x56xf32>, %f: tensor<64x64x3x3xf32>):
    %1 = cnn.conv %a, %f {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>} : (tensor<1x64x56x56xf32>, tensor<64x64x3x3xf32>) -> tensor<1x64x56x56xf32>
    kernel.yield %1 : tensor<1x64x56x56xf32>
  }
  return %0 : tensor<1x64x56x56xf32>
}

// On a small map reading the filter counts: transformed for larger tiles, four or seven times as large,
// it takes longer to read than it saves.
// CHECK-LABEL: @map7
// CHECK: algorithm = "winograd"
// CHECK-SAME: output_columns = 2
func.func @map7(%x: tensor<1x512x7x7xf32>) -> tensor<1x512x7x7xf32> {
  %w = cnn.constant dense<1.0> : tensor<512x512x3x3xf32>
  %0 = kernel.fused %x, %w : tensor<1x512x7x7xf32>, tensor<512x512x3x3xf32> -> tensor<1x512x7x7xf32> attributes {anchor = 0 : i64, label = "conv"} {
  ^bb0(%a: tensor<1x512x7x7xf32>, %f: tensor<512x512x3x3xf32>):
    %1 = cnn.conv %a, %f {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>} : (tensor<1x512x7x7xf32>, tensor<512x512x3x3xf32>) -> tensor<1x512x7x7xf32>
    kernel.yield %1 : tensor<1x512x7x7xf32>
  }
  return %0 : tensor<1x512x7x7xf32>
}

// Ten output channels leave six of sixteen lanes empty: vectors lie along the rows instead.
// EXACT-LABEL: @fewChannels
// EXACT: algorithm = "row"
func.func @fewChannels(%x: tensor<1x16x64x64xf32>) -> tensor<1x10x64x64xf32> {
  %w = cnn.constant dense<1.0> : tensor<10x16x3x3xf32>
  %0 = kernel.fused %x, %w : tensor<1x16x64x64xf32>, tensor<10x16x3x3xf32> -> tensor<1x10x64x64xf32> attributes {anchor = 0 : i64, label = "conv"} {
  ^bb0(%a: tensor<1x16x64x64xf32>, %f: tensor<10x16x3x3xf32>):
    %1 = cnn.conv %a, %f {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>} : (tensor<1x16x64x64xf32>, tensor<10x16x3x3xf32>) -> tensor<1x10x64x64xf32>
    kernel.yield %1 : tensor<1x10x64x64xf32>
  }
  return %0 : tensor<1x10x64x64xf32>
}
