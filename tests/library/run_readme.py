"""run_readme.py README CNNC FOLDER: does what the README tells a reader to do by hand.

Takes the first network and the first C program of the page, and the commands around them; then the same
with the weights in a file, as the second piece of C changes the program.
"""
import re
import shutil
import subprocess
import sys
from pathlib import Path


def run(cnnc, compile_command, program, link_command, folder):
    """Compiles the network and the program, and runs it."""
    (folder / "app.c").write_text(program)
    subprocess.run([cnnc, *compile_command.split()], cwd=folder, check=True)
    output = subprocess.run(link_command, cwd=folder, check=True, shell=True, capture_output=True, text=True).stdout
    print(output)
    if not re.search(r"no error: vertical \d\.\d\d, horizontal \d\.\d\d", output):
        sys.exit("the program printed something else than the README leads to expect")
    return output


def with_weights_file(program, change):
    """The program with the lines of `change` in the place of its call; an #include goes to the top."""
    include, statements = change.split("\n", 1)
    changed, count = re.subn(r"^  int status = lines_run.*\n", statements, program, flags=re.MULTILINE)
    if count != 1:
        sys.exit("the README's program does not call the network in one line")
    return include + "\n" + changed


def main():
    readme, cnnc, folder = Path(sys.argv[1]).read_text(), sys.argv[2], Path(sys.argv[3])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    network = re.search(r"```\n(# lines\.cnn.*?)```", readme, re.DOTALL).group(1)
    program, change = re.findall(r"```c\n(.*?)```", readme, re.DOTALL)[:2]
    compile_command = re.search(r"^    build/bin/cnnc (compile lines\.cnn[^#\n]*)", readme, re.MULTILINE).group(1)
    link_command = re.search(r"^    (cc app\.c .*)$", readme, re.MULTILINE).group(1)
    (folder / "lines.cnn").write_text(network)
    inside = run(cnnc, compile_command, program, link_command, folder)
    shutil.rmtree(folder / "out")
    outside = run(cnnc, compile_command + " --embed-weights=no", with_weights_file(program, change), link_command, folder)
    if inside != outside:
        sys.exit("the program printed something else with its weights in a file")


if __name__ == "__main__":
    main()
