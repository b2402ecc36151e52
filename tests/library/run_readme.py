"""run_readme.py README CNNC FOLDER: does what the README tells a reader to do by hand.

Takes the first network and the first C program of the page, and the commands around them.
"""
import re
import shutil
import subprocess
import sys
from pathlib import Path


def main():
    readme, cnnc, folder = Path(sys.argv[1]).read_text(), sys.argv[2], Path(sys.argv[3])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    network = re.search(r"```\n(# lines\.cnn.*?)```", readme, re.DOTALL).group(1)
    program = re.search(r"```c\n(/\* app\.c \*/.*?)```", readme, re.DOTALL).group(1)
    compile_command = re.search(r"^    build/bin/cnnc (compile lines\.cnn[^#\n]*)", readme, re.MULTILINE).group(1)
    link_command = re.search(r"^    (cc app\.c .*)$", readme, re.MULTILINE).group(1)
    (folder / "lines.cnn").write_text(network)
    (folder / "app.c").write_text(program)
    subprocess.run([cnnc, *compile_command.split()], cwd=folder, check=True)
    output = subprocess.run(link_command, cwd=folder, check=True, shell=True, capture_output=True, text=True).stdout
    print(output)
    if not re.search(r"vertical \d\.\d\d, horizontal \d\.\d\d", output):
        sys.exit("the program printed something else than the README leads to expect")


if __name__ == "__main__":
    main()
