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

// Each phase is a convolution with every second tap: 2 x 2 taps and 2 x 2 x 3 channels. The outermost
// pixels of what they make are cut off.
// CHECK-LABEL: @conv_transpose
// CHECK: %[[F:.*]] = cnn.reshape {{.*}} -> tensor<12x8x2x2xf32>
// CHECK: %[[B:.*]] = cnn.reshape {{.*}} -> tensor<12xf32>
// CHECK: %[[Y:.*]] = cnn.conv %arg0, %[[F]], %[[B]]
// CHECK-SAME: pads = array<i64: 1, 1, 1, 1>
// CHECK-SAME: tensor<1x12x6x6xf32>
// CHECK: cnn.depth_to_space %[[Y]] {blocks = array<i64: 2, 2>, crops = array<i64: 1, 1, 1, 1>}
func.func @conv_transpose(%x: tensor<1x8x5x5xf32>, %f: tensor<8x3x4x4xf32>, %b: tensor<3xf32>) -> tensor<1x3x10x10xf32> {
  %y = cnn.conv_transpose %x, %f, %b {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, output_padding = array<i64: 0, 0>}
      : (tensor<1x8x5x5xf32>, tensor<8x3x4x4xf32>, tensor<3xf32>) -> tensor<1x3x10x10xf32>
  return %y : tensor<1x3x10x10xf32>
}

// As many taps as the stride: a pointwise convolution, and nothing to pad or to cut off.
// CHECK-LABEL: @conv_transpose_2x2
// CHECK: cnn.conv
// CHECK-SAME: pads = array<i64: 0, 0, 0, 0>
// CHECK-SAME: tensor<12x8x1x1xf32>
// CHECK: cnn.depth_to_space
// CHECK-SAME: crops = array<i64: 0, 0, 0, 0>
func.func @conv_transpose_2x2(%x: tensor<1x8x5x5xf32>, %f: tensor<8x3x2x2xf32>) -> tensor<1x3x10x10xf32> {
  %y = cnn.conv_transpose %x, %f {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, output_padding = array<i64: 0, 0>}
      : (tensor<1x8x5x5xf32>, tensor<8x3x2x2xf32>) -> tensor<1x3x10x10xf32>
  return %y : tensor<1x3x10x10xf32>
}

// Of the 16 taps for a 3x3 filter 7 would be zeros: phases by themselves have 4, 2, 2 and 1.
// CHECK-LABEL: @conv_transpose_3x3
// CHECK: cnn.conv {{.*}} tensor<16x16x2x2xf32>
// CHECK: cnn.conv {{.*}} tensor<16x16x2x1xf32>
// CHECK: cnn.conv {{.*}} tensor<16x16x1x2xf32>
// CHECK: cnn.conv {{.*}} tensor<16x16x1x1xf32>
// CHECK: cnn.concat
// CHECK: cnn.depth_to_space
func.func @conv_transpose_3x3(%x: tensor<1x16x5x5xf32>, %f: tensor<16x16x3x3xf32>) -> tensor<1x16x10x10xf32> {
  %y = cnn.conv_transpose %x, %f {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, output_padding = array<i64: 1, 1>}
      : (tensor<1x16x5x5xf32>, tensor<16x16x3x3xf32>) -> tensor<1x16x10x10xf32>
  return %y : tensor<1x16x10x10xf32>
}

// Without a stride it is a convolution with the filter reversed, and nothing is put in other places.
// CHECK-LABEL: @conv_transpose_of_stride_1
// CHECK: %[[T:.*]] = cnn.transpose %arg1 {permutation = array<i64: 1, 0, 2, 3>}
// CHECK: %[[F:.*]] = cnn.flip %[[T]] {axes = array<i64: 2, 3>} {{.*}} -> tensor<3x8x3x2xf32>
// CHECK: cnn.conv %arg0, %[[F]]
// CHECK-SAME: pads = array<i64: 1, 1, 1, 0>
func.func @conv_transpose_of_stride_1(%x: tensor<1x8x5x5xf32>, %f: tensor<8x3x3x2xf32>) -> tensor<1x3x5x5xf32> {
  %y = cnn.conv_transpose %x, %f {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 0, 1, 1>, output_padding = array<i64: 0, 0>}
      : (tensor<1x8x5x5xf32>, tensor<8x3x3x2xf32>) -> tensor<1x3x5x5xf32>
  return %y : tensor<1x3x5x5xf32>
}

// What is rearranged for the groups are the means of the channels, not the map.
// CHECK-LABEL: @group_norm
// CHECK: %[[CHANNELS:.*]] = cnn.reduce_mean %arg0 {axes = array<i64: 2, 3>, keepdims = true}
// CHECK: cnn.reshape %[[CHANNELS]] {{.*}} -> tensor<?x2x4xf32
// CHECK: cnn.reduce_mean %{{.*}} {axes = array<i64: 2>, keepdims = true}
// CHECK-NOT: cnn.reshape %arg0
func.func @group_norm(%x: tensor<?x8x?x5xf32, affine_map<()[s0, s1] -> (s0, 8, s1, 5)>>, %p: tensor<8xf32>)
    -> tensor<?x8x?x5xf32, affine_map<()[s0, s1] -> (s0, 8, s1, 5)>> {
  %y = cnn.group_norm %x, %p, %p {groups = 2 : i64}
      : (tensor<?x8x?x5xf32, affine_map<()[s0, s1] -> (s0, 8, s1, 5)>>, tensor<8xf32>, tensor<8xf32>)
      -> tensor<?x8x?x5xf32, affine_map<()[s0, s1] -> (s0, 8, s1, 5)>>
  return %y : tensor<?x8x?x5xf32, affine_map<()[s0, s1] -> (s0, 8, s1, 5)>>
}

// Channels from one before to one behind.
// CHECK-LABEL: @local_response_norm
// CHECK: %[[BORDERED:.*]] = cnn.pad %{{.*}} {pads = array<i64: 0, 1, 0, 0, 1, 0>}
// CHECK-COUNT-3: cnn.slice %[[BORDERED]]
// CHECK-NOT: cnn.slice
// CHECK: cnn.pow
func.func @local_response_norm(%x: tensor<1x8x7xf32>) -> tensor<1x8x7xf32> {
  %y = cnn.local_response_norm %x {size = 3 : i64} : (tensor<1x8x7xf32>) -> tensor<1x8x7xf32>
  return %y : tensor<1x8x7xf32>
}
