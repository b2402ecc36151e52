"""What a measurement was made on, and with: plain data for the report."""
import os
import platform
import subprocess
from pathlib import Path

from engine import CannotRun, find_engine

# Of the many flags of /proc/cpuinfo, those that decide which code engines choose.
FLAGS = ("avx", "f16c", "fma", "avx2", "avx512f", "avx512bw", "avx512vl", "avx512_vnni", "avx_vnni", "avx512_bf16",
         "avx512_fp16", "amx_tile", "amx_bf16", "asimd", "asimdhp", "sve", "sve2")


def describe():
    cpu = first_cpu()
    flags = cpu.get("flags", cpu.get("Features", "")).split()
    return {"cpu": cpu.get("model name", platform.processor() or platform.machine()),
            "family": cpu.get("cpu family"), "model": cpu.get("model"), "stepping": cpu.get("stepping"),
            "flags": [flag for flag in FLAGS if flag in flags], "cores": os.cpu_count(), "caches": caches(),
            "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
            "system": system(), "python": platform.python_version(), "commit": commit()}


def system():
    release = ".".join(platform.release().split(".")[:2])  # What follows tells machines apart, not systems.
    return f"{platform.system()} {release}, {' '.join(platform.libc_ver())}"


def first_cpu():
    text = Path("/proc/cpuinfo").read_text().partition("\n\n")[0]
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())}


def caches():
    """{"L1d": "32K", ...} of the first core, as the system tells."""
    found = {}
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = ((index / name).read_text().strip() for name in ("level", "type", "size"))
        if kind != "Instruction":
            found[f"L{level}" + ("d" if kind == "Data" else "")] = size
    return found


def commit():
    git = subprocess.run(["git", "-C", Path(__file__).parent, "describe", "--always", "--dirty"],
                         capture_output=True, text=True)
    return git.stdout.strip() or None


def versions(engines):
    """{engine: version}; of one that is not there, why. Forms of cnnc are cnnc."""
    found = {}
    for name in (name for name in engines if not name.startswith("cnnc_")):
        try:
            found[name] = find_engine(name).version()
        except CannotRun as error:
            found[name] = str(error)
    return found
