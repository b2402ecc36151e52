"""Each word of `.cnn` as a step of a drawn network: its text, and what PyTorch makes of the same.

A step gets the Draw (draw.py), looks at the shape of x, chooses its arguments and adds a statement. Where the gradient
of a word jumps, its function tells how far x is from there by `kink`.
"""
import torch
from torch.nn import functional as F

distances = []  # to the nearest kinks, since the last evaluation began


def kink(values):
    distances.append(values.detach().abs().min().item())


def kink_of_maximum(values, dim):
    """Of the largest along a dim: how far ahead of the second."""
    first, second = values.topk(2, dim).values.unbind(dim)
    kink(first - second)


def away_from(*places):
    """Wraps an elementwise function with kinks at some places."""
    def wrap(function):
        def with_kinks(x):
            for place in places:
                kink(x - place)
            return function(x)
        return with_kinks
    return wrap


UNARY = {  # text, function
    "abs": ("abs(x)", away_from(0)(torch.abs)),
    "clip": ("clip(x, -0.7, 0.9)", away_from(-0.7, 0.9)(lambda x: x.clamp(-0.7, 0.9))),
    "exp": ("exp(x * 0.4)", lambda x: torch.exp(x * 0.4)),
    "hard_sigmoid": ("hard_sigmoid(x, 0.4, 0.45)",
                     away_from(-0.45 / 0.4, 0.55 / 0.4)(lambda x: (0.4 * x + 0.45).clamp(0, 1))),
    "hard_swish": ("hard_swish(x * 2)", lambda x: away_from(-3, 3)(F.hardswish)(2 * x)),
    "leaky_relu": ("leaky_relu(x, 0.2)", away_from(0)(lambda x: F.leaky_relu(x, 0.2))),
    "log": ("log(x * x + 0.8)", lambda x: torch.log(x * x + 0.8)),
    "neg": ("neg(x)", torch.neg),
    "relu": ("relu(x)", away_from(0)(F.relu)),
    "sigmoid": ("sigmoid(x)", torch.sigmoid),
    "silu": ("silu(x)", F.silu),
    "sqrt": ("sqrt(x * x + 0.6)", lambda x: torch.sqrt(x * x + 0.6)),
    "tanh": ("tanh(x)", torch.tanh),
    "softmax": ("softmax(x, axis: 3, temperature: 1.5)", lambda x: torch.softmax(1.5 * x, 3)),
    "log_softmax": ("log_softmax(x)", lambda x: torch.log_softmax(x, 1)),
    "reduce_mean": ("x * sigmoid(reduce_mean(x, [1, 3], keepdims: yes))",
                    lambda x: x * torch.sigmoid(x.mean((1, 3), keepdim=True))),
    "reduce_sum": ("x + 0.2 * reduce_sum(x, [2], keepdims: yes)", lambda x: x + 0.2 * x.sum(2, keepdim=True)),
    "flip": ("flip(x, [1, 3]) * x", lambda x: x.flip(1, 3) * x),
    "transpose": ("transpose(x, [0, 3, 1, 2])", lambda x: x.permute(0, 3, 1, 2)),
    "concat": ("concat(x, tanh(x), axis: 2)", lambda x: torch.cat([x, torch.tanh(x)], 2)),
    "matmul": ("matmul(x, transpose(x, [0, 1, 3, 2])) * 0.2", lambda x: 0.2 * x @ x.transpose(2, 3)),
    "normalize": ("normalize(x, [1, 2], epsilon: 1e-2)",
                  lambda x: (x - x.mean((1, 2), keepdim=True))
                  / torch.sqrt(x.var((1, 2), keepdim=True, correction=0) + 1e-2)),
    "local_response_norm": ("local_response_norm(x, 3, alpha: 0.6, beta: 0.8, bias: 1.2)",
                            lambda x: F.local_response_norm(x, 3, 0.6, 0.8, 1.2)),
}


def largest_of_all(x):
    flat = x.flatten(2)
    kink_of_maximum(flat, 2)
    return flat.amax(2)


