"""Measures whole networks beside ONNX Runtime: paired, interleaved, outputs compared first.

    networks.py [NETWORK ...] [--threads 1] [--batch 1] [--rounds 30] [--json FILE]

The networks are torchvision's with random weights (tests/models/networks.py), at 224 x 224, fp32, with
symbolic sizes where the network allows it. In each round every engine runs once, in turn, so that
what else the machine does hits all alike. The figure is the ratio of the medians; minima stand beside.
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime

from cnnc_network import CNNC, ROOT, CnncNetwork, compile_model

NETWORKS = ["squeezenet1_1", "mobilenet_v2", "resnet18", "resnet50"]


def cpu_name():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith(("model name", "cpu family", "model\t")):
            yield line.split(":")[1].strip()


def onnxruntime_session(model, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


# An engine's idle threads may go on spinning for a while: nobody's turn begins before they sleep.
PAUSE_SECONDS = 0.02


def interleave(contenders, rounds):
    """Seconds of every call: {name: [one per round]}."""
    times = {name: [] for name in contenders}
    for run in contenders.values():
        run()
    for _ in range(rounds):
        for name, run in contenders.items():
            time.sleep(PAUSE_SECONDS)
            begin = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - begin)
    return times


def measure(name, options, folder):
    model = folder / f"{name}.onnx"
    subprocess.run([sys.executable, ROOT / "tests/models/networks.py", name, model, "--symbolic"], check=True)
    with tempfile.TemporaryDirectory() as empty_cache:
        compile_seconds, compile_bytes = compile_model(model, folder / name, "--name", name, cache=empty_cache)
    image = np.random.default_rng(0).standard_normal((options.batch, 3, 224, 224)).astype(np.float32)
    session = onnxruntime_session(model, options.threads)
    feed = {session.get_inputs()[0].name: image}
    expected = session.run(None, feed)[0]
    network = CnncNetwork(folder / name, name, options.threads)
    run, outputs = network.prepare([image], [expected.shape], [options.batch, 224, 224])
    run()
    error = float(np.abs(outputs[0] - expected).max() / np.abs(expected).max())
    if not error <= 1e-4:
        sys.exit(f"{name}: differs from ONNX Runtime by {error:.1e} of the largest output")
    times = interleave({"cnnc": run, "onnxruntime": lambda: session.run(None, feed)}, options.rounds)
    median = {engine: statistics.median(values) for engine, values in times.items()}
    return {"network": name, "error": error, "compile_seconds": compile_seconds, "compile_bytes": compile_bytes,
            "library_bytes": (folder / name / f"lib{name}.so").stat().st_size,
            "workspace_bytes": run.workspace_bytes,
            "median_ms": {e: 1e3 * t for e, t in median.items()},
            "minimum_ms": {e: 1e3 * min(values) for e, values in times.items()},
            "ratio": median["onnxruntime"] / median["cnnc"]}


def lines_compile_seconds(folder):
    with tempfile.TemporaryDirectory() as empty_cache:
        return compile_model(ROOT / "examples/lines/lines.cnn", folder / "lines", cache=empty_cache, kind=())[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", default=NETWORKS)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--json", help="where to write all numbers")
    options = parser.parse_args()
    machine = {"cpu": " / ".join(dict.fromkeys(cpu_name())), "cores": os.cpu_count(), "system": platform.platform(),
               "onnxruntime": onnxruntime.__version__, "threads": options.threads, "batch": options.batch}
    print(f"CPU: {machine['cpu']}; {options.threads} thread(s), batch {options.batch}; "
          f"onnxruntime {onnxruntime.__version__}")
    print(f"{'network':16} {'cnnc':>9} {'ort':>9} {'ratio':>6}   {'minima':>17} {'error':>8} {'compile':>8}")
    results = []
    with tempfile.TemporaryDirectory() as folder:
        print(f"result: lines_compile {lines_compile_seconds(Path(folder)):.2f} s")
        for name in options.networks:
            row = measure(name, options, Path(folder))
            results.append(row)
            median, least = row["median_ms"], row["minimum_ms"]
            print(f"{name:16} {median['cnnc']:9.2f} {median['onnxruntime']:9.2f} {row['ratio']:6.2f}   "
                  f"{least['cnnc']:8.2f} {least['onnxruntime']:8.2f} {row['error']:8.1e} {row['compile_seconds']:7.1f}s")
            print(f"result: {name}_ratio_to_onnxruntime {row['ratio']:.3f} x")
            print(f"result: {name}_compile {row['compile_seconds']:.1f} s")
            print(f"result: {name}_compile_memory {row['compile_bytes'] / 1e9:.2f} GB", flush=True)
    if options.json:
        Path(options.json).write_text(json.dumps({"machine": machine, "networks": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
