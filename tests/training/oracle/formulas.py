"""The numbers that both sides of the oracle compute for themselves: parameters, and the batches of the curves.

Noise: element i of stream s is MurmurHash3's finalizer of the 64-bit number i + s * 2^32, its upper 24 bits taken as a
number in [-1, 1).
"""
import zlib

import numpy as np

STEPS, LEARNING_RATE = 100, 0.05
BATCH = {"lenet": 64, "resnet20": 32}
CLASSES = 10
AMPLITUDE = np.float32(0.1)  # faint: at this learning rate LeNet goes astray on images of more
NOISE_STREAM = 1 << 20  # and one for each step behind it; the classes have 0 to 9


def uniform(shape, stream):
    bits = np.arange(np.prod(shape, dtype=np.int64), dtype=np.uint64) + (np.uint64(stream) << np.uint64(32))
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        bits ^= bits >> np.uint64(33)
        bits *= np.uint64(factor)
    bits ^= bits >> np.uint64(33)
    return ((bits >> np.uint64(40)).astype(np.float64) / 2 ** 23 - 1).astype(np.float32).reshape(shape)


def parameter(name, shape):
    """Of a drawn network: filters and weights are as large as usual, scales near 1, biases near 0."""
    noise = uniform(shape, zlib.crc32(name.encode()))
    if name.rpartition(".")[2] in ("filter", "weight"):
        return noise * np.float32(np.sqrt(6 / np.prod(shape[1:])))
    return noise / 4 + np.float32(name.endswith("scale"))


def move_by_rounding(parameters, stream):
    """Every element one unit in the last place up or down, in place: what float itself leaves open."""
    for number, array in enumerate(parameters.values()):
        up = uniform(array.shape, (stream << 8) + number) > 0
        array[...] = np.nextafter(array, np.where(up, np.float32(np.inf), np.float32(-np.inf)))


def batch_of_step(images, labels, step):
    """Fills a step's batch in: each image is the pattern of its class, in as much noise again."""
    labels[:] = (np.arange(len(labels)) * 7 + step * 3) % CLASSES
    patterns = np.stack([uniform(images.shape[1:], stream) for stream in range(CLASSES)])
    images[:] = AMPLITUDE * (patterns[labels] + uniform(images.shape, NOISE_STREAM + step))
