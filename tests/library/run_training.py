"""run_training.py PAGE CNNC FOLDER: what docs/training.md shows: its data, its commands, its program."""
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np


def stripes(samples, seed):
    """Pictures of 8x8 and which way their stripes go."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, samples)
    rows = (np.arange(8)[None, :] + random.integers(0, 4, (samples, 1))) // 2 % 2
    images = np.where(labels[:, None, None] == 1, rows[:, :, None], rows[:, None, :])
    return images[:, None].astype(np.float32), labels


def main():
    page, cnnc, folder = Path(sys.argv[1]).read_text(), Path(sys.argv[2]).resolve(), Path(sys.argv[3])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)

    def run(command):
        path = f"{cnnc.parent}:/usr/bin:/bin"
        result = subprocess.run(command, cwd=folder, shell=True, check=True, capture_output=True, text=True,
                                env={"PATH": path, "HOME": str(folder)})
        print(result.stdout)
        return result.stdout

    (folder / "stripes.cnn").write_text(re.search(r"```cnn\n(.*?)```", page, re.DOTALL).group(1))
    (folder / "learn.c").write_text(re.search(r"```c\n(.*?)```", page, re.DOTALL).group(1))
    save = re.search(r"```python\n(.*?)```", page, re.DOTALL).group(1)
    for name, samples, seed in [("train", 200, 1), ("valid", 50, 2)]:
        images, labels = stripes(samples, seed)
        exec(save.replace("train.npz", str(folder / (name + ".npz"))), {"numpy": np, "images": images, "labels": labels})
    outputs = [run(command) for command in re.findall(r"^    (cnnc .*|cc .*)$", page, re.MULTILINE)]
    expected = [r"stripes.safetensors: 56 steps.* accuracy (0\.9|1)", r"libstripes\.a", r"libstripes\.a",
                r"no error: loss from 0\.\d\d to 0\.[0-2]\d", r"gradients of 7 tensors .* agree"]
    for output, pattern in zip(outputs, expected, strict=True):
        if not re.search(pattern, output):
            sys.exit(f"expected {pattern} but the command printed: {output}")


if __name__ == "__main__":
    main()
