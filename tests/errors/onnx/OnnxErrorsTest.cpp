// What the ONNX reader says of models that it can not take: the sentence, word by word.
#include "tests/frontend/onnx/OnnxModel.h"

#include <gtest/gtest.h>

#include <climits>
#include <fstream>

using namespace cnnc;

namespace {

/// A change to the model of OnnxModel.h, and the first line that is said of it.
struct ErrorCase {
  const char *name;
  void (*damage)(OnnxModel &);
  const char *message;
};

void addEntry(OnnxModel &model, const char *key, const char *value) {
  model.weight().set_data_location(onnx::TensorProto::EXTERNAL);
  onnx::StringStringEntryProto &entry = *model.weight().add_external_data();
  entry.set_key(key);
  entry.set_value(value);
}

const ErrorCase modelCases[] = {
    {"NoGraph", [](OnnxModel &m) { m.proto.clear_graph(); },
     "this is no ONNX file: it holds no graph"},
    {"NoOpset", [](OnnxModel &m) { m.proto.clear_opset_import(); },
     "the model does not say which opset of ONNX it uses"},
    {"OldOpset", [](OnnxModel &m) { m.setOpset(6); },
     "the model uses opset 6, but cnnc knows opsets 7 to 28: export it with one of these"},
    {"UnknownOp", [](OnnxModel &m) { m.node().set_op_type("Convv"); },
     "node 'conv' (Convv): ONNX op 'Convv' is not supported; did you mean 'Conv'?"},
    {"ForeignOp", [](OnnxModel &m) { m.node().set_domain("com.microsoft"); },
     "node 'conv' (Conv): ONNX op 'com.microsoft.Conv' is not supported"},
    {"UnknownTrainingOp",
     [](OnnxModel &m) {
       m.node().set_domain("ai.onnx.preview.training");
       m.node().set_op_type("Adamm");
     },
     "node 'conv' (Adamm): ONNX op 'ai.onnx.preview.training.Adamm' is not supported; did you mean "
     "'ai.onnx.preview.training.Adam'?"},
    {"TrainingOpOfTheStandardDomain", [](OnnxModel &m) { m.node().set_op_type("Momentum"); },
     "node 'conv' (Momentum): ONNX op 'Momentum' is not supported"},
    {"TrainingOpset",
     [](OnnxModel &m) {
       onnx::OperatorSetIdProto &opset = *m.proto.add_opset_import();
       opset.set_domain("ai.onnx.preview.training");
       opset.set_version(2);
     },
     "the model uses version 2 of ai.onnx.preview.training, but cnnc knows version 1"},
    {"NoOutputs", [](OnnxModel &m) { m.graph().clear_output(); }, "the graph has no outputs"},
    {"OutputOfNoNode", [](OnnxModel &m) { m.graph().mutable_output(0)->set_name("z"); },
     "output 'z' is made by no node"},
    {"OutputOfIntegers", [](OnnxModel &m) { m.setNode("Shape", {"x"}); },
     "output 'y' is known when compiling, which is not supported"},
    {"TwoWeightsOfOneName", [](OnnxModel &m) { m.addWeight("w", {1}); },
     "two weights are called 'w'"},
    {"TwoInputsOfOneName", [](OnnxModel &m) { m.addInput("x", {"1"}); },
     "two inputs are called 'x'"},
    {"InputWithoutShape",
     [](OnnxModel &m) {
       m.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->clear_shape();
     },
     "input 'x' must be a tensor of a given number of dims"},
    {"InputOfStrings",
     [](OnnxModel &m) {
       m.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
           onnx::TensorProto::STRING);
     },
     "input 'x' has the element type STRING, but must have FLOAT, UINT8, INT8, INT32 or INT64"},
    {"InputWithSevenDims",
     [](OnnxModel &m) {
       m.addInput("z", {"1", "1", "1", "1", "1", "1", "1"});
     },
     "input 'z' has 7 dims, but at most 6 are supported"},
    {"InputOfSizeZero", [](OnnxModel &m) { m.inputShape().mutable_dim(2)->set_dim_value(0); },
     "dim 2 of input 'x' is 0, but a size must be between 1 and 2147483647, or have a name"},
    {"InputOfNegativeSize", [](OnnxModel &m) { m.inputShape().mutable_dim(0)->set_dim_value(-1); },
     "dim 0 of input 'x' is -1, but a size must be between 1 and 2147483647, or have a name"},
};

