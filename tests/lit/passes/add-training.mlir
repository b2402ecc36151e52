// RUN: cnnc-opt %s --split-input-file --add-training --canonicalize --cse | FileCheck %s

// Of the parameters that decay, the weights come first in the block, whatever their order in the
// network; what is frozen stays a constant. Each function says where its arguments and results lie.

// CHECK-LABEL: func.func @net(
// CHECK-SAME: %[[X:.*]]: tensor<2x3xf32> {cnn.name = "x"}, %[[B:.*]]: tensor<3xf32> {kernel.place = "parameters 12"}, %[[W:.*]]: tensor<4x3xf32> {kernel.place = "parameters 0"})
// CHECK-SAME: -> (tensor<2x4xf32> {cnn.name = "y"})
// CHECK: %[[FROZEN:.*]] = cnn.constant {frozen, name = "c"}
// CHECK: %[[SHIFTED:.*]] = cnn.add %[[X]], %[[B]]
// CHECK: cnn.linear %[[SHIFTED]], %[[W]], %[[FROZEN]]

// CHECK-LABEL: func.func @net_gradients(
// CHECK-SAME: {cnn.name = "t", cnn.target, kernel.place = "target 0"}
// CHECK-SAME: -> (tensor<f32> {kernel.place = "loss 0"}, tensor<2x3xf32> {kernel.place = "input_gradient 0"}, tensor<3xf32> {kernel.place = "gradients 12"}, tensor<4x3xf32> {kernel.place = "gradients 0"})

// CHECK-LABEL: func.func @net_parameter_gradients(
// CHECK-SAME: -> (tensor<f32> {kernel.place = "loss 0"}, tensor<3xf32> {kernel.place = "gradients 12"}, tensor<4x3xf32> {kernel.place = "gradients 0"})

