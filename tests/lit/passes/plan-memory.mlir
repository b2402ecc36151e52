// RUN: cnnc-opt %s --plan-memory | FileCheck %s

// Three tensors one after the other: the third takes the place of the first.
// CHECK-LABEL: @reuse
// CHECK-SAME: kernel.arena = "128"
// CHECK: place = "0"
// CHECK: place = "64"
// CHECK: place = "0"
// CHECK: place = "output 0"
func.func @reuse(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = kernel.fused %x : tensor<4xf32> -> tensor<4xf32> attributes {anchor = 0 : i64, label = "relu"} {
  ^bb0(%a: tensor<4xf32>):
    %r = cnn.relu %a : (tensor<4xf32>) -> tensor<4xf32>
    kernel.yield %r : tensor<4xf32>
  }
  %1 = kernel.fused %0 : tensor<4xf32> -> tensor<4xf32> attributes {anchor = 0 : i64, label = "exp"} {
  ^bb0(%a: tensor<4xf32>):
    %r = cnn.exp %a : (tensor<4xf32>) -> tensor<4xf32>
    kernel.yield %r : tensor<4xf32>
  }
  %2 = kernel.fused %1 : tensor<4xf32> -> tensor<4xf32> attributes {anchor = 0 : i64, label = "neg"} {
  ^bb0(%a: tensor<4xf32>):
    %r = cnn.neg %a : (tensor<4xf32>) -> tensor<4xf32>
    kernel.yield %r : tensor<4xf32>
  }
  %3 = kernel.fused %2 : tensor<4xf32> -> tensor<4xf32> attributes {anchor = 0 : i64, label = "abs"} {
  ^bb0(%a: tensor<4xf32>):
    %r = cnn.abs %a : (tensor<4xf32>) -> tensor<4xf32>
    kernel.yield %r : tensor<4xf32>
  }
  return %3 : tensor<4xf32>
}

// Two parts of one tensor: its place holds both, from the first to the last use of either.
// CHECK-LABEL: @parts
// CHECK-SAME: kernel.arena = "192"
// CHECK: label = "relu"
// CHECK-NOT: place
// CHECK: label = "exp", place = "128"
// CHECK: label = "neg"
// CHECK-NOT: place
// CHECK: kernel.concat_view
// CHECK-SAME: place = "0"
// CHECK: place = "output 0"
func.func @parts(%x: tensor<4x4xf32>) -> tensor<4x8xf32> {
  %0 = kernel.fused %x : tensor<4x4xf32> -> tensor<4x4xf32> attributes {anchor = 0 : i64, label = "relu"} {
  ^bb0(%a: tensor<4x4xf32>):
    %r = cnn.relu %a : (tensor<4x4xf32>) -> tensor<4x4xf32>
    kernel.yield %r : tensor<4x4xf32>
  }
  %1 = kernel.fused %0 : tensor<4x4xf32> -> tensor<4x4xf32> attributes {anchor = 0 : i64, label = "exp"} {
  ^bb0(%a: tensor<4x4xf32>):
    %r = cnn.exp %a : (tensor<4x4xf32>) -> tensor<4x4xf32>
    kernel.yield %r : tensor<4x4xf32>
  }
  %2 = kernel.fused %1 : tensor<4x4xf32> -> tensor<4x4xf32> attributes {anchor = 0 : i64, label = "neg"} {
  ^bb0(%a: tensor<4x4xf32>):
    %r = cnn.neg %a : (tensor<4x4xf32>) -> tensor<4x4xf32>
    kernel.yield %r : tensor<4x4xf32>
  }
  %3 = kernel.concat_view %0, %2 : tensor<4x4xf32>, tensor<4x4xf32> -> tensor<4x8xf32>
  %4 = kernel.fused %3 : tensor<4x8xf32> -> tensor<4x8xf32> attributes {anchor = 0 : i64, label = "abs"} {
  ^bb0(%a: tensor<4x8xf32>):
    %r = cnn.abs %a : (tensor<4x8xf32>) -> tensor<4x8xf32>
    kernel.yield %r : tensor<4x8xf32>
  }
  return %4 : tensor<4x8xf32>
}

// What a kernel overwrites has the place of what it writes.
// CHECK-LABEL: @in_place
// CHECK-SAME: kernel.arena = "64"
// CHECK: label = "relu", place = "0"
// CHECK: label = "exp"
// CHECK-NOT: place
// CHECK: place = "output 0"
func.func @in_place(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = kernel.fused %x : tensor<4xf32> -> tensor<4xf32> attributes {anchor = 0 : i64, label = "relu"} {
  ^bb0(%a: tensor<4xf32>):
    %r = cnn.relu %a : (tensor<4xf32>) -> tensor<4xf32>
    kernel.yield %r : tensor<4xf32>
  }
  %1 = kernel.fused %0 : tensor<4xf32> -> tensor<4xf32> attributes {anchor = 0 : i64, in_place = 0 : i64, label = "exp"} {
  ^bb0(%a: tensor<4xf32>):
    %r = cnn.exp %a : (tensor<4xf32>) -> tensor<4xf32>
    kernel.yield %r : tensor<4xf32>
  }
  %2 = kernel.fused %1 : tensor<4xf32> -> tensor<4xf32> attributes {anchor = 0 : i64, label = "neg"} {
  ^bb0(%a: tensor<4xf32>):
    %r = cnn.neg %a : (tensor<4xf32>) -> tensor<4xf32>
    kernel.yield %r : tensor<4xf32>
  }
  return %2 : tensor<4xf32>
}