const ErrorCase weightCases[] = {
    {"TooFewNumbers", [](OnnxModel &m) { m.weight().mutable_raw_data()->resize(8); },
     "node 'conv' (Conv): weight 'w': its shape [3, 2, 3, 3] calls for 216 bytes, but 8 are "
     "stored"},
    {"NegativeDim", [](OnnxModel &m) { m.weight().set_dims(0, -3); },
     "node 'conv' (Conv): weight 'w': the shape [-3, 2, 3, 3] has a negative dim"},
    {"Strings", [](OnnxModel &m) { m.weight().set_data_type(onnx::TensorProto::STRING); },
     "node 'conv' (Conv): weight 'w': its element type STRING is not supported"},
    {"Segments", [](OnnxModel &m) { m.weight().mutable_segment(); },
     "node 'conv' (Conv): weight 'w': it is stored in segments, which is not supported"},
    {"Sparse",
     [](OnnxModel &m) { m.graph().add_sparse_initializer()->mutable_values()->set_name("s"); },
     "weight 's' is sparse, which is not supported"},
    {"NoElements",
     [](OnnxModel &m) {
       m.weight().set_dims(0, 0);
       m.weight().clear_raw_data();
     },
     "node 'conv' (Conv): 'w' has the shape [0, 2, 3, 3], but a tensor must have elements, and at "
     "most "
     "6 dims"},
    {"OutsideOfTheFolder", [](OnnxModel &m) { addEntry(m, "location", "../secret.bin"); },
     "node 'conv' (Conv): weight 'w': its external data is at '../secret.bin', but only files "
     "below "
     "the model's folder are read"},
    {"AbsolutePath", [](OnnxModel &m) { addEntry(m, "location", "/etc/passwd"); },
     "node 'conv' (Conv): weight 'w': its external data is at '/etc/passwd', but only files below "
     "the "
     "model's folder are read"},
    {"NoLocation", [](OnnxModel &m) { addEntry(m, "offset", "0"); },
     "node 'conv' (Conv): weight 'w': its external data has no location"},
    {"BadOffset",
     [](OnnxModel &m) {
       addEntry(m, "location", "w.bin");
       addEntry(m, "offset", "-4");
     },
     "node 'conv' (Conv): weight 'w': its external data has the offset '-4', which is no count of "
     "bytes"},
    {"OtherLength",
     [](OnnxModel &m) {
       addEntry(m, "location", "w.bin");
       addEntry(m, "length", "100");
     },
     "node 'conv' (Conv): weight 'w': its external data has 100 bytes but its shape calls for 216"},
};

/// y = op(inputs) by node 'n1', which is a step of an optimizer: r and t have no dims, x and g 2, v
/// and h 3 of them.
onnx::NodeProto &setStep(OnnxModel &m, const char *op, const std::vector<std::string> &inputs) {
  m.graph().clear_input();
  for (const char *name : {"r", "t"})
    m.addInput(name, {});
  for (const char *name : {"x", "g"})
    m.addInput(name, {"2"});
  for (const char *name : {"v", "h"})
    m.addInput(name, {"3"});
  onnx::NodeProto &node = m.setNode(op, inputs);
  node.set_domain("ai.onnx.preview.training");
  return node;
}

