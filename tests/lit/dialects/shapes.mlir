// Shapes that follow from operands and attributes, known and symbolic.
// RUN: cnnc-opt %s | FileCheck %s

// CHECK-LABEL: @strided_conv_of_symbolic_size
// With padding 1, H elements and a stride of 2 give (H + 1) / 2, and so again behind it.
func.func @strided_conv_of_symbolic_size(
    %x: tensor<?x3x?x8xf32, affine_map<()[s0, s1] -> (s0, 3, s1, 8)>>, %f: tensor<4x3x3x3xf32>)
    -> tensor<?x4x?x4xf32, affine_map<()[s0, s1] -> (s0, 4, (s1 + 1) floordiv 2, 4)>> {
  %y = cnn.conv %x, %f {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
      : (tensor<?x3x?x8xf32, affine_map<()[s0, s1] -> (s0, 3, s1, 8)>>, tensor<4x3x3x3xf32>)
      -> tensor<?x4x?x4xf32, affine_map<()[s0, s1] -> (s0, 4, (s1 + 1) floordiv 2, 4)>>
  return %y : tensor<?x4x?x4xf32, affine_map<()[s0, s1] -> (s0, 4, (s1 + 1) floordiv 2, 4)>>
}

// CHECK-LABEL: @same_padding_rounds_up
func.func @same_padding_rounds_up(%x: tensor<1x1x7xf32>, %f: tensor<1x1x3xf32>) -> tensor<1x1x4xf32> {
  %y = cnn.conv %x, %f {strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, auto_pad = "same"}
      : (tensor<1x1x7xf32>, tensor<1x1x3xf32>) -> tensor<1x1x4xf32>
  return %y : tensor<1x1x4xf32>
}

// CHECK-LABEL: @last_window_in_the_padding_does_not_count
// 5 elements, window 2, stride 3: with ceil_mode the window at 3 counts, one at 6 would not.
func.func @last_window_in_the_padding_does_not_count(%x: tensor<1x1x5xf32>) -> tensor<1x1x2xf32> {
  %y = cnn.max_pool %x {kernel_shape = array<i64: 2>, strides = array<i64: 3>, dilations = array<i64: 1>, pads = array<i64: 0, 1>, ceil_mode = true}
      : (tensor<1x1x5xf32>) -> tensor<1x1x2xf32>
  return %y : tensor<1x1x2xf32>
}

// CHECK-LABEL: @broadcast_aligns_at_the_last_dim
func.func @broadcast_aligns_at_the_last_dim(%a: tensor<2x1x4xf32>, %b: tensor<3x1xf32>) -> tensor<2x3x4xf32> {
  %y = cnn.add %a, %b : (tensor<2x1x4xf32>, tensor<3x1xf32>) -> tensor<2x3x4xf32>
  return %y : tensor<2x3x4xf32>
}

// CHECK-LABEL: @concat_adds_sizes
func.func @concat_adds_sizes(%a: tensor<1x2xf32>, %b: tensor<1x3xf32>) -> tensor<1x5xf32> {
  %y = cnn.concat %a, %b {axis = 1 : i64} : (tensor<1x2xf32>, tensor<1x3xf32>) -> tensor<1x5xf32>
  return %y : tensor<1x5xf32>
}

// CHECK-LABEL: @resize_rounds_down
func.func @resize_rounds_down(%x: tensor<1x2x7x?xf32, affine_map<()[s0] -> (1, 2, 7, s0)>>)
    -> tensor<1x2x10x?xf32, affine_map<()[s0] -> (1, 2, 10, s0 * 2)>> {
  %y = cnn.resize %x {scales = array<i64: 3, 2>, divisors = array<i64: 2, 1>}
      : (tensor<1x2x7x?xf32, affine_map<()[s0] -> (1, 2, 7, s0)>>)
      -> tensor<1x2x10x?xf32, affine_map<()[s0] -> (1, 2, 10, s0 * 2)>>
  return %y : tensor<1x2x10x?xf32, affine_map<()[s0] -> (1, 2, 10, s0 * 2)>>
}

// CHECK-LABEL: @resize_like_takes_the_spatial_sizes
func.func @resize_like_takes_the_spatial_sizes(%x: tensor<2x3x4xf32>, %like: tensor<1x5x9xf32>) -> tensor<2x3x9xf32> {
  %y = cnn.resize_like %x, %like {mode = "linear"} : (tensor<2x3x4xf32>, tensor<1x5x9xf32>) -> tensor<2x3x9xf32>
  return %y : tensor<2x3x9xf32>
}

// CHECK-LABEL: @halved_and_doubled
// 2 (H / 2) is H wherever H is even: what else it may be is checked at run time.
func.func @halved_and_doubled(%a: tensor<1x?xf32, affine_map<()[s0] -> (1, s0)>>,
                              %b: tensor<1x?xf32, affine_map<()[s0] -> (1, (s0 floordiv 2) * 2)>>)
    -> tensor<2x?xf32, affine_map<()[s0] -> (2, s0)>> {
  %0 = cnn.add %a, %b : (tensor<1x?xf32, affine_map<()[s0] -> (1, s0)>>, tensor<1x?xf32, affine_map<()[s0] -> (1, (s0 floordiv 2) * 2)>>)
      -> tensor<1x?xf32, affine_map<()[s0] -> (1, s0)>>
  %y = cnn.concat %0, %b {axis = 0 : i64} : (tensor<1x?xf32, affine_map<()[s0] -> (1, s0)>>, tensor<1x?xf32, affine_map<()[s0] -> (1, (s0 floordiv 2) * 2)>>)
      -> tensor<2x?xf32, affine_map<()[s0] -> (2, s0)>>
  return %y : tensor<2x?xf32, affine_map<()[s0] -> (2, s0)>>
}

// CHECK-LABEL: @conv_transpose_doubles
// 2 (H - 1) + 4 - 2 = 2 H
func.func @conv_transpose_doubles(%x: tensor<1x8x5x?xf32, affine_map<()[s0] -> (1, 8, 5, s0)>>, %f: tensor<8x3x4x4xf32>)
    -> tensor<1x3x10x?xf32, affine_map<()[s0] -> (1, 3, 10, s0 * 2)>> {
  %y = cnn.conv_transpose %x, %f {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, output_padding = array<i64: 0, 0>}
      : (tensor<1x8x5x?xf32, affine_map<()[s0] -> (1, 8, 5, s0)>>, tensor<8x3x4x4xf32>)
      -> tensor<1x3x10x?xf32, affine_map<()[s0] -> (1, 3, 10, s0 * 2)>>
  return %y : tensor<1x3x10x?xf32, affine_map<()[s0] -> (1, 3, 10, s0 * 2)>>
}

// CHECK-LABEL: @depth_to_space_crops
func.func @depth_to_space_crops(%x: tensor<1x8x5x5xf32>) -> tensor<1x2x9x8xf32> {
  %y = cnn.depth_to_space %x {blocks = array<i64: 2, 2>, crops = array<i64: 1, 0, 0, 2>} : (tensor<1x8x5x5xf32>) -> tensor<1x2x9x8xf32>
  return %y : tensor<1x2x9x8xf32>
}
