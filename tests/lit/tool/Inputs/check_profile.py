"""Checks the JSON of cnnc profile against itself and against the plan that cnnc show prints.

    check_profile.py PROFILE.json PLAN.mlir
"""
import json
import math
import re
import sys

KERNEL_KEYS = """layer ops algorithm schedule least_ms median_ms share multiply_adds gflops peak_share
    bytes gbytes_per_s weight_bytes scratch_bytes output arena_offset result reads
    reads_inputs""".split()
TOTAL_KEYS = """least_ms median_ms kernels_least_ms kernels_median_ms multiply_adds gflops peak_share
    bytes gbytes_per_s arena_bytes arena_lower_bound_bytes arena_ratio workspace_bytes
    weight_bytes""".split()

profile = json.load(open(sys.argv[1]))
plan = open(sys.argv[2]).read()
kernels, total = profile["kernels"], profile["total"]

labels = re.findall(r'kernel\.fused.*?label = "([^"]+)"', plan, re.DOTALL)
assert ["+".join(kernel["ops"]) for kernel in kernels] == labels, labels
print(len(kernels), "kernels as planned")

assert list(total) == TOTAL_KEYS, list(total)
for i, kernel in enumerate(kernels):
    assert list(kernel) == KERNEL_KEYS, list(kernel)
    assert 0 < kernel["least_ms"] <= kernel["median_ms"]
    assert kernel["bytes"] >= kernel["weight_bytes"] + kernel["result"]["bytes"]
    assert all(0 <= other < i for other in kernel["reads"]), "kernels read earlier ones"
    assert kernel["reads"] or kernel["reads_inputs"]
    assert (kernel["output"] is None) != (kernel["arena_offset"] is None)
    if kernel["arena_offset"] is not None:
        assert kernel["arena_offset"] + kernel["result"]["bytes"] <= total["arena_bytes"]
    assert (kernel["gflops"] is None) == (kernel["multiply_adds"] == 0)
    if kernel["gflops"] is not None:
        assert math.isclose(kernel["gflops"] * kernel["least_ms"] * 1e6, 2 * kernel["multiply_adds"])
        if profile["peak_gflops"]:
            assert math.isclose(kernel["gflops"] / profile["peak_gflops"], kernel["peak_share"])

assert math.isclose(sum(kernel["share"] for kernel in kernels), 1)
assert math.isclose(sum(kernel["least_ms"] for kernel in kernels), total["kernels_least_ms"])
assert total["kernels_least_ms"] <= total["least_ms"], "the kernels are a part of the run"
for key in ("multiply_adds", "bytes"):
    assert sum(kernel[key] for kernel in kernels) == total[key]
assert total["arena_lower_bound_bytes"] <= total["arena_bytes"] <= total["workspace_bytes"]
assert max(kernel["scratch_bytes"] for kernel in kernels) <= total["workspace_bytes"]
print("multiply-adds", total["multiply_adds"])
print("arena at least", total["arena_lower_bound_bytes"])