const ErrorCase stepCases[] = {
    {"Operands",
     [](OnnxModel &m) {
       setStep(m, "Adagrad", {"r", "t", "x", "g"});
     },
     "node 'n1' (Adagrad): it has 2 inputs behind R and T, but each tensor comes with 2 others: a "
     "multiple of 3 is called for"},
    {"NoTensors", [](OnnxModel &m) { setStep(m, "Adam", {"r"}); },
     "node 'n1' (Adam): it has 0 inputs behind R and T, but each tensor comes with 3 others: a "
     "multiple of 4 is called for"},
    {"Rate",
     [](OnnxModel &m) {
       setStep(m, "Adagrad", {"x", "t", "x", "g", "g"});
     },
     "node 'n1' (Adagrad): input 'x' is 2 but must be one number"},
    {"Shapes",
     [](OnnxModel &m) {
       setStep(m, "Adam", {"r", "t", "x", "g", "v", "h"});
     },
     "node 'n1' (Adam): input 'v' is 3 but 'x' is 2"},
    {"Share",
     [](OnnxModel &m) {
       setFloat(setStep(m, "Adam", {"r", "t", "x", "g", "g", "g"}), "beta", 1);
     },
     "node 'n1' (Adam): attribute 'beta' is 1.000000e+00, but must be at least 0 and below "
     "1"},
    {"MissingAttribute",
     [](OnnxModel &m) {
       setStep(m, "Momentum", {"r", "t", "x", "g", "g"});
     },
     "node 'n1' (Momentum): attribute 'alpha' is missing"},
    {"Mode",
     [](OnnxModel &m) {
       onnx::NodeProto &node = setStep(m, "Momentum", {"r", "t", "x", "g", "g"});
       for (const char *name : {"alpha", "beta", "norm_coefficient"})
         setFloat(node, name, 0.5);
       setString(node, "mode", "heavy");
     },
     "node 'n1' (Momentum): mode must be standard or nesterov but is 'heavy'"},
};

/// Makes y the gradient of `target` with respect to `xs`, by node 'g' of these inputs. Before it
/// are h = x * x, which is 2, s = sum(h), and f = sum(fixed(x)), which does not depend on x
/// smoothly.
onnx::NodeProto &setGradient(OnnxModel &m, const std::vector<std::string> &inputs,
                             const std::vector<std::string> &xs, const char *target) {
  m.graph().clear_node();
  m.graph().clear_input();
  m.addInput("x", {"2"});
  m.addInput("z", {"2"});
  m.addNode("Mul", {"x", "x"}, "h");
  setInt(m.addNode("ReduceSum", {"h"}, "s"), "keepdims", 0);
  onnx::NodeProto &node = m.addNode("Gradient", inputs, "y");
  node.set_name("g");
  node.set_domain("ai.onnx.preview.training");
  setStrings(node, "xs", xs);
  setString(node, "y", target);
  return node;
}

const ErrorCase gradientCases[] = {
    {"Inputs",
     [](OnnxModel &m) {
       setGradient(m, {"x"}, {"x", "z"}, "s");
     },
     "node 'g' (Gradient): xs and zs name 2 tensors but its inputs are 1"},
    {"OtherValues", [](OnnxModel &m) { setGradient(m, {"z"}, {"x"}, "s"); },
     "node 'g' (Gradient): input 0 is 'z' but xs and zs name 'x': gradients at other values are "
     "not supported"},
    {"Target", [](OnnxModel &m) { setGradient(m, {"x"}, {"x"}, "q"); },
     "node 'g' (Gradient): y is 'q', which no earlier node makes"},
    {"TargetOfManyNumbers", [](OnnxModel &m) { setGradient(m, {"x"}, {"x"}, "h"); },
     "node 'g' (Gradient): y, 'h', is 2 but must be one number"},
    {"NoDependence", [](OnnxModel &m) { setGradient(m, {"z"}, {"z"}, "s"); },
     "node 'g' (Gradient): 's' has no gradient with respect to 'z'"},
    {"Dependence",
     [](OnnxModel &m) {
       setGradient(m, {"x", "h"}, {"x", "h"}, "s");
     },
     "node 'g' (Gradient): 'h' is computed from another tensor that xs names"},
    {"OneTensorTwice",
     [](OnnxModel &m) {
       onnx::NodeProto gradient = setGradient(m, {"x", "copy"}, {"x", "copy"}, "s");
       m.graph().mutable_node()->RemoveLast();
       m.addNode("Identity", {"x"}, "copy");
       *m.graph().add_node() = gradient;
     },
     "node 'g' (Gradient): 'copy' is computed from another tensor that xs names"},
    {"DependenceOfConstants",
     [](OnnxModel &m) {
       setStrings(setGradient(m, {"x", "h"}, {"x"}, "s"), "zs", {"h"});
     },
     "node 'g' (Gradient): 'h' is computed from another tensor that xs names"},
    {"Integers",
     [](OnnxModel &m) {
       setGradient(m, {"i"}, {"i"}, "s");
       m.addInput("i", {"2"});
       m.graph().mutable_input(2)->mutable_type()->mutable_tensor_type()->set_elem_type(
           onnx::TensorProto::INT32);
     },
     "node 'g' (Gradient): input 'i' has element type 'i32', but floats are called for"},
    {"NoRule",
     [](OnnxModel &m) {
       onnx::NodeProto gradient = setGradient(m, {"x"}, {"x"}, "s");
       m.graph().clear_node();
       m.addInput("image", {"1", "2", "H", "W"});
       *m.graph().mutable_input(0)->mutable_type() = m.graph().input(2).type();
       m.graph().mutable_input()->RemoveLast();
       onnx::NodeProto &conv = m.addNode("Conv", {"x", "w"}, "c");
       conv.set_name("conv");
       setString(conv, "auto_pad", "SAME_UPPER");
       setInts(conv, "strides", {2, 2});
       setInt(m.addNode("ReduceSum", {"c"}, "s"), "keepdims", 0);
       *m.graph().add_node() = gradient;
     },
     "node 'g' (Gradient): at 'conv': the gradient under a stride of 2 with padding 'same' needs a "
     "known size"},
};

