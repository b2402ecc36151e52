"""Files between cnnc and NumPy, both ways.

    numpy_files.py write FOLDER   writes with NumPy what TensorFileTest reads
    numpy_files.py check FOLDER   reads with NumPy what TensorFileTest wrote there

Every tensor holds 0, 1, 2, ... in row-major order, whatever its type, shape and order in memory.
"""
import json
import struct
import sys
from pathlib import Path

import numpy as np

TYPES = ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1"]


def counted(shape, dtype):
    return np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)


def brain_floats(values):
    """bfloat16, which NumPy lacks: the upper halves of floats."""
    return (values.astype("<f4").view("<u4") >> 16).astype("<u2").tobytes()


def write_safetensors(path, tensors):
    """Written by hand from the format's description: tensors are (dtype, shape, bytes) by name."""
    header, offset = {"__metadata__": {"format": "test"}}, 0
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape,
                        "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(t[2] for t in tensors.values()))


def write(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for dtype in TYPES:
        np.save(folder / f"{dtype}.npy", counted((3, 5), dtype))
    np.save(folder / "bool.npy", np.array([False, True]))
    np.save(folder / "scalar.npy", np.float32(7))
    np.save(folder / "empty.npy", np.zeros((0, 4), "f4"))
    np.save(folder / "columns.npy", np.asfortranarray(counted((2, 3, 4), "f4")))
    np.save(folder / "big_endian.npy", counted((3,), ">f4"))
    np.save(folder / "words.npy", np.array(["a", "bc"]))
    np.save(folder / "records.npy", np.zeros(2, dtype=[("x", "f4"), ("y", "i4")]))
    named = {"stem.filter": counted((4, 3, 3, 3), "f4"), "stem.bias": counted((4,), "f8"),
             "columns": np.asfortranarray(counted((5, 6), "f4")), "words": np.array(["a"])}
    np.savez(folder / "plain.npz", **named)
    np.savez_compressed(folder / "deflated.npz", **named)
    write_safetensors(folder / "weights.safetensors", {
        "half": ("F16", [2, 3], counted((2, 3), "<f2").tobytes()),
        "brain": ("BF16", [5], brain_floats(np.arange(5))),
        "odd": ("U8", [3], bytes([0, 1, 2])),
        "unaligned": ("F32", [2, 2], counted((2, 2), "<f4").tobytes()),
        "tiny": ("F8_E4M3", [4], bytes(4)),
        "scalar": ("F32", [], counted((1,), "<f4").tobytes()),
    })


def check(folder):
    for name in ("written.npy", "written.npz"):
        loaded = np.load(folder / name)
        array = loaded if name.endswith("npy") else loaded["a.b"]
        np.testing.assert_array_equal(array, counted((2, 3, 4), "f4"))
        assert array.dtype == np.float32 and array.flags.c_contiguous, (name, array.dtype)
    written = np.load(folder / "written.npz")
    assert written.files == ["a.b", "labels"], written.files
    np.testing.assert_array_equal(written["labels"], counted((3,), "u1"))
    data = (folder / "written.safetensors").read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    assert header["a.b"] == {"dtype": "F32", "shape": [2, 3, 4], "data_offsets": [0, 96]}, header
    values = np.frombuffer(data[8 + length:8 + length + 96], "<f4").reshape(2, 3, 4)
    np.testing.assert_array_equal(values, counted((2, 3, 4), "f4"))


if __name__ == "__main__":
    {"write": write, "check": check}[sys.argv[1]](Path(sys.argv[2]))
