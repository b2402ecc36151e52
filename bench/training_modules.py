"""The networks of training/*.cnn once more, as PyTorch modules.

Each submodule is called as cnnc calls the layer, so that parameters find each other by name; only the last part of
a name differs (FIELDS).
"""
import torch
from torch import nn
from torch.nn import functional

FIELDS = {"filter": "weight", "scale": "weight", "mean": "running_mean", "variance": "running_var"}


def parameter_of(module, name):
    """What cnnc calls `name`: a parameter, or a buffer of running statistics."""
    path, _, field = name.rpartition(".")
    return getattr(module.get_submodule(path), FIELDS.get(field, field))


def load(module, parameters):
    """Copies {name: array} into the module, which has no others."""
    own = [*module.parameters(), *(b for name, b in module.named_buffers() if not name.endswith("num_batches_tracked"))]
    if len(own) != len(parameters):
        raise ValueError(f"the module has {len(own)} tensors, cnnc {len(parameters)}")
    with torch.no_grad():
        for name, array in parameters.items():
            target = parameter_of(module, name)
            if target.shape != array.shape:
                raise ValueError(f"{name} is {list(target.shape)} here and {list(array.shape)} with cnnc")
            target.copy_(torch.from_numpy(array))


def numbered(name, number):
    return name if number == 1 else f"{name}_{number}"


class Lines(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.linear = nn.Conv2d(1, 2, 9, padding=4), nn.Linear(2, 2)

    def forward(self, x):
        return self.linear(functional.relu(self.conv(x)).mean((2, 3)))


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.conv_2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.linear, self.linear_2, self.linear_3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = functional.max_pool2d(functional.relu(self.conv(x)), 2)
        x = functional.max_pool2d(functional.relu(self.conv_2(x)), 2)
        x = functional.relu(self.linear(x.flatten(1)))
        return self.linear_3(functional.relu(self.linear_2(x)))


class Residual(nn.Module):
    def __init__(self, inputs, channels, stride):
        super().__init__()
        self.conv = nn.Conv2d(inputs, channels, 3, stride, padding=1, bias=False)
        self.batch_norm = nn.BatchNorm2d(channels)
        self.conv_2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.batch_norm_2 = nn.BatchNorm2d(channels)
        self.projects = stride != 1 or inputs != channels
        if self.projects:
            self.conv_3 = nn.Conv2d(inputs, channels, 1, stride, bias=False)
            self.batch_norm_3 = nn.BatchNorm2d(channels)

    def forward(self, x):
        y = functional.relu(self.batch_norm(self.conv(x)))
        y = self.batch_norm_2(self.conv_2(y))
        return functional.relu((self.batch_norm_3(self.conv_3(x)) if self.projects else x) + y)


class ResNet(nn.Module):
    """`blocks` residual blocks of each width; all widths but the first begin with a stride of 2."""

    def __init__(self, widths, blocks, classes, large_stem):
        super().__init__()
        self.conv = nn.Conv2d(3, widths[0], 7, 2, 3, bias=False) if large_stem else \
            nn.Conv2d(3, widths[0], 3, padding=1, bias=False)
        self.batch_norm, self.large_stem = nn.BatchNorm2d(widths[0]), large_stem
        inputs, self.names = widths[0], []
        for width in widths:
            for block in range(blocks):
                self.names.append(numbered("residual", len(self.names) + 1))
                stride = 2 if block == 0 and width != widths[0] else 1
                self.add_module(self.names[-1], Residual(inputs, width, stride))
                inputs = width
        self.linear = nn.Linear(widths[-1], classes)

    def forward(self, x):
        x = functional.relu(self.batch_norm(self.conv(x)))
        if self.large_stem:
            x = functional.max_pool2d(x, 3, 2, 1)
        for name in self.names:
            x = self.get_submodule(name)(x)
        return self.linear(x.mean((2, 3)))


class DoubleConv(nn.Module):
    def __init__(self, inputs, channels):
        super().__init__()
        self.conv = nn.Conv2d(inputs, channels, 3, padding=1)
        self.conv_2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return functional.relu(self.conv_2(functional.relu(self.conv(x))))


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.double_conv, self.double_conv_2 = DoubleConv(3, 16), DoubleConv(16, 32)
        self.double_conv_3 = DoubleConv(32, 64)
        self.conv_transpose, self.double_conv_4 = nn.ConvTranspose2d(64, 32, 2, 2), DoubleConv(64, 32)
        self.conv_transpose_2, self.double_conv_5 = nn.ConvTranspose2d(32, 16, 2, 2), DoubleConv(32, 16)
        self.conv = nn.Conv2d(16, 4, 1)

    def forward(self, x):
        a = self.double_conv(x)
        b = self.double_conv_2(functional.max_pool2d(a, 2))
        c = self.double_conv_3(functional.max_pool2d(b, 2))
        b = self.double_conv_4(torch.cat([b, self.conv_transpose(c)], 1))
        a = self.double_conv_5(torch.cat([a, self.conv_transpose_2(b)], 1))
        return self.conv(a)


MODULES = {"lines": Lines, "lenet": LeNet,
           "resnet20": lambda: ResNet([16, 32, 64], 3, 10, large_stem=False),
           "resnet18": lambda: ResNet([64, 128, 256, 512], 2, 1000, large_stem=True), "unet": UNet}
