"""Writes small ONNX models, with inputs and what ONNX Runtime computes of them.

    make_models.py FOLDER

FOLDER/NAME_OPSET.onnx and .npz, in which an input x is `in:x` and an output y is `out:y`; and
FOLDER/cases.txt, which lists them. Every op of the importer is there, in each opset in which its
form differs, and the shape arithmetic that exporters write around it.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "models"))

import networks
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

NEWEST = onnx.defs.onnx_opset_version()
OPSETS = (7, 11, 13, 18, NEWEST)
IR_VERSION = 8
random = np.random.default_rng(7)


class Model:
    """A graph under construction: `add` appends a node and returns the name of its result."""

    def __init__(self, opset):
        self.opset, self.nodes, self.weights, self.feeds, self.inputs = opset, [], [], {}, []

    def input(self, name, shape, dims=None, values=None, dtype=np.float32):
        """An input fed with `shape` random numbers, declared with `dims` (names where symbolic)."""
        if values is None:
            values = random.standard_normal(shape).astype(dtype)
        kind = helper.np_dtype_to_tensor_dtype(values.dtype)
        self.feeds[name] = values
        self.inputs.append(helper.make_tensor_value_info(name, kind, dims or list(shape)))
        return name

    def weight(self, values, dtype=np.float32):
        """A weight of these values, or of random ones of this shape (a tuple)."""
        if isinstance(values, tuple):
            values = random.standard_normal(values)
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def integers(self, values):
        return self.weight(values, np.int64)

    def add(self, op, *inputs, **attributes):
        result = f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [result], name=result, **attributes))
        return result

    def build(self, *outputs):
        infos = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        graph = helper.make_graph(self.nodes, "case", self.inputs, infos, self.weights)
        opset = helper.make_opsetid("", self.opset)
        return helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION)


CASES = {}


def case(first=7, last=NEWEST):
    """Makes a case of a function from a Model to its outputs, for the opsets from first to last."""
    def register(function):
        CASES[function.__name__] = (function, [v for v in OPSETS if first <= v <= last])
        return function
    return register


def image(m, *shape):
    return m.input("x", shape)


# --- Convolution ----------------------------------------------------------------------------------
@case()
def conv(m):
    return m.add("Conv", image(m, 2, 3, 9, 8), m.weight((4, 3, 3, 3)), m.weight((4,)),
                 pads=[1, 0, 1, 2], strides=[2, 1])


@case()
def conv_1d_dilated(m):
    return m.add("Conv", image(m, 1, 4, 21), m.weight((6, 2, 3)), dilations=[2], group=2)


@case(13)
def conv_3d(m):
    return m.add("Conv", image(m, 1, 2, 5, 6, 7), m.weight((3, 2, 2, 3, 3)), kernel_shape=[2, 3, 3])


@case(13)
def conv_depthwise(m):
    return m.add("Conv", image(m, 1, 5, 7, 7), m.weight((5, 1, 3, 3)), group=5, pads=[1, 1, 1, 1])


@case(11)
def conv_same_upper(m):
    return m.add("Conv", image(m, 1, 2, 8, 7), m.weight((3, 2, 3, 2)), auto_pad="SAME_UPPER",
                 strides=[2, 2])


@case(11)
def conv_same_lower(m):
    return m.add("Conv", image(m, 1, 2, 8, 7), m.weight((3, 2, 3, 2)), auto_pad="SAME_LOWER",
                 strides=[2, 2])


@case(11)
def conv_valid(m):
    return m.add("Conv", image(m, 1, 2, 8, 7), m.weight((3, 2, 3, 2)), auto_pad="VALID")


@case()
def conv_symbolic(m):
    x = m.input("x", (2, 3, 9, 11), ["N", 3, "H", "W"])
    return m.add("Conv", x, m.weight((4, 3, 3, 3)), pads=[1, 1, 1, 1], strides=[2, 2])


# --- Transposed convolution -----------------------------------------------------------------------
@case()
def conv_transpose(m):
    return m.add("ConvTranspose", image(m, 2, 3, 4, 5), m.weight((3, 4, 3, 3)), m.weight((4,)),
                 strides=[2, 1], pads=[1, 0, 0, 2], output_padding=[1, 0])


@case()
def conv_transpose_usual(m):
    """Twice the size, by each of the usual kernels."""
    x = m.input("x", (2, 4, 3, 5), ["N", 4, "H", "W"])
    by_2x2 = m.add("ConvTranspose", x, m.weight((4, 2, 2, 2)), m.weight((2,)), strides=[2, 2])
    by_3x3 = m.add("ConvTranspose", x, m.weight((4, 2, 3, 3)), strides=[2, 2], pads=[1] * 4,
                   output_padding=[1, 1])
    by_4x4 = m.add("ConvTranspose", x, m.weight((4, 2, 4, 4)), strides=[2, 2], pads=[1] * 4)
    return m.add("Add", m.add("Add", by_2x2, by_3x3), by_4x4)


@case()
def conv_transpose_grouped_1d(m):
    return m.add("ConvTranspose", image(m, 1, 6, 7), m.weight((6, 2, 5)), m.weight((6,)), group=3,
                 strides=[3])


@case()
def conv_transpose_dilated(m):
    return m.add("ConvTranspose", image(m, 1, 2, 4, 3), m.weight((2, 3, 3, 2)), dilations=[2, 3],
                 strides=[2, 2], pads=[0, 1, 3, 0])


@case(13)
def conv_transpose_3d(m):
    return m.add("ConvTranspose", image(m, 1, 2, 2, 3, 2), m.weight((2, 3, 3, 2, 3)),
                 strides=[2, 2, 1])


@case(11)
def conv_transpose_same(m):
    x, filter_ = image(m, 1, 2, 4, 3), m.weight((2, 3, 4, 3))
    upper = m.add("ConvTranspose", x, filter_, auto_pad="SAME_UPPER", strides=[3, 2])
    lower = m.add("ConvTranspose", x, filter_, auto_pad="SAME_LOWER", strides=[3, 2])
    return upper, lower


@case()
def conv_transpose_output_shape(m):
    x, filter_ = image(m, 1, 2, 3, 3), m.weight((2, 3, 3, 4))
    return (m.add("ConvTranspose", x, filter_, output_shape=[6, 7], strides=[2, 2]),
            m.add("ConvTranspose", x, filter_, output_shape=[6, 7], strides=[2, 2],
                  auto_pad="SAME_UPPER"))


@case(13)
def conv_transpose_of_many_channels(m):
    """Of which each phase is computed by itself."""
    x, bias = image(m, 1, 16, 3, 2), m.weight((16,))
    odd = m.add("ConvTranspose", x, m.weight((16, 16, 3, 3)), bias, strides=[2, 2], pads=[1] * 4,
                output_padding=[1, 1])
    few_taps = m.add("ConvTranspose", x, m.weight((16, 16, 2, 4)), bias, strides=[3, 3],
                     pads=[0, 4, 1, 0])
    return odd, few_taps


@case()
def conv_transpose_pads_beyond_the_kernel(m):
    return m.add("ConvTranspose", image(m, 1, 2, 9), m.weight((2, 3, 2)), strides=[2], pads=[5, 4])


# --- Pooling --------------------------------------------------------------------------------------
@case()
def max_pool(m):
    return m.add("MaxPool", image(m, 1, 2, 9, 8), kernel_shape=[3, 2], strides=[2, 2],
                 pads=[1, 0, 1, 1])


@case(11)
def max_pool_ceil_dilated(m):
    return m.add("MaxPool", image(m, 1, 2, 12, 13), kernel_shape=[3, 3], strides=[2, 2],
                 dilations=[2, 1], ceil_mode=1)


@case(11)
def max_pool_same(m):
    return m.add("MaxPool", image(m, 1, 2, 12, 13), kernel_shape=[3, 3], strides=[2, 2],
                 auto_pad="SAME_UPPER")


@case()
def average_pool(m):
    return m.add("AveragePool", image(m, 1, 2, 9, 8), kernel_shape=[3, 2], strides=[2, 1],
                 pads=[1, 1, 1, 0])


@case()
def average_pool_counts_padding(m):
    return m.add("AveragePool", image(m, 1, 2, 9, 8), kernel_shape=[3, 3], pads=[1, 1, 1, 1],
                 count_include_pad=1)


@case(11)
def average_pool_1d_ceil(m):
    return m.add("AveragePool", image(m, 1, 2, 10), kernel_shape=[3], strides=[2], ceil_mode=1)


@case(18)
def average_pool_dilated(m):
    m.opset = max(m.opset, 19)
    return m.add("AveragePool", image(m, 1, 2, 12, 13), kernel_shape=[3, 3], dilations=[2, 2])


@case()
def global_average_pool(m):
    return m.add("GlobalAveragePool", image(m, 2, 3, 5, 4))


@case()
def global_max_pool(m):
    return m.add("GlobalMaxPool", image(m, 2, 3, 5))


# --- Resizing -------------------------------------------------------------------------------------
def absent(m):
    """An input that is not meant: before opset 13 it had to be there, and empty."""
    return "" if m.opset >= 13 else m.weight([])


def resize(m, x, scales, **attributes):
    """By these scales of all dims."""
    if m.opset < 9:
        return m.add("Upsample", x, scales=[float(s) for s in scales], **attributes)
    if m.opset < 11:
        return m.add("Upsample", x, m.weight(scales), **attributes)
    return m.add("Resize", x, absent(m), m.weight(scales), **attributes)


@case()
def upsample(m):
    x = image(m, 1, 2, 3, 4)
    rules = {"coordinate_transformation_mode": "asymmetric"} if m.opset >= 11 else {}
    floor = {"nearest_mode": "floor"} if rules else {}
    return (resize(m, x, [1, 1, 2, 3], **rules, **floor),
            resize(m, x, [1, 1, 2, 1.5], mode="linear", **rules))


@case(7, 7)
def upsample_9(m):
    m.opset = 9
    return resize(m, image(m, 1, 2, 3, 4), [1, 1, 2, 2])


@case(7, 7)
def resize_10(m):
    m.opset = 10
    x = image(m, 1, 2, 5, 4)
    return tuple(m.add("Resize", x, m.weight([1, 1, *scales])) for scales in ((0.6, 0.5), (2, 1.5)))


def nearest(coordinates):
    def build(m):
        x = image(m, 1, 2, 4, 5)
        return tuple(resize(m, x, [1, 1, 1.5, 0.4], nearest_mode=rounding,
                            coordinate_transformation_mode=coordinates)
                     for rounding in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"))
    build.__name__ = f"resize_nearest_{coordinates}"
    case(11)(build)


def linear(coordinates):
    def build(m):
        x = image(m, 1, 2, 4, 5)
        return tuple(resize(m, x, [1, 1, *scales], mode="linear",
                            coordinate_transformation_mode=coordinates)
                     for scales in ((2, 3), (1.5, 0.4), (0.25, 1), (0.6, 0.7)))
    build.__name__ = f"resize_linear_{coordinates}"
    case(11)(build)


for coordinates in ("half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"):
    nearest(coordinates)
    linear(coordinates)


@case(13)
def resize_3d_linear(m):
    return resize(m, image(m, 1, 2, 3, 2, 4), [1, 1, 2, 2, 1.5], mode="linear")


@case(11)
def resize_to_sizes(m):
    x = image(m, 1, 2, 4, 6)
    sizes = m.integers([1, 2, 7, 3])
    return (m.add("Resize", x, absent(m), absent(m), sizes),
            m.add("Resize", x, absent(m), absent(m), sizes, mode="linear"))


@case(18)
def resize_axes(m):
    x = image(m, 1, 2, 4, 6)
    return (m.add("Resize", x, "", m.weight([2.0]), axes=[-1]),
            m.add("Resize", x, "", "", m.integers([7, 5]), axes=[3, 2], mode="linear"))


@case(11)
def resize_to_twice_the_size(m):
    """F.interpolate(x, size=(2 * h, 2 * w)), as PyTorch exports it."""
    x = symbolic(m)
    sizes = m.add("Shape", x)
    space = m.add("Mul", slice_(m, sizes, [2], [4]), m.integers([2]))
    target = m.add("Concat", slice_(m, sizes, [0], [2]), space, axis=0)
    return m.add("Resize", x, absent(m), absent(m), target, mode="linear")


@case(11)
def resize_to_a_skip(m):
    """To the size of a map of another level, whatever the image's size."""
    x = m.input("x", (2, 3, 7, 10), ["N", 3, "H", "W"])
    skip = m.add("Relu", m.add("Conv", x, m.weight((4, 3, 3, 3)), strides=[2, 2], pads=[1] * 4))
    low = m.add("MaxPool", skip, kernel_shape=[3, 3], strides=[3, 3])
    space = slice_(m, m.add("Shape", skip), [2], [4])
    target = m.add("Concat", slice_(m, m.add("Shape", low), [0], [2]), space, axis=0)
    up = m.add("Resize", low, absent(m), absent(m), target, mode="linear")
    return m.add("Concat", skip, up, axis=1)


