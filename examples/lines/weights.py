"""Sets the weights of lines.cnn by hand: weights.py FILE.safetensors

Each of the two filters answers to lines of one orientation. Across the line it is the negated
second derivative of a Gaussian: bright in the middle, dark on both sides, nothing in all; along the
line it is a Gaussian that is much wider than that. So it answers to its own lines all along them,
and to the others only at their ends. After relu and the average, the linear layer weighs one
against the other.
"""
import json
import math
import struct
import sys

SIZE = 9
ACROSS, ALONG = 1.2, 3.0  # standard deviations, in pixels
CONTRAST = 200.0  # how sure a difference of the averages makes the softmax


def across(x):
    t = (x / ACROSS) ** 2
    return (1 - t) * math.exp(-t / 2)


def along(y):
    return math.exp(-((y / ALONG) ** 2) / 2)


def vertical_filter():
    """SIZE rows of SIZE; the sum is 0, so that an even picture gives no answer."""
    places = range(-(SIZE // 2), SIZE // 2 + 1)
    profile = [across(x) for x in places]
    mean = sum(profile) / SIZE
    return [[along(y) * (value - mean) for value in profile] for y in places]


def write_safetensors(path, tensors):
    header, data = {}, b""
    for name, (shape, values) in tensors.items():
        elements = struct.pack(f"<{len(values)}f", *values)
        header[name] = {"dtype": "F32", "shape": shape,
                        "data_offsets": [len(data), len(data) + len(elements)]}
        data += elements
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def flat(rows):
    return [value for row in rows for value in row]


def main():
    vertical = vertical_filter()
    horizontal = [list(column) for column in zip(*vertical)]
    write_safetensors(sys.argv[1], {
        "conv.filter": ([2, 1, SIZE, SIZE], flat(vertical) + flat(horizontal)),
        "conv.bias": ([2], [0.0, 0.0]),
        "linear.weight": ([2, 2], [CONTRAST, -CONTRAST, -CONTRAST, CONTRAST]),
        "linear.bias": ([2], [0.0, 0.0]),
    })


if __name__ == "__main__":
    main()
