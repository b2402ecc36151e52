// RUN: cnnc-opt %s --form-kernels --form-views | FileCheck %s

// Both convolutions write into the result: no kernel is left for the concatenation.
// CHECK-LABEL: @fire
// CHECK: %[[NARROW:.*]] = kernel.fused %arg0, %arg1
// CHECK: %[[WIDE:.*]] = kernel.fused %arg0, %arg2
// CHECK: %[[BOTH:.*]] = kernel.concat_view %[[NARROW]], %[[WIDE]] : tensor<1x4x8xf32>, tensor<1x12x8xf32> -> tensor<1x16x8xf32>
// CHECK: kernel.fused %[[BOTH]]
// CHECK-SAME: label = "max_pool"
// CHECK-NOT: concat
func.func @fire(%x: tensor<1x4x8xf32>, %f: tensor<4x4x1xf32>, %g: tensor<12x4x1xf32>)
    -> (tensor<1x16x4xf32> {cnn.channels_last}) {
  %0 = cnn.conv %x, %f {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x4x8xf32>, tensor<4x4x1xf32>) -> tensor<1x4x8xf32>
  %1 = cnn.conv %x, %g {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x4x8xf32>, tensor<12x4x1xf32>) -> tensor<1x12x8xf32>
  %2 = cnn.concat %0, %1 {axis = 1 : i64} : (tensor<1x4x8xf32>, tensor<1x12x8xf32>) -> tensor<1x16x8xf32>
  %3 = cnn.max_pool %2 {kernel_shape = array<i64: 2>, strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x16x8xf32>) -> tensor<1x16x4xf32>
  return %3 : tensor<1x16x4xf32>
}

// A dense block, each concatenation of all there is so far: each begins with the one before.
// CHECK-LABEL: @dense_block
// CHECK: %[[A:.*]] = kernel.fused %arg0
// CHECK: %[[B:.*]] = kernel.fused %[[A]]
// CHECK: %[[AB:.*]] = kernel.concat_view %[[A]], %[[B]] :
// CHECK: %[[C:.*]] = kernel.fused %[[AB]]
// CHECK: %[[ABC:.*]] = kernel.concat_view %[[AB]], %[[C]] :
// CHECK: kernel.fused %[[ABC]]
func.func @dense_block(%x: tensor<1x4x8xf32>, %f: tensor<2x4x1xf32>, %g: tensor<2x6x1xf32>)
    -> (tensor<1x8x8xf32> {cnn.channels_last}) {
  %a = cnn.relu %x : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %b = cnn.conv %a, %f {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x4x8xf32>, tensor<2x4x1xf32>) -> tensor<1x2x8xf32>
  %ab = cnn.concat %a, %b {axis = 1 : i64} : (tensor<1x4x8xf32>, tensor<1x2x8xf32>) -> tensor<1x6x8xf32>
  %c = cnn.conv %ab, %g {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x6x8xf32>, tensor<2x6x1xf32>) -> tensor<1x2x8xf32>
  %abc = cnn.concat %a, %b, %c {axis = 1 : i64}
      : (tensor<1x4x8xf32>, tensor<1x2x8xf32>, tensor<1x2x8xf32>) -> tensor<1x8x8xf32>
  %y = cnn.relu %abc : (tensor<1x8x8xf32>) -> tensor<1x8x8xf32>
  return %y : tensor<1x8x8xf32>
}

// The network's input lies where the caller has it, and a tensor lies in one place only: both are
// copied, the rest is not.
// CHECK-LABEL: @only_what_must_be_is_copied
// CHECK: %[[A:.*]] = kernel.fused %arg0
// CHECK-SAME: label = "relu"
// CHECK: %[[X:.*]] = kernel.fused %arg0
// CHECK-SAME: label = "cast"
// CHECK: %[[AGAIN:.*]] = kernel.fused %[[A]]
// CHECK-SAME: label = "cast"
// CHECK: kernel.concat_view %[[X]], %[[A]], %[[AGAIN]] :
func.func @only_what_must_be_is_copied(%x: tensor<1x4x8xf32>) -> (tensor<1x12x8xf32> {cnn.channels_last}) {
  %a = cnn.relu %x : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %0 = cnn.concat %x, %a, %a {axis = 1 : i64}
      : (tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>) -> tensor<1x12x8xf32>
  return %0 : tensor<1x12x8xf32>
}