const ErrorCase nodeCases[] = {
    {"UndefinedInput", [](OnnxModel &m) { m.node().set_input(0, "q"); },
     "node 'conv' (Conv): input 'q' is no input or weight of the graph, nor made by an earlier "
     "node"},
    {"Cycle", [](OnnxModel &m) { m.node().set_input(0, "y"); },
     "node 'conv' (Conv): input 'y' is no input or weight of the graph, nor made by an earlier "
     "node"},
    {"MissingInput", [](OnnxModel &m) { m.node().mutable_input()->RemoveLast(); },
     "node 'conv' (Conv): input 1 is missing"},
    {"OutputDefinedTwice", [](OnnxModel &m) { m.addNode("Relu", {"x"}, "y"); },
     "node 'n2' (Relu): its output 'y' has the name of another value"},
    {"NodeWithoutName",
     [](OnnxModel &m) {
       m.node().clear_name();
       m.node().mutable_input()->RemoveLast();
     },
     "node #0 (Conv): input 1 is missing"},
    {"AttributeOfOtherType", [](OnnxModel &m) { setInt(m.node(), "pads", 1); },
     "node 'conv' (Conv): attribute 'pads' is of type INT but must be INTS"},
    {"AttributeTooLarge",
     [](OnnxModel &m) {
       setInts(m.node(), "strides", {1, INT64_MAX});
     },
     "node 'conv' (Conv): attribute 'strides' has the value 9223372036854775807, but must be "
     "between "
     "-2147483647 and 2147483647"},
    {"ConvChannels", [](OnnxModel &m) { m.inputShape().mutable_dim(1)->set_dim_value(4); },
     "node 'conv' (Conv): filter has 2 input channels but input has 4"},
    {"ConvKernelShape",
     [](OnnxModel &m) {
       setInts(m.node(), "kernel_shape", {5, 5});
     },
     "node 'conv' (Conv): kernel_shape is [5, 5] but the filter's is [3, 3]"},
    {"ConvFilterDims",
     [](OnnxModel &m) {
       m.node().set_input(1, "x2"), m.addInput("x2", {"3", "2"});
     },
     "node 'conv' (Conv): the filter must have at least 3 dims but has 2"},
    {"ConvPads",
     [](OnnxModel &m) {
       setInts(m.node(), "pads", {1, 1});
     },
     "node 'conv' (Conv): pads has 2 entries but the input calls for 4"},
    {"ConvWindow", [](OnnxModel &m) { m.inputShape().mutable_dim(2)->set_dim_value(2); },
     "node 'conv' (Conv): window of 3 elements does not fit a dim of 2 elements with 0 of padding"},
    {"ConvAutoPad", [](OnnxModel &m) { setString(m.node(), "auto_pad", "SAME"); },
     "node 'conv' (Conv): auto_pad must be NOTSET, SAME_UPPER, SAME_LOWER or VALID but is 'SAME'"},
    {"PoolIndices",
     [](OnnxModel &m) {
       setInts(m.setNode("MaxPool", {"x"}), "kernel_shape", {2, 2});
       m.node().add_output("places");
       m.graph().add_output()->set_name("places");
     },
     "node 'n1' (MaxPool): the places of the maxima (its second output) are not supported"},
    {"FloatsFromIntegers",
     [](OnnxModel &m) {
       m.addIntegers("i", {1});
       m.setNode("Add", {"x", "i"});
     },
     "node 'n1' (Add): input 'i' holds integers known when compiling, but a tensor of floats is "
     "called "
     "for"},
    {"OpOnIntegersAlone",
     [](OnnxModel &m) {
       m.addIntegers("i", {1});
       m.setNode("Relu", {"i"});
     },
     "node 'n1' (Relu): input 'i' holds integers known when compiling, but a tensor of floats is "
     "called "
     "for"},
    {"OpForIntegersOnly",
     [](OnnxModel &m) {
       m.setNode("Mod", {"x", "x"});
     },
     "node 'n1' (Mod): it is supported only on integers that are known when compiling"},
    {"BroadcastNames",
     [](OnnxModel &m) {
       m.addInput("a", {"N", "8"});
       m.addInput("b", {"M", "8"});
       m.setNode("Add", {"a", "b"});
     },
     "node 'n1' (Add): shapes Nx8 and Mx8 do not broadcast: dim 0 differs"},
    {"AxisOutside", [](OnnxModel &m) { setInt(m.setNode("Softmax", {"x"}), "axis", 4); },
     "node 'n1' (Softmax): axis is 4 but the tensor has 4 dims"},
    {"ReshapeElements",
     [](OnnxModel &m) {
       m.addIntegers("shape", {7, 7});
       m.setNode("Reshape", {"x", "shape"});
     },
     "node 'n1' (Reshape): result has 49 elements but input has 50"},
    {"ReshapeUneven",
     [](OnnxModel &m) {
       m.addIntegers("shape", {-1, 7});
       m.setNode("Reshape", {"x", "shape"});
     },
     "node 'n1' (Reshape): the elements of 1x2x5x5 can not be divided evenly by 7 to replace the "
     "-1"},
    {"ReshapeTwoOpen",
     [](OnnxModel &m) {
       m.addIntegers("shape", {-1, -1});
       m.setNode("Reshape", {"x", "shape"});
     },
     "node 'n1' (Reshape): the shape -1x-1 does not fit an input 1x2x5x5: dim 1 is -1"},
    {"SqueezeNotOne",
     [](OnnxModel &m) {
       m.addIntegers("axes", {1});
       m.setNode("Squeeze", {"x", "axes"});
     },
     "node 'n1' (Squeeze): dim 1 of 1x2x5x5 can not be removed: it is not 1"},
    {"SliceOfOpenDim",
     [](OnnxModel &m) {
       m.addInput("s", {"N", "8"});
       m.addIntegers("begin", {0});
       m.addIntegers("end", {-1});
       m.setNode("Slice", {"s", "begin", "end"});
     },
     "node 'n1' (Slice): dim 0 has a size known only at run time, and the slice from 0 to -1 "
     "depends on "
     "it: fix the size"},
    {"ConcatShapes",
     [](OnnxModel &m) {
       m.addInput("a", {"1", "2", "4", "5"});
       setInt(m.setNode("Concat", {"x", "a"}), "axis", 1);
     },
     "node 'n1' (Concat): tensors of shapes 1x2x5x5 and 1x2x4x5 may differ along dim 1 only"},
    {"GemmDims",
     [](OnnxModel &m) {
       m.setNode("Gemm", {"x", "w"});
     },
     "node 'n1' (Gemm): its operands must be matrices, but one is 1x2x5x5"},
    {"ResizeCubic",
     [](OnnxModel &m) {
       m.setOpset(13);
       m.addIntegers("sizes", {1, 2, 10, 10});
       setString(m.setNode("Resize", {"x", "", "", "sizes"}), "mode", "cubic");
     },
     "node 'n1' (Resize): mode must be one of nearest, linear but is cubic"},
    {"ResizeChannels",
     [](OnnxModel &m) {
       m.addIntegers("sizes", {1, 4, 10, 10});
       m.setNode("Resize", {"x", "", "", "sizes"});
     },
     "node 'n1' (Resize): it resizes dim 1, but only spatial dims can be resized"},
    {"ResizeSizes",
     [](OnnxModel &m) {
       m.addIntegers("sizes", {10, 10});
       m.setNode("Resize", {"x", "", "", "sizes"});
     },
     "node 'n1' (Resize): it has 2 sizes but 4 dims to be resized"},
    {"ResizeToUnknownSize",
     [](OnnxModel &m) {
       m.addInput("s", {"1", "2", "H", "5"});
       m.addIntegers("three", {0, 0, 3, 0});
       m.setNode("Resize", {"s", "", "", "sizes"});
       m.graph().clear_node();
       m.addNode("Shape", {"s"}, "shape");
       m.addNode("Add", {"shape", "three"}, "sizes");
       m.addNode("Resize", {"s", "", "", "sizes"}, "y");
     },
     "node 'n3' (Resize): it resizes 1x2xHx5 to 1x2x(H + 3)x5, whose ratio is known only at run "
     "time, and no tensor of the network has such spatial dims: fix the sizes"},
    {"ResizeComputedScales",
     [](OnnxModel &m) {
       m.setNode("Resize", {"x", "", "x"});
     },
     "node 'n1' (Resize): its scales must be known when compiling"},
    {"ResizeBothWaysBeforeOpset11",
     [](OnnxModel &m) {
       m.setOpset(9);
       onnx::NodeProto &node = m.setNode("Upsample", {"x"});
       onnx::AttributeProto &scales = *node.add_attribute();
       scales.set_name("scales");
       scales.set_type(onnx::AttributeProto::FLOATS);
       for (float scale : {1.0f, 1.0f, 2.0f, 0.5f})
         scales.add_floats(scale);
     },
     "node 'n1' (Upsample): it enlarges some dims and shrinks others, which rounds differently "
     "before opset 11: export it with a newer one"},
    {"ResizeAntialias",
     [](OnnxModel &m) {
       m.addIntegers("sizes", {1, 2, 4, 4});
       setInt(m.setNode("Resize", {"x", "", "", "sizes"}), "antialias", 1);
     },
     "node 'n1' (Resize): antialias is not supported"},
    {"ConvTransposeOfOpenSize",
     [](OnnxModel &m) {
       m.addInput("s", {"1", "3", "H", "5"});
       setInts(m.setNode("ConvTranspose", {"s", "w"}), "output_shape", {7, 7});
     },
     "node 'n1' (ConvTranspose): output_shape is given, but dim 2 of the input has a size known "
     "only "
     "at run time: fix the size"},
    {"ConvTransposeChannels",
     [](OnnxModel &m) {
       m.setNode("ConvTranspose", {"x", "w"});
     },
     "node 'n1' (ConvTranspose): filter has 3 input channels but input has 2"},
    {"DepthToSpaceChannels",
     [](OnnxModel &m) { setInt(m.setNode("DepthToSpace", {"x"}), "blocksize", 2); },
     "node 'n1' (DepthToSpace): its input 1x2x5x5 must have 4 dims, and a number of channels that "
     "2 "
     "x 2 divides"},
    {"CastToDouble",
     [](OnnxModel &m) { setInt(m.setNode("Cast", {"x"}), "to", onnx::TensorProto::DOUBLE); },
     "node 'n1' (Cast): a cast to DOUBLE is not supported"},
    {"BatchNormTraining",
     [](OnnxModel &m) {
       for (const char *name : {"s", "b", "m", "v"})
         m.addWeight(name, {2});
       setInt(m.setNode("BatchNormalization", {"x", "s", "b", "m", "v"}), "training_mode", 1);
     },
     "node 'n1' (BatchNormalization): only the form for inference is supported, with one output"},
    {"LayerNormStatistics",
     [](OnnxModel &m) {
       m.addWeight("s", {5});
       m.setNode("LayerNormalization", {"x", "s"}).add_output("mean");
       m.graph().add_output()->set_name("mean");
     },
     "node 'n1' (LayerNormalization): only its first output is supported, without mean and "
     "deviation"},
    {"InstanceNormScale",
     [](OnnxModel &m) {
       m.addWeight("s", {2, 1});
       m.setNode("InstanceNormalization", {"x", "s", "s"});
     },
     "node 'n1' (InstanceNormalization): its parameters must have 1 dim, but one has 2"},
    {"BatchNormChannels",
     [](OnnxModel &m) {
       for (const char *name : {"s", "b", "m", "v"})
         m.addWeight(name, {3});
       m.setNode("BatchNormalization", {"x", "s", "b", "m", "v"});
     },
     "node 'n1' (BatchNormalization): a parameter has 3 channels but input has 2"},
    {"TooManyElements",
     [](OnnxModel &m) {
       m.addInput("a", {"65536", "1"});
       m.addInput("b", {"1", "65536"});
       m.setNode("Add", {"a", "b"});
     },
     "node 'n1' (Add): its result 65536x65536 must have between 1 and 2147483647 elements"},
    {"DivisionByZero",
     [](OnnxModel &m) {
       m.addIntegers("zero", {0});
       m.addIntegers("ten", {10});
       m.setNode("Div", {"ten", "zero"});
     },
     "node 'n1' (Div): it can not be computed of 10 and 0"},
};

