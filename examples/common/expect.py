"""Runs a program and checks the figures that it prints: expect.py [FIGURE...] -- PROGRAM [ARGUMENT...]

A figure is "WHAT >= NUMBER" or "WHAT <= NUMBER", about the line `result: WHAT VALUE UNIT` of the output.
Exit status 0 if the program succeeds, and each figure is there, once, and as it should be.
"""
import re
import subprocess
import sys

NUMBER = r"(-?[0-9.]+(?:e[-+]?[0-9]+)?)(?!\S)"


def main():
    split = sys.argv.index("--")
    program = subprocess.run(sys.argv[split + 1:], stdout=subprocess.PIPE, text=True)
    print(program.stdout, end="", flush=True)
    failed = program.returncode != 0
    if failed:
        print(f"FAILED: exit status {program.returncode}")
    for figure in sys.argv[1:split]:
        what, comparison, bound = re.fullmatch(r"(.*) (<=|>=) (\S+)", figure).groups()
        values = re.findall(rf"^result: {re.escape(what)} {NUMBER}", program.stdout, re.MULTILINE)
        if len(values) != 1:
            print(f"FAILED: {figure}: {len(values)} lines say so")
            failed = True
        elif not (float(values[0]) <= float(bound) if comparison == "<=" else float(values[0]) >= float(bound)):
            print(f"FAILED: {figure}: it is {values[0]}")
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
