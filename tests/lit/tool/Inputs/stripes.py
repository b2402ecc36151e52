"""stripes.py OUT SAMPLES SEED: pictures of 8x8 with vertical (0) or horizontal (1) stripes, and noise.

OUT is an .npz, or a folder that gets a folder of PNGs for each class.
"""
import sys
from pathlib import Path

import numpy as np


def stripes(samples, seed):
    """Pictures within [0, 1] and their labels."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, samples)
    rows = (np.arange(8)[None, :] // random.integers(1, 3, (samples, 1)) + random.integers(0, 2, (samples, 1))) % 2
    pictures = np.where(labels[:, None, None] == 1, rows[:, :, None], rows[:, None, :])
    return np.clip(pictures * 0.8 + random.normal(0.1, 0.6, (samples, 8, 8)), 0, 1).astype(np.float32), labels


def main():
    out, samples, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    pictures, labels = stripes(samples, seed)
    if out.suffix == ".npz":
        np.savez(out, image=pictures[:, None], label=labels)
        return
    from PIL import Image

    for i, (picture, label) in enumerate(zip(pictures, labels)):
        folder = out / ["across", "down"][label]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray((picture * 255).astype(np.uint8)).save(folder / f"{i:03}.png")


if __name__ == "__main__":
    main()
