"""Reads a PyTorch checkpoint without PyTorch.

Two kinds of file are called .pth. This reads the older one (before PyTorch 1.6), which is a row of
pickles and then the elements:

1. a magic number, the version of the format, facts about the machine;
2. the state dict, in which each tensor names its storage by a persistent id;
3. the keys of the storages, in the order in which their elements follow;
4. for each storage, the number of its elements (8 bytes, little-endian) and the elements.

A pickle may run any code, so only the four names that a state dict needs can be loaded.
"""
import collections
import pickle

import numpy as np

MAGIC = 0x1950A86A20F9469CFC6C
ELEMENT_TYPES = {"FloatStorage": "<f4", "LongStorage": "<i8"}


class Storage:
    """The elements that tensors are views of; they are read after the tensors."""

    def __init__(self, element_type, size):
        self.element_type, self.size, self.elements = element_type, size, None


class Tensor:
    """A view of a storage, as PyTorch pickles it."""

    def __init__(self, storage, offset, shape, strides, *_):
        self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides

    def to_numpy(self):
        elements = self.storage.elements[self.offset:]
        steps = [stride * elements.itemsize for stride in self.strides]
        return np.ascontiguousarray(np.lib.stride_tricks.as_strided(elements, self.shape, steps))


class TensorUnpickler(pickle.Unpickler):
    def __init__(self, file, storages):
        super().__init__(file)
        self.storages = storages

    def find_class(self, module, name):
        allowed = {("collections", "OrderedDict"): collections.OrderedDict,
                   ("torch._utils", "_rebuild_tensor_v2"): Tensor}
        if (module, name) in allowed:
            return allowed[module, name]
        if module == "torch" and name in ELEMENT_TYPES:
            return ELEMENT_TYPES[name]
        raise pickle.UnpicklingError(f"the checkpoint asks for {module}.{name}, which is no tensor")

    def persistent_load(self, persistent_id):
        _, element_type, key, _, size, _ = persistent_id
        return self.storages.setdefault(key, Storage(element_type, size))


def read_checkpoint(path):
    """The tensors of a state dict, as NumPy arrays by name, in the order of the file."""
    storages = {}
    with open(path, "rb") as file:
        magic, _version, _machine, state, keys = (
            TensorUnpickler(file, storages).load() for _ in range(5))
        if magic != MAGIC:
            raise ValueError(f"{path} is not a checkpoint of the kind read here")
        for key in keys:
            storage = storages[key]
            size = int.from_bytes(file.read(8), "little")
            if size != storage.size:
                raise ValueError(f"{path}: storage {key} has {size} elements, not {storage.size}")
            storage.elements = np.fromfile(file, storage.element_type, size)
            if storage.elements.size != size:
                raise ValueError(f"{path} is truncated")
    return {name: tensor.to_numpy() for name, tensor in state.items()}
