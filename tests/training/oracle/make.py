"""./dev oracle: makes, with PyTorch, what check_oracle.py compares with. README.md tells what is in the files."""
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parents[2] / "bench"))
import draw  # noqa: E402
import formulas  # noqa: E402
import training_modules  # noqa: E402
import words  # noqa: E402
from cnnc_network import CompileError  # noqa: E402
from compiled import start_of_curve  # noqa: E402

MOVED = 3  # curves from parameters that are moved by rounding


def gradients_of(drawn, x, target):
    """What PyTorch computes in double precision."""
    parameters = {name: torch.from_numpy(formulas.parameter(name, shape)).double().requires_grad_()
                  for name, shape in drawn.shapes.items()}
    x = torch.from_numpy(x).double().requires_grad_()
    target = torch.from_numpy(target)
    words.distances.clear()
    loss = drawn.loss(x, parameters, target.double() if target.is_floating_point() else target)
    loss.backward()
    return {"loss": loss.item(), "x": x.grad.numpy(),
            **{name: tensor.grad.numpy() for name, tensor in parameters.items()}}


def draw_network(number, dealt, head):
    """Draws until arguments fit and no kink is near; returns the text and all arrays."""
    name = f"drawn_{number}"
    for seed in range(number * 1000, number * 1000 + 1000):
        try:
            drawn = draw.draw(dealt, head, seed)
        except draw.Redraw:
            continue
        x = formulas.uniform(drawn.input_shape, seed) * np.float32(1.7)
        target = drawn.target()
        target = target.numpy() if drawn.target_type == "i64" else target.float().numpy()
        gradients = gradients_of(drawn, x, target)
        if min(words.distances, default=1) >= draw.MARGIN and 1e-3 < gradients["loss"] < 1e2:
            print(f"{name}: seed {seed}, {', '.join(dealt)}, {head.__name__}: loss {gradients['loss']:.4f}", flush=True)
            return drawn.text(name), {"input": x, "target": target, **gradients}
    raise ValueError(f"{name}: no draw of {dealt} has its kinks {draw.MARGIN} away")


def make_gradients():
    arrays = {}
    for old in FOLDER.glob("drawn_*.cnn"):
        old.unlink()
    for number, (dealt, head) in enumerate(draw.deal(), 1):
        text, own = draw_network(number, dealt, head)
        (FOLDER / f"drawn_{number}.cnn").write_text(f"# Drawn by make.py.\n{text}")
        arrays.update({f"drawn_{number}/{name}": np.float32(array) if np.asarray(array).dtype == np.float64 else array
                       for name, array in own.items()})
    np.savez_compressed(FOLDER / "gradients.npz", **arrays)


def curve(network, memory_format=torch.contiguous_format, moved=None):
    """The loss before each step; with parameters that are moved by rounding, if `moved` says which way."""
    with tempfile.TemporaryDirectory() as folder:
        start, images, labels = start_of_curve(network, folder)
        parameters = start.named_parameters()
    if moved is not None:
        formulas.move_by_rounding(parameters, moved)
    module = training_modules.MODULES[network]()
    training_modules.load(module, parameters)
    module = module.train().to(memory_format=memory_format)
    optimizer = torch.optim.SGD(module.parameters(), formulas.LEARNING_RATE, momentum=0.9)
    losses = []
    for step in range(formulas.STEPS):
        formulas.batch_of_step(images, labels, step)
        optimizer.zero_grad()
        x = torch.from_numpy(images).to(memory_format=memory_format)
        loss = torch.nn.functional.cross_entropy(module(x), torch.from_numpy(labels))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return np.array(losses, np.float32)


def make_curves():
    torch.set_num_threads(1)
    arrays = {}
    for network in formulas.BATCH:
        eager = curve(network)
        others = {"channels_last": curve(network, torch.channels_last),
                  **{f"moved_{way}": curve(network, moved=way) for way in range(MOVED)}}
        arrays.update({f"{network}/{name}": values for name, values in {"eager": eager, **others}.items()})
        print(f"{network}: loss {eager[0]:.4f} to {eager[-1]:.4f}; mean distances "
              + ", ".join(f"{name} {np.abs(values - eager).mean():.1e}" for name, values in others.items()), flush=True)
    np.savez(FOLDER / "curves.npz", **arrays)


def main():
    print(f"torch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}")
    what = sys.argv[1:] or ["gradients", "curves"]
    try:
        if "gradients" in what:
            make_gradients()
        if "curves" in what:
            make_curves()
    except (CompileError, ValueError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
