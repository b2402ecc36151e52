// What can not be differentiated, and why.
// RUN: cnnc-opt %s --split-input-file --verify-diagnostics --differentiate

// expected-error @+1 {{only a function of a single number has gradients}}
func.func @vector(%x: tensor<3xf32>) -> tensor<3xf32> {
  return %x : tensor<3xf32>
}

// -----

func.func @padding_of_an_unknown_size(%x: tensor<1x2x?xf32, affine_map<()[s0] -> (1, 2, s0)>>, %w: tensor<2x2x3xf32>) -> tensor<f32> {
  // expected-error @+1 {{the gradient under a stride of 2 with padding 'same' needs a known size}}
  %y = cnn.conv %x, %w {strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, auto_pad = "same"}
      : (tensor<1x2x?xf32, affine_map<()[s0] -> (1, 2, s0)>>, tensor<2x2x3xf32>) -> tensor<1x2x?xf32, affine_map<()[s0] -> (1, 2, (s0 + 1) floordiv 2)>>
  %sum = cnn.reduce_sum %y {axes = array<i64: 0, 1, 2>} : (tensor<1x2x?xf32, affine_map<()[s0] -> (1, 2, (s0 + 1) floordiv 2)>>) -> tensor<f32>
  return %sum : tensor<f32>
}

// -----

func.func @slice_of_an_unknown_size(%x: tensor<?xf32, affine_map<()[s0] -> (s0)>>) -> tensor<f32> {
  // expected-error @+1 {{has a gradient only where the size of dim 0 is known}}
  %y = cnn.slice %x {starts = array<i64: 0>, ends = array<i64: 4>, steps = array<i64: 1>}
      : (tensor<?xf32, affine_map<()[s0] -> (s0)>>) -> tensor<4xf32>
  %sum = cnn.reduce_sum %y {axes = array<i64: 0>} : (tensor<4xf32>) -> tensor<f32>
  return %sum : tensor<f32>
}

// -----

func.func @pad_of_an_unknown_size(%x: tensor<?xf32, affine_map<()[s0] -> (s0)>>) -> tensor<f32> {
  // expected-error @+1 {{has a gradient only where the size of dim 0 is known}}
  %y = cnn.pad %x {pads = array<i64: 1, 1>}
      : (tensor<?xf32, affine_map<()[s0] -> (s0)>>) -> tensor<?xf32, affine_map<()[s0] -> (s0 + 2)>>
  %sum = cnn.reduce_sum %y {axes = array<i64: 0>} : (tensor<?xf32, affine_map<()[s0] -> (s0 + 2)>>) -> tensor<f32>
  return %sum : tensor<f32>
}

// -----

func.func @output_padding_beyond_the_stride(%x: tensor<1x1x4xf32>, %w: tensor<1x1x3xf32>) -> tensor<f32> {
  // expected-error @+1 {{has no gradient with an output_padding of 1, which must be less than the stride of 1}}
  %y = cnn.conv_transpose %x, %w {strides = array<i64: 1>, dilations = array<i64: 2>, pads = array<i64: 0, 0>, output_padding = array<i64: 1>}
      : (tensor<1x1x4xf32>, tensor<1x1x3xf32>) -> tensor<1x1x9xf32>
  %sum = cnn.reduce_sum %y {axes = array<i64: 0, 1, 2>} : (tensor<1x1x9xf32>) -> tensor<f32>
  return %sum : tensor<f32>
}
