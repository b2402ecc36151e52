"""Networks drawn at random: every word once at least, each network as `.cnn` text and as a function in PyTorch."""
import random

import torch
from torch.nn import functional as F

import words

NETWORKS, STEPS, BATCH = 12, 4, 3
LIMIT = 3000  # elements of x at any place: the files are small, and kinks few
IGNORED = 255  # a label that is no class
MARGIN = 1e-3  # distance to the nearest kink, where x is about 1


class Redraw(Exception):
    """The arguments that were drawn do not fit: draw others."""


class Draw:
    """A network that grows by statements `x = ...`; `functions` compute the same from x and {name: parameter}."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines, self.functions, self.shapes, self.counts = [], [], {}, {}
        self.batch = "N"
        self.input_shape = [BATCH, self.pick([2, 3, 4]), self.pick([7, 8, 10]), self.pick([8, 9, 12])]
        self.x = torch.ones(self.input_shape)

    @property
    def c(self):
        return self.x.shape[1]

    @property
    def h(self):
        return self.x.shape[2]

    @property
    def w(self):
        return self.x.shape[3]

    def pick(self, values):
        values = list(values)
        self.need(values)
        return self.random.choice(values)

    def need(self, condition):
        if not condition:
            raise Redraw

    def layer(self, word, **shapes):
        """Registers parameters; returns the layer's name, which cnnc gives it, too."""
        self.counts[word] = self.counts.get(word, 0) + 1
        name = word if self.counts[word] == 1 else f"{word}_{self.counts[word]}"
        self.shapes.update({f"{name}.{field}": shape for field, shape in shapes.items()})
        return name

    def add(self, expression, function):
        self.lines.append(f"x = {expression}")
        self.functions.append(function)
        self.follow(function)

    def follow(self, function):
        """Runs it on ones, to know the shape of x."""
        try:
            self.x = function(self.x, {name: torch.ones(shape) for name, shape in self.shapes.items()})
        except (RuntimeError, IndexError) as error:
            raise Redraw from error
        self.need(self.x.numel() <= LIMIT and (self.x.dim() < 4 or min(self.h, self.w) >= 3))

    def loss(self, x, parameters, target):
        for function in self.functions:
            x = function(x, parameters)
        return self.loss_of(x, target)

    def text(self, name):
        """The file."""
        _, c, h, w = self.input_shape
        dims = ", ".join([str(self.batch), *map(str, self.target_shape[1:])])
        body = "".join(f"  {line}\n" for line in self.lines)
        return (f"network {name}(x: f32[{self.batch}, {c}, {h}, {w}]) {{\n{body}  return x\n}}\n\n"
                f"train {name}(target: {self.target_type}[{dims}]) {{\n  loss = {self.loss_text}\n"
                "  optimizer = sgd()\n}\n")

    def aim(self, text, loss_of, target_type, target_shape, classes=0, ignored=0):
        """The loss, and its target: of labels how many classes there are, and which share of them does not count."""
        self.loss_text, self.loss_of, self.target_type = text, loss_of, target_type
        self.target_shape, self.classes = list(target_shape), classes
        self.ignored = ignored

    def target(self):
        generator = torch.Generator().manual_seed(self.random.randrange(1 << 30))
        if self.target_type == "i64":
            labels = torch.randint(self.classes, self.target_shape, generator=generator)
            return labels.where(torch.rand(labels.shape, generator=generator) > self.ignored, IGNORED)
        return torch.rand(self.target_shape, generator=generator, dtype=torch.float64)


def linear_head(d, expression, function, classes=5):
    """To a matrix, and a linear layer of it."""
    d.add(expression, function)
    name = d.layer("linear", weight=[classes, d.x.shape[1]], bias=[classes])
    d.add(f"linear(x, {classes})", lambda x, p: F.linear(x, p[f"{name}.weight"], p[f"{name}.bias"]))


def pixel_head(d, channels=3):
    name = d.layer("conv", filter=[channels, d.c, 1, 1], bias=[channels])
    d.add(f"conv(x, {channels}, 1x1)", lambda x, p: F.conv2d(x, p[f"{name}.filter"], p[f"{name}.bias"]))


def classes_of_images(d):
    linear_head(d, "global_avg_pool(silu(x))", lambda x, p: F.silu(x).mean((2, 3)))
    d.aim("cross_entropy(y, target, label_smoothing: 0.1)",
          lambda y, t: F.cross_entropy(y, t, label_smoothing=0.1), "i64", [BATCH], 5)


def classes_of_pixels(d):
    pixel_head(d)
    d.aim(f"cross_entropy(y, target, ignore_index: {IGNORED})",
          lambda y, t: F.cross_entropy(y, t, ignore_index=IGNORED), "i64", [BATCH, d.h, d.w], 3, ignored=0.2)


def distributions(d):
    linear_head(d, "flatten(x)", lambda x, p: x.flatten(1))
    d.aim("cross_entropy(y, softmax(target))", lambda y, t: F.cross_entropy(y, torch.softmax(t, 1)), "f32", [BATCH, 5])


def squares(d):
    linear_head(d, "global_max_pool(x)", lambda x, p: words.largest_of_all(x))
    d.aim("mean_squared_error(y, target)", F.mse_loss, "f32", d.x.shape)


def magnitudes(d):
    pixel_head(d)

    def loss_of(y, target):
        words.kink(y - target)
        return F.l1_loss(y, target)
    d.aim("0.5 * mean_absolute_error(y, target)", lambda y, t: 0.5 * loss_of(y, t), "f32", d.x.shape)


def hubers(d):
    linear_head(d, "flatten(x)", lambda x, p: x.flatten(1))
    d.aim("huber(y, target, delta: 0.7)", lambda y, t: F.huber_loss(y, t, delta=0.7), "f32", d.x.shape)


def probabilities(d):
    pixel_head(d)
    d.aim("binary_cross_entropy(y, target)", F.binary_cross_entropy_with_logits, "f32", d.x.shape)


def overlaps(d):
    pixel_head(d)

    def dice(y, target):
        p, t = torch.sigmoid(y).flatten(2), target.flatten(2)
        return (1 - (2 * (p * t).sum(2) + 0.5) / (p.sum(2) + t.sum(2) + 0.5)).mean()
    d.aim("dice(sigmoid(y), target, smoothing: 0.5)", dice, "f32", d.x.shape)


HEADS = [classes_of_images, classes_of_pixels, distributions, squares, magnitudes, hubers, probabilities, overlaps]


def deal(seed=1):
    """The words of each network, and its head: all words are dealt out, then some a second time."""
    deck = sorted(words.LAYERS)
    random.Random(seed).shuffle(deck)
    deck = (deck * 2)[:NETWORKS * STEPS]
    for number in range(NETWORKS):
        yield deck[number::NETWORKS], HEADS[number % len(HEADS)]


def draw(dealt, head, seed):
    """A network of these words behind a convolution, or Redraw."""
    d = Draw(seed)
    words.conv(d)
    for word in dealt:
        words.LAYERS[word](d)
    head(d)
    return d