@case(11)
def resize_back(m):
    """Half the size and twice that: where H and W are even, the tensors fit."""
    x = m.input("x", (2, 3, 4, 6), ["N", 3, "H", "W"])
    half = m.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    up = resize(m, half, [1, 1, 2, 2], nearest_mode="floor",
                coordinate_transformation_mode="asymmetric")
    return m.add("Add", m.add("Mul", up, x), x), m.add("Concat", x, up, axis=1)


@case()
def depth_to_space(m):
    x = m.input("x", (2, 12, 3, 2), ["N", 12, "H", "W"])
    if m.opset < 11:
        return m.add("DepthToSpace", x, blocksize=2)
    return (m.add("DepthToSpace", x, blocksize=2, mode="DCR"),
            m.add("DepthToSpace", x, blocksize=2, mode="CRD"))


# --- Normalisation --------------------------------------------------------------------------------
@case()
def batch_normalization(m):
    parameters = [m.weight((3,)), m.weight((3,)), m.weight((3,)), m.weight(random.random(3) + 0.5)]
    return m.add("BatchNormalization", image(m, 2, 3, 4, 5), *parameters, epsilon=1e-3)


@case(18)
def layer_normalization(m):
    return m.add("LayerNormalization", image(m, 2, 3, 4, 5), m.weight((3, 4, 5)), m.weight((3, 4, 5)),
                 axis=1, epsilon=1e-3)


