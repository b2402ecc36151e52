"""A network compiled for training as a Python object: its library, called through the description that it exports.

For benchmarks and tests, like cnnc_network.py; what the functions do is told in cnnrt.h.
"""
import ctypes
from pathlib import Path

import numpy as np

from cnnc_network import Exec, lend_threads

SIZES, FLOATS = ctypes.POINTER(ctypes.c_int64), ctypes.POINTER(ctypes.c_float)
POINTERS = ctypes.POINTER(ctypes.c_void_p)
EXEC = ctypes.POINTER(Exec)


class Tensor(ctypes.Structure):
    """cnnrt_tensor of cnnrt.h."""
    _fields_ = [("name", ctypes.c_char_p), ("type", ctypes.c_int32), ("rank", ctypes.c_int32), ("dims", SIZES),
                ("dim_expression", ctypes.c_void_p), ("offset", ctypes.c_int64)]

    def shape(self):
        """Of a tensor whose dims depend on no size."""
        return self.dims[:self.rank]


TENSORS = ctypes.POINTER(Tensor)
STATUS_STRING = ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_int)
WORKSPACE_BYTES = ctypes.CFUNCTYPE(ctypes.c_size_t, SIZES, ctypes.c_int)
INIT = ctypes.CFUNCTYPE(ctypes.c_int, FLOATS, FLOATS, ctypes.c_uint64)
GRADIENTS = ctypes.CFUNCTYPE(ctypes.c_int, FLOATS, POINTERS, POINTERS, SIZES, FLOATS, FLOATS, ctypes.c_void_p,
                             ctypes.c_uint64, ctypes.c_void_p, ctypes.c_size_t, EXEC)
TRAIN_STEP = ctypes.CFUNCTYPE(ctypes.c_int, FLOATS, FLOATS, POINTERS, POINTERS, SIZES, ctypes.c_float,
                              ctypes.c_uint64, FLOATS, ctypes.c_void_p, ctypes.c_size_t, EXEC)


class Network(ctypes.Structure):
    """cnnrt_network of cnnrt.h."""
    _fields_ = [("struct_size", ctypes.c_size_t), ("abi_version", ctypes.c_uint32), ("num_sizes", ctypes.c_int32),
                ("name", ctypes.c_char_p), ("target", ctypes.c_char_p), ("cpu_features", ctypes.c_uint64),
                ("num_inputs", ctypes.c_int32), ("num_outputs", ctypes.c_int32),
                ("num_parameters", ctypes.c_int32), ("num_expressions", ctypes.c_int32),
                ("inputs", TENSORS), ("outputs", TENSORS), ("parameters", TENSORS),
                ("expression_texts", ctypes.c_void_p), ("typical_sizes", SIZES), ("size_checks", ctypes.c_void_p),
                ("num_size_checks", ctypes.c_int32), ("reserved", ctypes.c_int32),
                ("expression_value", ctypes.c_void_p), ("check_sizes", ctypes.c_void_p),
                ("status_string", STATUS_STRING), ("workspace_bytes", WORKSPACE_BYTES),
                ("run", ctypes.c_void_p), ("run_with_parameters", ctypes.c_void_p),
                ("parameter_floats", ctypes.c_int64), ("state_floats", ctypes.c_int64), ("targets", TENSORS),
                ("num_targets", ctypes.c_int32), ("reserved_training", ctypes.c_int32),
                ("init", INIT), ("gradients", GRADIENTS), ("train_step", TRAIN_STEP),
                ("weight_bytes", ctypes.c_uint64), ("weights_header", ctypes.c_void_p),
                ("run_with_weights", ctypes.c_void_p), ("num_states", ctypes.c_int32),
                ("reserved_states", ctypes.c_int32), ("states", TENSORS),
                ("training_workspace_bytes", WORKSPACE_BYTES)]


def as_floats(array):
    return array.ctypes.data_as(FLOATS)


def as_pointers(arrays):
    return (ctypes.c_void_p * len(arrays))(*(array.ctypes.data for array in arrays))


class TrainingNetwork:
    """The network `name` that `cnnc compile --train --shared` wrote to `folder`, with parameters by a seed. It works
    on one batch: its inputs and targets are arrays that may be refilled in place."""

    def __init__(self, folder, name, inputs, targets, sizes, threads=1, seed=0):
        self.library = ctypes.CDLL(str((Path(folder) / f"lib{name}.so").resolve()))
        describe = getattr(self.library, f"{name}_network")
        describe.restype = ctypes.POINTER(Network)
        self.network = describe().contents
        if len(sizes) != self.network.num_sizes:
            raise ValueError(f"{name} has {self.network.num_sizes} sizes, not {len(sizes)}")
        self.exec = lend_threads(self.library, threads)
        self.parameters = np.empty(self.network.parameter_floats, np.float32)
        self.state = np.empty(self.network.state_floats, np.float32)
        self.check(self.network.init(as_floats(self.parameters), as_floats(self.state), seed))
        self.loss, self.steps = np.zeros(1, np.float32), 0
        self.kept = [*inputs, *targets]
        self.batch = as_pointers(inputs), as_pointers(targets), (ctypes.c_int64 * len(sizes))(*sizes)
        self.workspace_bytes = self.network.training_workspace_bytes(self.batch[2], threads)
        if self.workspace_bytes == 0:
            raise ValueError(f"{name} does not take the sizes {sizes}")
        self.memory = np.empty(self.workspace_bytes + 64, np.uint8)
        self.workspace = self.memory.ctypes.data + -self.memory.ctypes.data % 64

    def check(self, status):
        if status != 0:
            raise RuntimeError(self.network.status_string(status).decode())

    def tensors_of(self, block):
        """{name: array} of parameters, or of their gradients: views of the block, in the shapes of the table."""
        return {tensor.name.decode(): block[tensor.offset:][:int(np.prod(tensor.shape()))].reshape(tensor.shape())
                for tensor in self.network.parameters[:self.network.num_parameters]}

    def named_parameters(self):
        return self.tensors_of(self.parameters)

    def gradients(self, of_inputs=False):
        """The loss and {name: gradient}, of the parameters and, if asked for, of the inputs, which are all f32 then.
        Running statistics have something of their own there (cnnrt.h)."""
        block = np.empty_like(self.parameters)
        inputs = [np.empty_like(array) for array in self.kept[:self.network.num_inputs]] if of_inputs else []
        self.check(self.network.gradients(as_floats(self.parameters), *self.batch, as_floats(self.loss),
                                          as_floats(block), as_pointers(inputs) if of_inputs else None, self.steps,
                                          self.workspace, self.workspace_bytes, self.exec))
        named = {tensor.name.decode(): array for tensor, array in zip(self.network.inputs[:len(inputs)], inputs)}
        return float(self.loss[0]), {**self.tensors_of(block), **named}

    def step_function(self, learning_rate):
        """A function of no arguments that takes a step and returns the loss before it."""
        arguments = as_floats(self.parameters), as_floats(self.state), *self.batch, ctypes.c_float(learning_rate)
        rest = as_floats(self.loss), self.workspace, self.workspace_bytes, self.exec

        def step():
            self.check(self.network.train_step(*arguments, self.steps, *rest))
            self.steps += 1
            return self.loss[0]

        return step
