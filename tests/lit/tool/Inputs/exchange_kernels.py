"""Exchanges the two kernels of a cache folder."""
import sys
from pathlib import Path

first, second = (path for path in Path(sys.argv[1]).rglob("*") if path.is_file())
one, other = first.read_bytes(), second.read_bytes()
assert one != other
first.write_bytes(other)
second.write_bytes(one)