@case(18)
def layer_normalization_without_bias(m):
    return m.add("LayerNormalization", image(m, 2, 3, 4), m.weight((4,)))


@case()
def instance_normalization(m):
    return m.add("InstanceNormalization", m.input("x", (2, 3, 4, 5), ["N", 3, "H", "W"]),
                 m.weight((3,)), m.weight((3,)), epsilon=1e-3)


@case(18)
def group_normalization(m):
    size = 2 if m.opset < 21 else 6
    return m.add("GroupNormalization", m.input("x", (2, 6, 3, 4), ["N", 6, "H", "W"]),
                 m.weight((size,)), m.weight((size,)), num_groups=2)


@case()
def lrn(m):
    return m.add("LRN", m.input("x", (2, 7, 3, 4), ["N", 7, "H", "W"]), size=5, alpha=0.5, beta=0.6,
                 bias=2.0)


@case()
def softmax_default(m):
    return m.add("Softmax", image(m, 2, 3, 4))


@case()
def softmax_axis(m):
    return m.add("Softmax", image(m, 2, 3, 4, 2), axis=2)


@case(11)
def softmax_negative_axis(m):
    return m.add("Softmax", image(m, 2, 3, 4, 2), axis=-3)


# --- Elementwise ----------------------------------------------------------------------------------
def unary(op, first=7, positive=False, **attributes):
    def build(m):
        x = m.input("x", (2, 3, 4), values=random.random((2, 3, 4)).astype(np.float32) + 0.1) \
            if positive else m.input("x", (2, 3, 4))
        return m.add(op, x, **attributes)
    build.__name__ = op.lower() + ("_with_attributes" if attributes else "")
    case(first)(build)


