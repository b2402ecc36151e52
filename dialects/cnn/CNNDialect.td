// The `cnn` dialect: what a convolutional network computes.
#ifndef CNN_DIALECT_TD
#define CNN_DIALECT_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/CommonTypeConstraints.td"
include "mlir/IR/CommonAttrConstraints.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/cnn/CNNInterfaces.td"

def CNN_Dialect : Dialect {
  let name = "cnn";
  let cppNamespace = "::cnnc::cnn";
  let summary = "Convolutional networks as a textbook writes them";
  let description = [{
    Ops on tensors whose dims are, in this order, batch, channels, then space: any number of spatial
    dims. How a tensor lies in memory is not said here but in the `kernel` dialect.

    A size known only at run time is an expression of the network's symbolic sizes. It is kept in
    the tensor type's encoding, an affine map without dims whose symbols are the network's sizes in
    the order of the attribute `cnn.sizes` of the function: with `cnn.sizes = ["N", "H"]`, the type
    `tensor<?x8x?xf32, affine_map<()[s0, s1] -> (s0, 8, s1 floordiv 2)>>` is N x 8 x H/2.
  }];
  let hasConstantMaterializer = 1;
}

//===-- Types --------------------------------------------------------------===//

def CNN_Tensor : TensorRankOf<[F32, F64, UI8, I8, I32, I64, I1], [0, 1, 2, 3, 4, 5, 6]>;
def CNN_Float : TensorRankOf<[F32, F64], [0, 1, 2, 3, 4, 5, 6]>;
def CNN_Vector : TensorRankOf<[F32, F64], [1]>;

//===-- How an op is called in `.cnn` and in the C++ builder ----------------===//

// One argument of an op's word, by position in the order given, or by name. `kind` says what is
// written there and what becomes of it:
//   int, float, flag (yes/no), name (a word)    the attribute as it is
//   ints                                        a list
//   per_dim     a number, AxB or a list: one int per spatial dim, a single number for all of them;
//               at least 1, or 0 where that is the fallback
//   padding     a number, a list of begins and ends, or same, same_lower, valid, full:
//               sets `pads` and `auto_pad`
//   dim, dims   a dim or a list of them; negative ones count from the end
//   init        an initializer of Initializers.h, or a number for all elements
//   type        an element type: becomes the result's
//   shape       a list of sizes: becomes the result's
// `fallback` is the value where the argument is left out, as `.cnn` text; "" means it must be given.
// An argument called like an attribute of the op (or in `attribute`) becomes that attribute; any
// other is for Layer::inferParameters.
class CallArg<string n, string k, string f = "", string a = n> {
  string name = n;
  string kind = k;
  string fallback = f;
  string attribute = a;
}

class CNN_Op<string mnemonic, list<Trait> traits = []>
    : Op<CNN_Dialect, mnemonic, !listconcat(traits, [Pure])> {
  // The arguments of the op's word after its tensors.
  list<CallArg> call = [];
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

//===-- Traits that passes ask for ------------------------------------------===//

// Each element of the result depends on the elements at its place alone (after broadcasting).
def CNN_Elementwise : NativeOpTrait<"Elementwise"> { let cppNamespace = "::cnnc::cnn"; }
// The heavy op of a fused kernel: takes elementwise ops behind it, and owns the schedule.
def CNN_Anchor : NativeOpTrait<"Anchor"> { let cppNamespace = "::cnnc::cnn"; }
// Sums products with its second operand, a filter, which is packed where it is constant.
def CNN_Contraction : NativeOpTrait<"Contraction"> { let cppNamespace = "::cnnc::cnn"; }
// Reads windows of its only input: may join the kernel of the convolution before it.
def CNN_WindowReduction : NativeOpTrait<"WindowReduction"> { let cppNamespace = "::cnnc::cnn"; }
// Made by gradient rules and training forms alone: no word of `.cnn`, and itself without a gradient.
def CNN_Backward : NativeOpTrait<"Backward"> { let cppNamespace = "::cnnc::cnn"; }

#endif