// Nothing could lie there already: one kernel copies all.
// CHECK-LABEL: @all_copied
// CHECK: label = "concat"
// CHECK-NOT: kernel.concat_view
func.func @all_copied(%x: tensor<1x4x8xf32>, %y: tensor<1x4x8xf32>) -> (tensor<1x8x8xf32> {cnn.channels_last}) {
  %0 = cnn.concat %x, %y {axis = 1 : i64} : (tensor<1x4x8xf32>, tensor<1x4x8xf32>) -> tensor<1x8x8xf32>
  return %0 : tensor<1x8x8xf32>
}

// Rows of an image do not lie side by side with those of another.
// CHECK-LABEL: @along_another_dim
// CHECK: label = "concat"
// CHECK-NOT: kernel.concat_view
func.func @along_another_dim(%x: tensor<1x4x8xf32>) -> (tensor<1x4x16xf32> {cnn.channels_last}) {
  %a = cnn.relu %x : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %b = cnn.exp %x : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %0 = cnn.concat %a, %b {axis = 2 : i64} : (tensor<1x4x8xf32>, tensor<1x4x8xf32>) -> tensor<1x4x16xf32>
  return %0 : tensor<1x4x16xf32>
}

// Halves of the channels are read where they lie; put together in another order they are copied.
// CHECK-LABEL: @split
// CHECK: %[[ALL:.*]] = kernel.fused %arg0
// CHECK: %[[SECOND:.*]] = kernel.slice_view %[[ALL]] {channel = 4 : i64} : tensor<1x8x8xf32> -> tensor<1x4x8xf32>
// CHECK: %[[EXP:.*]] = kernel.fused %[[SECOND]]
// CHECK-SAME: label = "exp"
// CHECK: %[[COPY:.*]] = kernel.fused %[[SECOND]]
// CHECK-SAME: label = "cast"
// CHECK: kernel.concat_view %[[EXP]], %[[COPY]] :
func.func @split(%x: tensor<1x8x8xf32>) -> (tensor<1x8x8xf32> {cnn.channels_last}) {
  %0 = cnn.relu %x : (tensor<1x8x8xf32>) -> tensor<1x8x8xf32>
  %1 = cnn.slice %0 {starts = array<i64: 0, 4, 0>, ends = array<i64: 1, 8, 8>, steps = array<i64: 1, 1, 1>}
      : (tensor<1x8x8xf32>) -> tensor<1x4x8xf32>
  %2 = cnn.exp %1 : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %3 = cnn.concat %2, %1 {axis = 1 : i64} : (tensor<1x4x8xf32>, tensor<1x4x8xf32>) -> tensor<1x8x8xf32>
  return %3 : tensor<1x8x8xf32>
}

// Every second channel has no uniform place in a pixel; the network's own input is not split either.
// CHECK-LABEL: @no_view
// CHECK-COUNT-2: label = "slice"
// CHECK-NOT: kernel.slice_view
func.func @no_view(%x: tensor<1x8x8xf32>) -> (tensor<1x4x8xf32> {cnn.channels_last}) {
  %0 = cnn.relu %x : (tensor<1x8x8xf32>) -> tensor<1x8x8xf32>
  %1 = cnn.slice %0 {starts = array<i64: 0, 0, 0>, ends = array<i64: 1, 8, 8>, steps = array<i64: 1, 2, 1>}
      : (tensor<1x8x8xf32>) -> tensor<1x4x8xf32>
  %2 = cnn.slice %x {starts = array<i64: 0, 4, 0>, ends = array<i64: 1, 8, 8>, steps = array<i64: 1, 1, 1>}
      : (tensor<1x8x8xf32>) -> tensor<1x4x8xf32>
  %3 = cnn.max_pool %1 {kernel_shape = array<i64: 3>, strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 1, 1>}
      : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %4 = cnn.add %3, %2 : (tensor<1x4x8xf32>, tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  return %4 : tensor<1x4x8xf32>
}
