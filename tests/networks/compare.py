"""compare.py NETWORK FOLDER: a network through cnnc and through ONNX Runtime, at several sizes.

Exits with 1 where an output differs by more than 1e-4 of the largest. The networks keep their depth; VGG,
DenseNet and U-Net get a quarter of their channels, to be tested in seconds (bench/ has them whole).
"""
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bench"))
from cnnc_network import CnncNetwork, compile_model  # noqa: E402

TOLERANCE = 1e-4
QUARTER = ("vgg16", "densenet121", "unet")


def sizes_of(network):
    """(N, H, W) to run at: odd and unequal ones too, but VGG's classifier wants one size, and the four
    levels of U-Net multiples of 16."""
    if network == "vgg16":
        return [(1, 64, 64), (3, 64, 64)]
    if network == "unet":
        return [(1, 64, 64), (2, 48, 112)]
    return [(1, 224, 224), (2, 97, 160)]


def check(network, session, compiled, n, h, w):
    image = np.random.default_rng(h).standard_normal((n, 3, h, w)).astype(np.float32)
    expected = session.run(None, {session.get_inputs()[0].name: image})[0]
    run, outputs = compiled.prepare([image], [expected.shape], [n, h, w])
    run()
    error = float(np.abs(outputs[0] - expected).max() / np.abs(expected).max())
    print(f"{network} at {n}x3x{h}x{w}: {error:.1e} of the largest output")
    return error <= TOLERANCE  # False for NaN, too.


def main():
    network, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / f"{network}.onnx"
    sizes = sizes_of(network)
    options = ["--height", str(sizes[0][1]), "--width", str(sizes[0][2])]
    if network in QUARTER:
        options += ["--scale", "0.25"]
    subprocess.run([sys.executable, ROOT / "tests/models/networks.py", network, model, "--symbolic", *options],
                   check=True)
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    for fixed in (False, True):
        # With the sizes as arguments, then with all of them fixed.
        fix = [f"--size={name}={size}" for name, size in zip("NHW", sizes[0])]
        if network == "vgg16":
            fix = fix[:1]
        library = folder / ("fixed" if fixed else "symbolic")
        compile_model(model, library, "--name", "network", *(fix if fixed else []))
        compiled = CnncNetwork(library, "network")
        for size in sizes[:1] if fixed else sizes:
            if not check(network, session, compiled, *size):
                sys.exit(1)


if __name__ == "__main__":
    main()
