"""check_trained.py LIBRARY NAME DATA: the accuracy of a compiled classifier of 8x8 pictures on an .npz.

LIBRARY is what `cnnc compile --shared` writes.
"""
import ctypes
import sys

import numpy as np


def main():
    library, name, data = ctypes.CDLL(sys.argv[1]), sys.argv[2], np.load(sys.argv[3])
    images, labels = np.ascontiguousarray(data["image"]), data["label"]
    samples, size = images.shape[0], images.shape[2]
    workspace_bytes, run = getattr(library, name + "_workspace_bytes"), getattr(library, name + "_run")
    workspace_bytes.restype = ctypes.c_size_t
    count, height = ctypes.c_int64(samples), ctypes.c_int64(size)
    needed = workspace_bytes(count, height, ctypes.c_int(1))
    memory = np.zeros(needed + 64, np.uint8)
    workspace = (memory.ctypes.data + 63) // 64 * 64
    outputs = np.zeros((samples, 2), np.float32)
    status = run(ctypes.c_void_p(images.ctypes.data), ctypes.c_void_p(outputs.ctypes.data), count, height,
                 ctypes.c_void_p(workspace), ctypes.c_size_t(needed), None)
    print(f"status {status}, accuracy {np.mean(outputs.argmax(1) == labels):.4f}")


if __name__ == "__main__":
    main()