// Weights decay and biases do not; each range has one update, in place.
// CHECK-LABEL: func.func @net_update(
// CHECK-SAME: %[[RATE:.*]]: tensor<f32> {kernel.place = "scalar 0"}
// CHECK-SAME: %[[PW:.*]]: tensor<12xf32> {kernel.place = "parameters 0"}, %[[GW:.*]]: tensor<12xf32> {kernel.place = "gradients 0"}
// CHECK-SAME: %[[PB:.*]]: tensor<3xf32> {kernel.place = "parameters 12"}, %[[GB:.*]]: tensor<3xf32> {kernel.place = "gradients 12"}
// CHECK-SAME: -> (tensor<12xf32> {kernel.place = "parameters 0"}, tensor<12xf32> {kernel.place = "state 0"}, tensor<3xf32> {kernel.place = "parameters 12"}, tensor<3xf32> {kernel.place = "state 12"})
// CHECK-SAME: parameter_floats = 15
// CHECK-SAME: name = "b", offset = 12 : i64, shape = array<i64: 3>, values = dense<5.000000e-01>
// CHECK-SAME: initializer = {kind = "he_normal", scale = 5.000000e-01 : f64}, name = "w", offset = 0
// CHECK-SAME: state_floats = 15
// CHECK-SAME: name = "momentum.b", offset = 12
// CHECK: %[[DECAY:.*]] = cnn.mul %[[PW]]
// CHECK: cnn.add %[[GW]], %[[DECAY]]
// CHECK-NOT: cnn.mul %[[PB]]
// CHECK: return
func.func @net(%x: tensor<2x3xf32> {cnn.name = "x"}) -> (tensor<2x4xf32> {cnn.name = "y"})
    attributes {cnn.sizes = [], cnn.typical = array<i64>} {
  %b = cnn.constant {name = "b"} dense<0.5> : tensor<3xf32>
  %w = cnn.constant {name = "w", initializer = {kind = "he_normal", scale = 0.5 : f64}} dense<0.5> : tensor<4x3xf32>
  %c = cnn.constant {name = "c", frozen} dense<0.5> : tensor<4xf32>
  %s = cnn.add %x, %b : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %y = cnn.linear %s, %w, %c : (tensor<2x3xf32>, tensor<4x3xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}
func.func @net_loss(%x: tensor<2x3xf32> {cnn.name = "x"}, %t: tensor<2x4xf32> {cnn.name = "t", cnn.target})
    -> (tensor<f32> {cnn.name = "loss"})
    attributes {cnn.sizes = [], cnn.typical = array<i64>, cnn.train = {optimizer = "sgd", momentum = 0.9 : f64, nesterov = 0.0 : f64, weight_decay = 0.1 : f64, clip_norm = 0.0 : f64, clip_value = 0.0 : f64, decay_all = 0.0 : f64}} {
  %b = cnn.constant {name = "b"} dense<0.5> : tensor<3xf32>
  %w = cnn.constant {name = "w", initializer = {kind = "he_normal", scale = 0.5 : f64}} dense<0.5> : tensor<4x3xf32>
  %c = cnn.constant {name = "c", frozen} dense<0.5> : tensor<4xf32>
  %s = cnn.add %x, %b : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %y = cnn.linear %s, %w, %c : (tensor<2x3xf32>, tensor<4x3xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  %l = cnn.mean_squared_error %y, %t : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<f32>
  return %l : tensor<f32>
}

// -----

// A batch norm goes by its batch and moves its statistics, a tenth of the way; a frozen one stays
// as it is. Statistics come last in the block and are not the optimizer's.

// CHECK-LABEL: func.func @normed_parameter_gradients(
// CHECK-SAME: %[[MEAN:[^ ]*]]: tensor<2xf32> {kernel.place = "parameters 4"}
// CHECK-SAME: tensor<2xf32> {kernel.place = "gradients 0"}, tensor<2xf32> {kernel.place = "gradients 2"}, tensor<2xf32> {kernel.place = "gradients 4"}, tensor<2xf32> {kernel.place = "gradients 6"})
// CHECK: %[[SHARE:.*]] = cnn.constant dense<1.000000e-01>
// CHECK: cnn.normalize
// CHECK: %[[AWAY:.*]] = cnn.sub %[[MEAN]]
// CHECK: cnn.mul %[[AWAY]], %[[SHARE]]

// CHECK-LABEL: func.func @normed_update(
// CHECK-SAME: state_floats = 0
// CHECK: cnn.sub

// CHECK-LABEL: func.func @frozen_parameter_gradients(
// CHECK-NOT: cnn.normalize
// CHECK: return
func.func @normed(%x: tensor<4x2xf32> {cnn.name = "x"}) -> (tensor<4x2xf32> {cnn.name = "y"})
    attributes {cnn.sizes = [], cnn.typical = array<i64>} {
  return %x : tensor<4x2xf32>
}
func.func @normed_loss(%x: tensor<4x2xf32> {cnn.name = "x"}, %t: tensor<4x2xf32> {cnn.name = "t", cnn.target})
    -> (tensor<f32> {cnn.name = "loss"})
    attributes {cnn.sizes = [], cnn.typical = array<i64>, cnn.train = {optimizer = "sgd", momentum = 0.0 : f64, nesterov = 0.0 : f64, weight_decay = 0.0 : f64, clip_norm = 0.0 : f64, clip_value = 0.0 : f64, decay_all = 0.0 : f64}} {
  %s = cnn.constant {name = "scale"} dense<1.0> : tensor<2xf32>
  %b = cnn.constant {name = "bias"} dense<0.5> : tensor<2xf32>
  %m = cnn.constant {name = "mean"} dense<0.0> : tensor<2xf32>
  %v = cnn.constant {name = "variance"} dense<1.0> : tensor<2xf32>
  %y = cnn.batch_norm %x, %s, %b, %m, %v : (tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<4x2xf32>
  %l = cnn.mean_squared_error %y, %t : (tensor<4x2xf32>, tensor<4x2xf32>) -> tensor<f32>
  return %l : tensor<f32>
}

// -----

func.func @frozen(%x: tensor<4x2xf32> {cnn.name = "x"}) -> (tensor<4x2xf32> {cnn.name = "y"})
    attributes {cnn.sizes = [], cnn.typical = array<i64>} {
  return %x : tensor<4x2xf32>
}
func.func @frozen_loss(%x: tensor<4x2xf32> {cnn.name = "x"}, %t: tensor<4x2xf32> {cnn.name = "t", cnn.target})
    -> (tensor<f32> {cnn.name = "loss"})
    attributes {cnn.sizes = [], cnn.typical = array<i64>, cnn.train = {optimizer = "sgd", momentum = 0.0 : f64, nesterov = 0.0 : f64, weight_decay = 0.0 : f64, clip_norm = 0.0 : f64, clip_value = 0.0 : f64, decay_all = 0.0 : f64}} {
  %s = cnn.constant {name = "scale", frozen} dense<1.0> : tensor<2xf32>
  %b = cnn.constant {name = "bias", frozen} dense<0.5> : tensor<2xf32>
  %m = cnn.constant {name = "mean", frozen} dense<0.0> : tensor<2xf32>
  %v = cnn.constant {name = "variance", frozen} dense<1.0> : tensor<2xf32>
  %w = cnn.constant {name = "w"} dense<1.0> : tensor<2x2xf32>
  %n = cnn.batch_norm %x, %s, %b, %m, %v : (tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<4x2xf32>
  %y = cnn.linear %n, %w : (tensor<4x2xf32>, tensor<2x2xf32>) -> tensor<4x2xf32>
  %l = cnn.mean_squared_error %y, %t : (tensor<4x2xf32>, tensor<4x2xf32>) -> tensor<f32>
  return %l : tensor<f32>
}