for op in ("Relu", "LeakyRelu", "Sigmoid", "Tanh", "Exp", "Neg", "Abs", "HardSigmoid", "Identity"):
    unary(op)
unary("HardSwish", first=18)
unary("LeakyRelu", alpha=0.3)
unary("HardSigmoid", alpha=1 / 6, beta=0.4)
unary("Log", positive=True)
unary("Sqrt", positive=True)


def binary(op):
    def build(m):
        a = m.input("a", (2, 3, 1, 5), values=random.random((2, 3, 1, 5)).astype(np.float32) + 0.5)
        b = m.input("b", (3, 4, 1))
        of_constant = m.add(op, a, m.weight((3, 1, 1)))
        return m.add(op, of_constant if op != "Pow" else a, b)
    build.__name__ = op.lower()
    case()(build)


for op in ("Add", "Sub", "Mul", "Div", "Pow"):
    binary(op)


@case()
def min_max_sum(m):
    a, b, c = m.input("a", (2, 3)), m.input("b", (2, 3)), m.input("c", (2, 3))
    return m.add("Sum", m.add("Min", a, b, c), m.add("Max", a, b), m.add("Max", c))


@case()
def min_max_broadcast(m):
    if m.opset < 8:
        return m.add("Max", m.input("a", (2, 3)), m.input("b", (2, 3)))
    return m.add("Max", m.input("a", (2, 3)), m.input("b", (3,)))


