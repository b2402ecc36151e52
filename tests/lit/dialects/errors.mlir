// What the verifiers say: always both numbers.
// RUN: cnnc-opt %s -split-input-file -verify-diagnostics

func.func @channels(%x: tensor<1x16x8x8xf32>, %f: tensor<4x32x3x3xf32>) {
  // expected-error @+2 {{filter has 32 input channels but input has 16}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.conv %x, %f {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x16x8x8xf32>, tensor<4x32x3x3xf32>) -> tensor<1x4x6x6xf32>
  return
}

// -----

func.func @window(%x: tensor<1x1x2xf32>) {
  // expected-error @+2 {{window of 3 elements does not fit a dim of 2 elements with 0 of padding}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.max_pool %x {kernel_shape = array<i64: 3>, strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x1x2xf32>) -> tensor<1x1x1xf32>
  return
}

// -----

func.func @padding(%x: tensor<1x1x8xf32>) {
  // expected-error @+2 {{padding of 2 must be less than the window of 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.max_pool %x {kernel_shape = array<i64: 2>, strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 2>}
      : (tensor<1x1x8xf32>) -> tensor<1x1x9xf32>
  return
}

// -----

func.func @strides(%x: tensor<1x1x2x2xf32>) {
  // expected-error @+2 {{strides has 1 entries but the input calls for 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.avg_pool %x {kernel_shape = array<i64: 1, 1>, strides = array<i64: 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
  return
}

// -----

func.func @broadcast(%a: tensor<2x3xf32>, %b: tensor<2x4xf32>) {
  // expected-error @+2 {{shapes 2x3 and 2x4 do not broadcast: dim 1 differs}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.mul %a, %b : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @linear(%x: tensor<1x8xf32>, %w: tensor<2x9xf32>) {
  // expected-error @+2 {{weight has 9 input channels but input is 1x8}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.linear %x, %w : (tensor<1x8xf32>, tensor<2x9xf32>) -> tensor<1x2xf32>
  return
}

// -----

