// RUN: cnnc-opt %s --fold-constants --canonicalize | FileCheck %s

// CHECK-LABEL: @chain
// CHECK: %[[C:.*]] = cnn.constant {{.*}}dense<{{\[}}2.000000e+00, 3.000000e+00]> : tensor<2xf32>
// CHECK-NEXT: return %[[C]]
func.func @chain() -> tensor<2xf32> {
  %a = cnn.constant dense<[4.0, 9.0]> : tensor<2xf32>
  %b = cnn.sqrt %a : (tensor<2xf32>) -> tensor<2xf32>
  return %b : tensor<2xf32>
}

// What depends on an input stays.
// CHECK-LABEL: @input
// CHECK: cnn.add
func.func @input(%x: tensor<2xf32>) -> tensor<2xf32> {
  %a = cnn.constant dense<1.0> : tensor<2xf32>
  %b = cnn.add %x, %a : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %b : tensor<2xf32>
}