@case(13)
def pow_integer_exponent(m):
    return m.add("Pow", image(m, 2, 3), m.integers(2))


@case()
def clip(m):
    x = image(m, 3, 4)
    if m.opset < 11:
        return m.add("Clip", x, min=-0.5, max=0.25)
    return m.add("Clip", x, m.weight(-0.5), m.weight(0.25))


@case()
def clip_one_side(m):
    x = image(m, 3, 4)
    if m.opset < 11:
        return m.add("Add", m.add("Clip", x, min=0.0), m.add("Clip", x, max=0.5))
    return m.add("Add", m.add("Clip", x, m.weight(0.0)), m.add("Clip", x, "", m.weight(0.5)))


@case(13)
def clip_computed_bound(m):
    bound = m.add("Abs", m.input("b", ()))
    return m.add("Clip", image(m, 3, 4), "", bound)


@case()
def dropout(m):
    return m.add("Dropout", image(m, 3, 4))


@case(13)
def dropout_with_inputs(m):
    return m.add("Dropout", image(m, 3, 4), m.weight(0.25), m.weight(False, np.bool_))


@case()
def cast_image(m):
    x = m.input("x", (1, 2, 3, 3), values=random.integers(0, 256, (1, 2, 3, 3)).astype(np.uint8))
    return m.add("Mul", m.add("Cast", x, to=TensorProto.FLOAT), m.weight(1 / 255))


# --- Linear algebra -------------------------------------------------------------------------------
@case()
def gemm(m):
    return m.add("Gemm", image(m, 3, 5), m.weight((4, 5)), m.weight((4,)), transB=1)


@case()
def gemm_scaled(m):
    return m.add("Gemm", image(m, 3, 5), m.weight((5, 4)), m.weight((1, 4)), alpha=0.5, beta=2.0)


@case()
def gemm_transposed_scalar_bias(m):
    return m.add("Gemm", image(m, 5, 3), m.weight((5, 4)), m.weight((1,)), transA=1)


@case()
def gemm_matrix_bias(m):
    return m.add("Gemm", image(m, 3, 5), m.weight((5, 4)), m.weight((3, 4)), beta=0.5)


@case()
def gemm_of_inputs(m):
    a, b, c = m.input("a", (5, 3)), m.input("b", (4, 5)), m.input("c", (3, 1))
    return m.add("Gemm", a, b, c, transA=1, transB=1, alpha=0.5, beta=0.25)


@case(11)
def gemm_without_bias(m):
    return m.add("Gemm", image(m, 3, 5), m.weight((5, 4)))


@case()
def matmul_weight(m):
    return m.add("MatMul", image(m, 2, 3, 5), m.weight((5, 4)))


@case()
def matmul_batched(m):
    return m.add("MatMul", m.input("a", (2, 1, 3, 5)), m.input("b", (4, 5, 2)))


@case()
def matmul_vectors(m):
    row = m.add("MatMul", m.input("a", (5,)), m.input("b", (2, 5, 3)))
    return m.add("MatMul", row, m.weight((3,)))


@case(13)
def matmul_two_vectors(m):
    return m.add("MatMul", m.input("a", (5,)), m.input("b", (5,)))


# --- Reductions -----------------------------------------------------------------------------------
def reduction(op, input_since):
    def axes(m, x, values, **attributes):
        if m.opset < input_since:
            return m.add(op, x, axes=values, **attributes)
        return m.add(op, x, m.integers(values), **attributes)

    def some(m):
        return axes(m, image(m, 2, 3, 4, 5), [3, 1])

    def dropped(m):
        return axes(m, image(m, 2, 3, 4, 5), [-1, -2], keepdims=0)

    def everything(m):
        return m.add(op, image(m, 2, 3, 4))

    some.__name__, dropped.__name__ = op.lower() + "_keepdims", op.lower()
    everything.__name__ = op.lower() + "_everything"
    case()(some)
    case(11)(dropped)
    case()(everything)


