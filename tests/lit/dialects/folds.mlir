// What the canonicalizer knows of single ops.
// RUN: cnnc-opt %s --canonicalize | FileCheck %s

// Elementwise ops broadcast by themselves.
// CHECK-LABEL: @expand_into_its_user
// CHECK-NEXT: %[[Y:.*]] = cnn.mul %arg0, %arg1 : (tensor<8x1xf32>, tensor<2x8x4xf32>)
// CHECK-NEXT: return %[[Y]]
func.func @expand_into_its_user(%x: tensor<8x1xf32>, %y: tensor<2x8x4xf32>) -> tensor<2x8x4xf32> {
  %0 = cnn.expand %x : (tensor<8x1xf32>) -> tensor<2x8x4xf32>
  %1 = cnn.mul %0, %y : (tensor<2x8x4xf32>, tensor<2x8x4xf32>) -> tensor<2x8x4xf32>
  return %1 : tensor<2x8x4xf32>
}

// Only the expanded tensor has the result's shape.
// CHECK-LABEL: @expand_gives_the_shape
// CHECK: cnn.expand
func.func @expand_gives_the_shape(%x: tensor<8x1xf32>) -> tensor<2x8x4xf32> {
  %0 = cnn.expand %x : (tensor<8x1xf32>) -> tensor<2x8x4xf32>
  %1 = cnn.mul %0, %0 : (tensor<2x8x4xf32>, tensor<2x8x4xf32>) -> tensor<2x8x4xf32>
  %2 = cnn.exp %1 : (tensor<2x8x4xf32>) -> tensor<2x8x4xf32>
  return %2 : tensor<2x8x4xf32>
}

// CHECK-LABEL: @expand_to_its_own_shape
// CHECK-NEXT: return %arg0
func.func @expand_to_its_own_shape(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %0 = cnn.expand %x : (tensor<8x4xf32>) -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// A block of one pixel is that pixel.
// CHECK-LABEL: @blocks_of_one
// CHECK-NEXT: return %arg0
func.func @blocks_of_one(%x: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  %0 = cnn.depth_to_space %x {blocks = array<i64: 1, 1>, crops = array<i64: 0, 0, 0, 0>} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return %0 : tensor<1x8x4x4xf32>
}

// CHECK-LABEL: @blocks_of_one_cropped
// CHECK: cnn.depth_to_space
func.func @blocks_of_one_cropped(%x: tensor<1x8x4x4xf32>) -> tensor<1x8x3x4xf32> {
  %0 = cnn.depth_to_space %x {blocks = array<i64: 1, 1>, crops = array<i64: 1, 0, 0, 0>} : (tensor<1x8x4x4xf32>) -> tensor<1x8x3x4xf32>
  return %0 : tensor<1x8x3x4xf32>
}