UNARY["reduce_max"] = ("x + reduce_max(x, [2, 3], keepdims: yes)", lambda x: x + largest_of_all(x)[:, :, None, None])


def smaller_and_larger(pick):
    def function(x, y):
        kink(x - y)
        return pick(x, y)
    return function


BINARY = {  # z is a convolution of x
    "add": ("add(x, z)", torch.add), "sub": ("sub(x, z)", torch.sub), "mul": ("mul(x, z)", torch.mul),
    "div": ("div(x, sigmoid(z) + 0.5)", lambda x, y: x / (torch.sigmoid(y) + 0.5)),
    "pow": ("pow(sigmoid(x) + 0.5, tanh(z) + 1)", lambda x, y: (torch.sigmoid(x) + 0.5) ** (torch.tanh(y) + 1)),
    "minimum": ("minimum(x, z)", smaller_and_larger(torch.minimum)),
    "maximum": ("maximum(x, z)", smaller_and_larger(torch.maximum)),
}

LAYERS = {}  # word: a function of a Draw


def step(function):
    LAYERS[function.__name__] = function
    return function


@step
def conv(d, word="conv", flipped=False):
    groups = d.pick(g for g in (1, 1, 2, d.c) if d.c % g == 0)
    out = groups * d.pick([2, 3, 4] if groups < 4 else [1, 2])
    kh, kw, stride, dilation = d.pick([1, 3, 4]), d.pick([2, 3, 5]), d.pick([1, 1, 2]), d.pick([1, 1, 2])
    d.need(d.h >= 5 and d.w >= 5)
    name = d.layer(word, filter=[out, d.c // groups, kh, kw], bias=[out])
    pads = [dilation * (kh // 2), dilation * (kw // 2)]

    def function(x, p):
        weight = p[f"{name}.filter"]
        return F.conv2d(x, weight.flip(2, 3) if flipped else weight, p[f"{name}.bias"], stride, pads, dilation, groups)
    d.add(f"{word}(x, {out}, {kh}x{kw}, stride: {stride}, pad: {pads[0]}x{pads[1]}, dilation: {dilation}, "
          f"groups: {groups})", function)


@step
def true_conv(d):
    conv(d, "true_conv", flipped=True)


@step
def conv_transpose(d):
    out, k, stride = d.pick([2, 3]), d.pick([2, 3, 4]), d.pick([1, 2, 3])
    pad, extra = (k - 1) // 2, stride // 2
    name = d.layer("conv_transpose", filter=[d.c, out, k, k], bias=[out])
    d.add(f"conv_transpose(x, {out}, {k}x{k}, stride: {stride}, pad: {pad}, output_padding: {extra})",
          lambda x, p: F.conv_transpose2d(x, p[f"{name}.filter"], p[f"{name}.bias"], stride, pad, extra))


@step
def linear(d):
    out = d.pick([5, 7])
    name = d.layer("linear", weight=[out, d.w], bias=[out])
    d.add(f"linear(x, {out})", lambda x, p: F.linear(x, p[f"{name}.weight"], p[f"{name}.bias"]))


def norm(d, word, shape, arguments, function):
    name = d.layer(word, scale=shape, bias=shape)
    d.add(f"{word}(x{arguments})", lambda x, p: function(x, p[f"{name}.scale"], p[f"{name}.bias"]))


@step
def batch_norm(d):
    norm(d, "batch_norm", [d.c], "", lambda x, scale, bias: F.batch_norm(x, None, None, scale, bias, training=True))


@step
def group_norm(d):
    groups = d.pick(g for g in (2, 3) if d.c % g == 0)
    norm(d, "group_norm", [d.c], f", {groups}", lambda x, scale, bias: F.group_norm(x, groups, scale, bias))


@step
def instance_norm(d):
    norm(d, "instance_norm", [d.c], "", lambda x, scale, bias: F.instance_norm(x, weight=scale, bias=bias))


@step
def layer_norm(d):
    axis = d.pick([1, 2, 3])
    shape = [d.c, d.h, d.w][axis - 1:]
    norm(d, "layer_norm", shape, f", axis: {axis}", lambda x, scale, bias: F.layer_norm(x, shape, scale, bias))


@step
def max_pool(d):
    k, stride, pad = d.pick([(2, 2, 0), (3, 2, 1), (3, 1, 1)])

    def function(x, p):
        padded = F.pad(x, [pad] * 4, value=-1e30)
        kink_of_maximum(padded.unfold(2, k, stride).unfold(3, k, stride).flatten(4), 4)
        return F.max_pool2d(x, k, stride, pad)
    d.add(f"max_pool(x, {k}x{k}, stride: {stride}, pad: {pad})", function)


@step
def avg_pool(d):
    k, stride, pad, counts = d.pick([2, 3]), d.pick([1, 2]), 1, d.pick([True, False])
    d.add(f"avg_pool(x, {k}x{k}, stride: {stride}, pad: {pad}, count_include_pad: {'yes' if counts else 'no'})",
          lambda x, p: F.avg_pool2d(x, k, stride, pad, count_include_pad=counts))


@step
def resize(d):
    mode, scale = d.pick(["nearest", "linear"]), d.pick([2, 3])
    d.add(f"resize(x, [{scale}, 2], mode: {mode})",
          lambda x, p: F.interpolate(x, scale_factor=(scale, 2), mode="bilinear" if mode == "linear" else mode))


@step
def resize_like(d):
    d.add("x * resize_like(avg_pool(x, 2), x, mode: linear)",
          lambda x, p: x * F.interpolate(F.avg_pool2d(x, 2), size=x.shape[2:], mode="bilinear"))


@step
def depth_to_space(d):
    d.need(d.c % 4 == 0)
    out = d.c // 4
    groups = d.pick([1, out])

    def function(x, p):
        n, c, h, w = x.shape
        blocks = x.reshape(n, groups, 2, 2, out // groups, h, w).permute(0, 1, 4, 5, 2, 6, 3)
        return blocks.reshape(n, out, 2 * h, 2 * w)
    d.add(f"depth_to_space(x, 2x2, groups: {groups})", function)


@step
def reshape(d):
    d.add(f"reshape(x, [{d.batch}, {d.c}, {d.w}, {d.h}])", lambda x, p: x.reshape(*x.shape[:2], x.shape[3], x.shape[2]))


@step
def expand(d):
    d.add(f"x * expand(reduce_mean(x, [2], keepdims: yes), [{d.batch}, {d.c}, {d.h}, {d.w}])",
          lambda x, p: x * x.mean(2, keepdim=True).expand(x.shape))


@step
def pad(d):
    mode, theirs = d.pick([("constant", "constant"), ("reflect", "reflect"), ("edge", "replicate"),
                           ("wrap", "circular")])
    value = 0.3 if mode == "constant" else 0
    d.add(f"pad(x, [0, 0, 1, 2, 0, 0, 2, 1], mode: {mode}, value: {value})",
          lambda x, p: F.pad(x, [2, 1, 1, 2], theirs, value))


@step
def slice(d):
    d.need(d.h >= 6 and d.w >= 8)
    d.batch = len(d.x)  # It takes whole numbers only.
    d.add(f"slice(x, [0, 0, 1, 0], [{d.batch}, {d.c}, {d.h}, {d.w}], [1, 1, 1, 2])", lambda x, p: x[:, :, 1:, ::2])


def unary(text, function):
    return lambda d: d.add(text, lambda x, p: function(x))


def binary(text, function):
    def add(d):
        name = d.layer("conv", filter=[d.c, d.c, 1, 1], bias=[d.c])
        d.lines.append(f"z = conv(x, {d.c}, 1x1)")
        d.add(text, lambda x, p: function(x, F.conv2d(x, p[f"{name}.filter"], p[f"{name}.bias"])))
    return add


LAYERS.update({word: unary(*entry) for word, entry in UNARY.items()})
LAYERS.update({word: binary(*entry) for word, entry in BINARY.items()})