reduction("ReduceMean", 18)
reduction("ReduceMax", 18)
reduction("ReduceSum", 13)


@case(18)
def reduce_nothing(m):
    return m.add("ReduceMean", image(m, 2, 3), m.integers([]), noop_with_empty_axes=1)


# --- Shapes ---------------------------------------------------------------------------------------
@case()
def flatten(m):
    return m.add("Flatten", image(m, 2, 3, 4, 5))


@case()
def flatten_axes(m):
    x = image(m, 2, 3, 4)
    return m.add("Flatten", x, axis=0), m.add("Flatten", x, axis=3), m.add("Flatten", x, axis=2)


@case()
def reshape(m):
    x = image(m, 2, 3, 4, 5)
    return m.add("Reshape", x, m.integers([0, -1, 10])), m.add("Reshape", x, m.integers([5, 4, 6]))


@case()
def squeeze_unsqueeze(m):
    x = image(m, 2, 1, 3, 1)
    if m.opset < 13:
        y = m.add("Unsqueeze", m.add("Squeeze", x, axes=[3]), axes=[0, 4])
    else:
        y = m.add("Unsqueeze", m.add("Squeeze", x, m.integers([-1])), m.integers([0, -1]))
    return y, m.add("Squeeze", x)


@case()
def transpose(m):
    x = image(m, 2, 3, 4)
    return m.add("Transpose", x), m.add("Transpose", x, perm=[1, 2, 0])


@case()
def concat(m):
    x = image(m, 1, 2, 3, 4)
    return m.add("Concat", x, m.weight((1, 3, 3, 4)), m.input("z", (1, 1, 3, 4)), axis=1)


@case(11)
def concat_negative_axis(m):
    x = image(m, 1, 2, 3)
    return m.add("Concat", x, x, axis=-1)


def pad(name, mode, pads, first=7, **inputs):
    def build(m):
        x = image(m, 1, 2, 5, 6)
        if m.opset < 11:
            return m.add("Pad", x, mode=mode, pads=pads, value=1.5)
        return m.add("Pad", x, m.integers(pads), m.weight(1.5), mode=mode)
    build.__name__ = name
    case(first)(build)


pad("pad_constant", "constant", [0, 1, 2, 3, 0, 0, 1, 0])
pad("pad_reflect", "reflect", [0, 0, 2, 3, 0, 0, 1, 0])
pad("pad_edge", "edge", [0, 0, 2, 3, 0, 0, 1, 0])
pad("pad_crops", "constant", [0, 0, -1, 2, 0, 0, -2, -1])


@case(18)
def pad_axes(m):
    return m.add("Pad", image(m, 1, 2, 5, 6), m.integers([1, 2, 3, 4]), "", m.integers([-1, 1]))


@case(18)
def pad_wrap(m):
    m.opset = max(m.opset, 19)
    return m.add("Pad", image(m, 1, 2, 5, 6), m.integers([0, 0, 2, 3, 0, 0, 1, 0]), mode="wrap")


def slice_(m, x, starts, ends, axes=None, steps=None):
    if m.opset < 10:
        return m.add("Slice", x, starts=starts, ends=ends, **({"axes": axes} if axes else {}))
    inputs = [m.integers(starts), m.integers(ends)]
    if axes is not None or steps is not None:
        inputs.append(m.integers(axes) if axes is not None else "")
    if steps is not None:
        inputs.append(m.integers(steps))
    return m.add("Slice", x, *inputs)


@case()
def slice_tensor(m):
    x = image(m, 4, 5, 6)
    return slice_(m, x, [1, -3], [3, 1000]), slice_(m, x, [0, 1], [-1, 5], [2, 0])


@case(11)
def slice_steps(m):
    x = image(m, 4, 5, 6)
    every_second = slice_(m, x, [0, 5], [2 ** 63 - 1, 0], [1, 2], [2, -2])
    return every_second, slice_(m, x, [-1], [-2 ** 63], [0], [-1])