func.func @reshape(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'cnn.reshape' op result has 5 elements but input has 6}}
  %y = cnn.reshape %x : (tensor<2x3xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @softmax(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'cnn.softmax' op axis is 2 but input has 2 dims}}
  %y = cnn.softmax %x {axis = 2 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @groups(%x: tensor<1x6x4xf32>, %f: tensor<4x2x1xf32>) {
  // expected-error @+2 {{groups is 3 but must divide both the 6 input and the 4 output channels}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.conv %x, %f {groups = 3 : i64, strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x6x4xf32>, tensor<4x2x1xf32>) -> tensor<1x4x4xf32>
  return
}

// -----

func.func @transpose(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{permutation must name each of 2 dims once, but has 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.transpose %x {permutation = array<i64: 0, 0>} : (tensor<2x3xf32>) -> tensor<2x2xf32>
  return
}

// -----

func.func @slice(%x: tensor<4xf32>) {
  // expected-error @+2 {{dim 0: start 4 leaves nothing of a dim of 4 elements}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.slice %x {starts = array<i64: 4>, ends = array<i64: 9>, steps = array<i64: 1>} : (tensor<4xf32>) -> tensor<1xf32>
  return
}

// -----

func.func @fused(%x: tensor<4xf32>) {
  // expected-error @+1 {{'kernel.fused' op anchor is 1 but its body has 1 ops}}
  %y = kernel.fused %x : tensor<4xf32> -> tensor<4xf32> attributes {anchor = 1 : i64, label = "relu"} {
  ^bb0(%a: tensor<4xf32>):
    %0 = cnn.relu %a : (tensor<4xf32>) -> tensor<4xf32>
    kernel.yield %0 : tensor<4xf32>
  }
  return
}

// -----

func.func @views_do_not_fit(%a: tensor<1x4x8xf32>, %b: tensor<1x4x8xf32>) {
  // expected-error @+1 {{inputs have 8 channels but the result has 9}}
  %y = kernel.concat_view %a, %b : tensor<1x4x8xf32>, tensor<1x4x8xf32> -> tensor<1x9x8xf32>
  return
}

// -----

func.func @view_of_another_type(%a: tensor<1x4x8xf64>) {
  // expected-error @+1 {{is no part of the channels of}}
  %y = kernel.concat_view %a : tensor<1x4x8xf64> -> tensor<1x4x8xf32>
  return
}

// -----

func.func @slice_beyond(%x: tensor<1x4x8xf32>) {
  // expected-error @+1 {{a part of 3 channels from 2 on exceeds the 4 of the whole}}
  %y = kernel.slice_view %x {channel = 2 : i64} : tensor<1x4x8xf32> -> tensor<1x3x8xf32>
  return
}

// -----

func.func @resize_mode(%x: tensor<1x1x4xf32>) {
  // expected-error @+2 {{mode must be one of nearest, linear but is cubic}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.resize %x {scales = array<i64: 2>, divisors = array<i64: 1>, mode = "cubic"} : (tensor<1x1x4xf32>) -> tensor<1x1x8xf32>
  return
}

// -----

func.func @resize_scales(%x: tensor<1x1x4xf32>) {
  // expected-error @+2 {{scales has 2 entries but the input calls for 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.resize %x {scales = array<i64: 2, 2>, divisors = array<i64: 1>} : (tensor<1x1x4xf32>) -> tensor<1x1x8xf32>
  return
}

// -----

func.func @resize_to_nothing(%x: tensor<1x1x4xf32>) {
  // expected-error @+2 {{scaled by 1/5, a dim of 4 elements has none}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.resize %x {scales = array<i64: 1>, divisors = array<i64: 5>} : (tensor<1x1x4xf32>) -> tensor<1x1x1xf32>
  return
}

// -----

func.func @resize_like(%x: tensor<1x1x4xf32>, %like: tensor<1x1x4x4xf32>) {
  // expected-error @+2 {{like has 4 dims but input has 3}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.resize_like %x, %like : (tensor<1x1x4xf32>, tensor<1x1x4x4xf32>) -> tensor<1x1x4xf32>
  return
}

// -----

func.func @conv_transpose_channels(%x: tensor<1x8x4xf32>, %f: tensor<4x8x2xf32>) {
  // expected-error @+2 {{filter has 4 input channels but input has 8}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.conv_transpose %x, %f {strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, output_padding = array<i64: 0>}
      : (tensor<1x8x4xf32>, tensor<4x8x2xf32>) -> tensor<1x8x8xf32>
  return
}

// -----

func.func @conv_transpose_pads(%x: tensor<1x8x1xf32>, %f: tensor<8x4x2xf32>) {
  // expected-error @+2 {{pads of 2 leave nothing of 2 elements}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.conv_transpose %x, %f {strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 1, 1>, output_padding = array<i64: 0>}
      : (tensor<1x8x1xf32>, tensor<8x4x2xf32>) -> tensor<1x4x1xf32>
  return
}

// -----

func.func @depth_to_space(%x: tensor<1x6x4x4xf32>) {
  // expected-error @+2 {{input has 6 channels, which must divide by the 4 elements of a block times 1 groups}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.depth_to_space %x {blocks = array<i64: 2, 2>} : (tensor<1x6x4x4xf32>) -> tensor<1x1x8x8xf32>
  return
}

// -----

func.func @expand(%x: tensor<3x1xf32>) {
  // expected-error @+1 {{input 3x1 does not broadcast to 2x4}}
  %y = cnn.expand %x : (tensor<3x1xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @expand_to_another_type(%x: tensor<3x1xf32>) {
  // expected-error @+1 {{result has element type 'f64' but input has 'f32'}}
  %y = cnn.expand %x : (tensor<3x1xf32>) -> tensor<3x4xf64>
  return
}

// -----

func.func @pool_gradient(%x: tensor<1x2x8xf32>, %dy: tensor<1x2x8xf32>) {
  // expected-error @+2 {{gradient is 1x2x8 but the pool makes 1x2x4}}
  // expected-error @+1 {{failed to infer returned types}}
  %dx = cnn.max_pool_grad %x, %dy {kernel_shape = array<i64: 2>, strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x2x8xf32>, tensor<1x2x8xf32>) -> tensor<1x2x8xf32>
  return
}

// -----

func.func @resize_gradient(%x: tensor<1x2x8xf32>, %dy: tensor<1x2x8x8xf32>) {
  // expected-error @+2 {{like has 3 dims but gradient has 4}}
  // expected-error @+1 {{failed to infer returned types}}
  %dx = cnn.resize_grad %dy, %x : (tensor<1x2x8x8xf32>, tensor<1x2x8xf32>) -> tensor<1x2x8xf32>
  return
}

// -----

func.func @labels_of_another_shape(%x: tensor<8x3xf32>, %label: tensor<4xi64>) {
  // expected-error @+2 {{target is 4 but the prediction calls for 8}}
  // expected-error @+1 {{failed to infer returned types}}
  %loss = cnn.cross_entropy %x, %label : (tensor<8x3xf32>, tensor<4xi64>) -> tensor<f32>
  return
}

// -----

func.func @axis_of_classes(%x: tensor<8x3xf32>, %label: tensor<8xi64>) {
  // expected-error @+2 {{axis is 2 but logits have 2 dims}}
  // expected-error @+1 {{failed to infer returned types}}
  %loss = cnn.cross_entropy %x, %label {axis = 2 : i64} : (tensor<8x3xf32>, tensor<8xi64>) -> tensor<f32>
  return
}

// -----

func.func @integers_as_a_target(%x: tensor<8x3xf32>, %t: tensor<8x3xi64>) {
  // expected-error @+2 {{target has element type 'i64' but the prediction has 'f32'}}
  // expected-error @+1 {{failed to infer returned types}}
  %loss = cnn.huber %x, %t : (tensor<8x3xf32>, tensor<8x3xi64>) -> tensor<f32>
  return
}

// -----

func.func @dice_without_space(%x: tensor<8x3xf32>, %t: tensor<8x3xf32>) {
  // expected-error @+2 {{prediction must have batch, channels and at least one spatial dim, but has 2 dims}}
  // expected-error @+1 {{failed to infer returned types}}
  %loss = cnn.dice %x, %t : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<f32>
  return
}

// -----

func.func @fractions_as_labels(%label: tensor<8xf32>) {
  // expected-error @+2 {{labels must be i32 or i64 but are 'f32'}}
  // expected-error @+1 {{failed to infer returned types}}
  %q = cnn.one_hot %label {classes = 3 : i64} : (tensor<8xf32>) -> tensor<8x3xf32>
  return
}

// -----

func.func @axis_of_one_hot(%label: tensor<8xi64>) {
  // expected-error @+2 {{axis is 2 but the result has 2 dims}}
  // expected-error @+1 {{failed to infer returned types}}
  %q = cnn.one_hot %label {classes = 3 : i64, axis = 2 : i64} : (tensor<8xi64>) -> tensor<8x3xf32>
  return
}

// -----

func.func @no_classes(%label: tensor<8xi64>) {
  // expected-error @+2 {{classes must be at least 1 but is 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %q = cnn.one_hot %label {classes = 0 : i64} : (tensor<8xi64>) -> tensor<8x0xf32>
  return
}

// -----

func.func @filter_gradient_of_another_batch(%x: tensor<2x3x8xf32>, %dy: tensor<1x4x8xf32>) {
  // expected-error @+2 {{gradient is a batch of 1 but input is one of 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %dw = cnn.conv_filter_grad %x, %dy {kernel_shape = array<i64: 3>, strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 1, 1>}
      : (tensor<2x3x8xf32>, tensor<1x4x8xf32>) -> tensor<4x3x3xf32>
  return
}

// -----

func.func @filter_gradient_dims(%x: tensor<2x3x8xf32>, %dy: tensor<2x4x8x8xf32>) {
  // expected-error @+2 {{gradient has 4 dims but input has 3}}
  // expected-error @+1 {{failed to infer returned types}}
  %dw = cnn.conv_filter_grad %x, %dy {kernel_shape = array<i64: 3>, strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 1, 1>}
      : (tensor<2x3x8xf32>, tensor<2x4x8x8xf32>) -> tensor<4x3x3xf32>
  return
}

// -----

func.func @filter_gradient_without_space(%x: tensor<2x3xf32>, %dy: tensor<2x4xf32>) {
  // expected-error @+2 {{input must have batch, channels and at least one spatial dim, but has 2 dims}}
  // expected-error @+1 {{failed to infer returned types}}
  %dw = cnn.conv_filter_grad %x, %dy {kernel_shape = array<i64>, strides = array<i64>, dilations = array<i64>, pads = array<i64>}
      : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<4x3xf32>
  return
}

// -----

func.func @filter_gradient_groups(%x: tensor<2x4x8xf32>, %dy: tensor<2x3x8xf32>) {
  // expected-error @+2 {{groups is 2 but must divide both the 4 input and the 3 output channels}}
  // expected-error @+1 {{failed to infer returned types}}
  %dw = cnn.conv_filter_grad %x, %dy {kernel_shape = array<i64: 3>, strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 1, 1>, groups = 2 : i64}
      : (tensor<2x4x8xf32>, tensor<2x3x8xf32>) -> tensor<3x2x3xf32>
  return
}

// -----

func.func @filter_gradient_windows(%x: tensor<2x4x8xf32>, %dy: tensor<2x4x6xf32>) {
  // expected-error @+2 {{gradient has 6 elements for windows 2 apart but input has 8 with 2 of padding}}
  // expected-error @+1 {{failed to infer returned types}}
  %dw = cnn.conv_filter_grad %x, %dy {kernel_shape = array<i64: 3>, strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 1, 1>}
      : (tensor<2x4x8xf32>, tensor<2x4x6xf32>) -> tensor<4x4x3xf32>
  return
}

// -----

func.func @normalize_over_nothing(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{axes must name at least 1 dim but name 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.normalize %x {axes = array<i64>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @axes_of_normalize(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{axes must be ascending and below 2 but has 2 after 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.normalize %x {axes = array<i64: 0, 2>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @momentum_of_batch_norm(%x: tensor<2x3xf32>, %p: tensor<3xf32>) {
  // expected-error @+2 {{momentum must be from 0 to 1 but is 1.5}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.batch_norm %x, %p, %p, %p, %p {momentum = 1.5} : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @layer_norm_of_other_sizes(%x: tensor<2x3x4xf32>, %p: tensor<4xf32>) {
  // expected-error @+2 {{a parameter is 4 but the input calls for 3x4}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.layer_norm %x, %p {axis = 1 : i64} : (tensor<2x3x4xf32>, tensor<4xf32>) -> tensor<2x3x4xf32>
  return
}

// -----

func.func @axis_of_layer_norm(%x: tensor<2x3xf32>, %p: tensor<3xf32>) {
  // expected-error @+2 {{axis is 2 but input has 2 dims}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.layer_norm %x, %p {axis = 2 : i64} : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @groups_of_group_norm(%x: tensor<2x8x4xf32>, %p: tensor<8xf32>) {
  // expected-error @+2 {{8 channels can not be divided into 3 groups}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.group_norm %x, %p, %p {groups = 3 : i64} : (tensor<2x8x4xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<2x8x4xf32>
  return
}

// -----

func.func @channels_of_group_norm(%x: tensor<2x8x4xf32>, %p: tensor<4xf32>) {
  // expected-error @+2 {{a parameter has 4 channels but input has 8}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.group_norm %x, %p, %p {groups = 4 : i64} : (tensor<2x8x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x8x4xf32>
  return
}

// -----

func.func @instance_norm_without_space(%x: tensor<2x8xf32>, %p: tensor<8xf32>) {
  // expected-error @+2 {{input must have batch, channels and at least one spatial dim, but has 2 dims}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.instance_norm %x, %p, %p : (tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<2x8xf32>
  return
}

// -----

func.func @no_neighbours(%x: tensor<2x8xf32>) {
  // expected-error @+2 {{size must be at least 1 but is 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.local_response_norm %x {size = 0 : i64} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  return
}

// -----

func.func @neighbours_of_unknown_channels(%x: tensor<2x?xf32, affine_map<()[s0] -> (2, s0)>>) {
  // expected-error @+2 {{the number of channels must be known, but the input is 2xs0}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = cnn.local_response_norm %x {size = 3 : i64} : (tensor<2x?xf32, affine_map<()[s0] -> (2, s0)>>) -> tensor<2x?xf32, affine_map<()[s0] -> (2, s0)>>
  return
}

// -----

func.func @dropout_of_everything(%x: tensor<2x8xf32>) {
  // expected-error @+1 {{ratio must be at least 0 and below 1 but is 1}}
  %y = cnn.dropout %x {ratio = 1.0} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  return
}

// -----

func.func @several_steps(%step: tensor<2xi64>, %x: tensor<2x8xf32>) {
  // expected-error @+2 {{step must be a single i64 but is 'tensor<2xi64>'}}
  // expected-error @+1 {{failed to infer returned types}}
  %r = cnn.random %step, %x {layer = 0 : i64} : (tensor<2xi64>, tensor<2x8xf32>) -> tensor<2x8xf32>
  return
}