class OnnxErrors : public testing::TestWithParam<ErrorCase> {};

TEST_P(OnnxErrors, AreSentences) {
  OnnxModel model;
  GetParam().damage(model);
  ReadResult result = model.read();
  EXPECT_FALSE(result.module);
  std::string first = result.messages.substr(0, result.messages.find('\n'));
  EXPECT_EQ(first, std::string("error: ") + GetParam().message);
}

const auto nameOf = [](const testing::TestParamInfo<ErrorCase> &info) { return info.param.name; };
INSTANTIATE_TEST_SUITE_P(Model, OnnxErrors, testing::ValuesIn(modelCases), nameOf);
INSTANTIATE_TEST_SUITE_P(Weight, OnnxErrors, testing::ValuesIn(weightCases), nameOf);
INSTANTIATE_TEST_SUITE_P(Gradient, OnnxErrors, testing::ValuesIn(gradientCases), nameOf);
INSTANTIATE_TEST_SUITE_P(Step, OnnxErrors, testing::ValuesIn(stepCases), nameOf);
INSTANTIATE_TEST_SUITE_P(Node, OnnxErrors, testing::ValuesIn(nodeCases), nameOf);

TEST(OnnxErrors, NameEveryOpThatIsNotSupported) {
  OnnxModel model;
  model.addNode("Celuu", {"x"}, "a");
  model.addNode("Einsum", {"x"}, "b");
  model.addNode("Einsum", {"x"}, "c");
  std::string messages = model.read().messages;
  EXPECT_NE(messages.find("node 'n2' (Celuu): ONNX op 'Celuu' is not supported"),
            std::string::npos);
  EXPECT_NE(messages.find("node 'n3' (Einsum): ONNX op 'Einsum' is not supported"),
            std::string::npos);
  EXPECT_EQ(messages.find("n4"), std::string::npos) << "an op is reported once";
  EXPECT_NE(messages.find("note: supported ops are Abs, Add, "), std::string::npos);
}

TEST(OnnxErrors, OfFiles) {
  TemporaryFolder folder;
  EXPECT_EQ(readFile(folder.path + "/none.onnx").messages,
            "error: can not read it: No such file or directory\n");
  EXPECT_EQ(readFile(folder.path).messages, "error: can not read it: not a file\n");
  std::ofstream(folder.path + "/text.onnx") << "network lines(x: f32[N, 1, H, W])";
  EXPECT_EQ(readFile(folder.path + "/text.onnx").messages,
            "error: this is no ONNX file, or it is damaged or cut short\n");
}

// What the file says of its outputs is often stale: worth a word, not a failure.
TEST(OnnxErrors, OtherOutputShapeIsAWarning) {
  OnnxModel model;
  onnx::TypeProto::Tensor &type =
      *model.graph().mutable_output(0)->mutable_type()->mutable_tensor_type();
  for (int64_t size : {1, 3, 4, 4})
    type.mutable_shape()->add_dim()->set_dim_value(size);
  ReadResult result = model.read();
  EXPECT_TRUE(result.module);
  EXPECT_EQ(result.messages, "warning: output 'y' is declared as 1x3x4x4 but is 1x3x3x3\n");
}

} // namespace