@case(11)
def slice_symbolic(m):
    x = m.input("x", (4, 5, 6), ["N", 5, "W"])
    reversed_rows = slice_(m, x, [-1], [-2 ** 63], [0], [-1])
    return slice_(m, reversed_rows, [2, 1], [2 ** 63 - 1, 4], [2, 1])


@case()
def gather_tensor(m):
    x = image(m, 4, 5, 6)
    return m.add("Gather", x, m.integers(2), axis=1), m.add("Gather", x, m.integers([1, 2]), axis=0)


# --- Shape arithmetic -----------------------------------------------------------------------------
def unsqueeze(m, x):
    if m.opset < 13:
        return m.add("Unsqueeze", x, axes=[0])
    return m.add("Unsqueeze", x, m.integers([0]))


def symbolic(m):
    return m.input("x", (2, 3, 4, 5), ["N", 3, "H", "W"])


@case()
def view_batch(m):
    """x.view(x.size(0), -1), as PyTorch exports it."""
    x = symbolic(m)
    zero = m.add("Constant", value=numpy_helper.from_array(np.array(0)))
    batch = m.add("Gather", m.add("Shape", x), zero)
    shape = m.add("Concat", unsqueeze(m, batch), m.integers([-1]), axis=0)
    return m.add("Reshape", x, shape)


@case()
def view_product(m):
    """x.view(n, 3, h * w): arithmetic on sizes, and a -1 whose quotient is symbolic."""
    x = symbolic(m)
    sizes = m.add("Shape", x)
    h, w = (m.add("Gather", sizes, m.integers(i)) for i in (2, 3))
    area = unsqueeze(m, m.add("Mul", h, w))
    flat = m.add("Reshape", x, m.add("Concat", m.integers([-1, 3]), area, axis=0))
    back = m.add("Concat", m.integers([0, 0]), slice_(m, sizes, [2], [4]), axis=0)
    return flat, m.add("Reshape", flat, back)


@case()
def channel_shuffle(m):
    x = m.input("x", (2, 6, 4, 5), ["N", 6, "H", "W"])
    sizes = m.add("Shape", x)
    per_group = m.add("Div", m.add("Gather", sizes, m.integers([1])), m.integers([2]))
    per_group = m.add("Cast", per_group, to=TensorProto.INT64)
    n, space = slice_(m, sizes, [0], [1]), slice_(m, sizes, [2], [2 ** 31])
    split = m.add("Concat", n, m.integers([2]), per_group, space, axis=0)
    y = m.add("Transpose", m.add("Reshape", x, split), perm=[0, 2, 1, 3, 4])
    return m.add("Reshape", y, m.add("Concat", n, m.integers([-1]), space, axis=0))


@case(18)
def shape_start_end(m):
    x = symbolic(m)
    shape = m.add("Concat", m.add("Shape", x, start=0, end=-2), m.integers([-1]), axis=0)
    return m.add("Reshape", x, shape)


@case(11)
def pads_as_pytorch_computes_them(m):
    """torch.nn.functional.pad: the pads last dim first, reshaped, reversed, transposed."""
    pads = m.integers([1, 2, 0, 1])  # W, then H
    length = m.add("Sub", m.integers(8), m.add("Size", pads))
    zero = helper.make_tensor("", TensorProto.INT64, [1], [0])
    zeros = m.add("ConstantOfShape", unsqueeze(m, length), value=zero)
    pairs = m.add("Reshape", m.add("Concat", pads, zeros, axis=0), m.integers([-1, 2]))
    reversed_ = slice_(m, pairs, [-1], [-2 ** 63 + 1], [0], [-1])
    flat = m.add("Reshape", m.add("Transpose", reversed_, perm=[1, 0]), m.integers([-1]))
    return m.add("Pad", symbolic(m), m.add("Cast", flat, to=TensorProto.INT64), m.weight(0.0))


@case(13)
def range_min_max_mod(m):
    numbers = m.add("Range", m.integers(1), m.integers(6), m.integers(2))  # 1 3 5
    halves = m.add("Mod", m.add("Max", numbers, m.integers([2])), m.integers([4]))  # 2 3 1
    x = image(m, 1, 2, 3)
    return m.add("Transpose", m.add("Reshape", x, halves), perm=[2, 0, 1])


@case(13)
def product_and_squeeze(m):
    x = symbolic(m)
    space = slice_(m, m.add("Shape", x), [2], [4])
    area = m.add("ReduceProd", space, keepdims=1)
    area = unsqueeze(m, m.add("Squeeze", area, m.integers([0])))
    return m.add("Reshape", x, m.add("Concat", m.integers([0, 0]), area, axis=0))


@case()
def constants(m):
    ones = m.add("ConstantOfShape", m.integers([3]), value=helper.make_tensor("", 1, [1], [1.5])) \
        if m.opset >= 9 else m.weight([1.5] * 3)
    if m.opset < 13:
        return m.add("Add", image(m, 2, 3), ones)
    floats = m.add("Constant", value_floats=[1.0, 2.0, 3.0])
    number = m.add("Constant", value_float=0.5)
    shape = m.add("Constant", value_ints=[3, 2])
    y = m.add("Mul", m.add("Add", image(m, 2, 3), ones), m.add("Add", floats, number))
    return m.add("Reshape", y, shape)


@case(13)
def constant_casts(m):
    shape = m.add("Cast", m.add("Constant", value_floats=[3.0, 2.9]), to=TensorProto.INT64)
    number = m.add("Cast", m.add("Constant", value_int=3), to=TensorProto.FLOAT)
    return m.add("Mul", m.add("Reshape", image(m, 2, 3), shape), number)


@case()
def weight_formats(m):
    """The same numbers in each field of the message."""
    x = image(m, 2, 4)
    half = helper.make_tensor("half", TensorProto.FLOAT16, [4], [0.5, 1, -2, 4])
    typed = helper.make_tensor("typed", TensorProto.FLOAT, [4], [1, 2, 3, 4])
    target = helper.make_tensor("target", TensorProto.INT64, [2], [4, -1])
    m.weights += [half, typed, target]
    as_float = m.add("Cast", "half", to=TensorProto.FLOAT)
    return m.add("Reshape", m.add("Mul", m.add("Add", x, "typed"), as_float), "target")


@case()
def unnamed_dims(m):
    x = m.input("x", (2, 3, 4), [None, 3, None])
    return m.add("Relu", x)


def write(folder, name, model, outputs, feeds):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # it warns of weights that no node uses
    session = onnxruntime.InferenceSession(model.SerializeToString(), options,
                                           providers=["CPUExecutionProvider"])
    results = session.run(list(outputs), feeds)
    onnx.save(model, folder / f"{name}.onnx")
    arrays = {f"in:{key}": value for key, value in feeds.items()}
    arrays.update({f"out:{key}": value for key, value in zip(outputs, results)})
    np.savez(folder / f"{name}.npz", **arrays)
    return name


def write_case(folder, name, function, opset):
    m = Model(opset)
    outputs = function(m)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    return write(folder, f"{name}_{opset}", m.build(*outputs), outputs, m.feeds)


def write_network(folder, network, shape, *arguments):
    """A whole network with few channels, on an image of this shape."""
    size = ["--height", str(shape[2]), "--width", str(shape[3])]
    options = networks.parse_arguments(
        [network, "", "--symbolic", "--scale", "0.125", "--classes", "10", *size, *arguments])
    name = "_".join([network, str(options.opset)] + (["view"] if options.view else []))
    feeds = {"image": random.standard_normal(shape).astype(np.float32)}
    return write(folder, name, networks.build(options), ["logits"], feeds)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    names = [write_case(folder, name, function, opset)
             for name, (function, opsets) in CASES.items() for opset in opsets]
    (folder / "cases.txt").write_text("\n".join(names) + "\n")
    names = [
        write_network(folder, "resnet18", (2, 3, 65, 50), "--opset", "9"),
        write_network(folder, "resnet50", (1, 3, 64, 70), "--view"),
        write_network(folder, "mobilenet_v2", (1, 3, 71, 64), "--opset", "11", "--view"),
        write_network(folder, "mobilenet_v2", (1, 3, 64, 64), "--opset", "9"),
        write_network(folder, "vgg16", (2, 3, 32, 64), "--view"),
        write_network(folder, "squeezenet1_0", (1, 3, 66, 67), "--opset", "18"),
        write_network(folder, "squeezenet1_1", (1, 3, 66, 67), "--opset", str(NEWEST)),
        write_network(folder, "densenet121", (1, 3, 64, 65)),
    ]
    (folder / "networks.txt").write_text("\n".join(names) + "\n")


if __name__ == "__main__":
    main()
