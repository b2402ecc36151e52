"""What an engine is to the benchmark: a class `Engine` in a file of its own: peers/NAME.py, or beside this one cnnc's.
Those that train are in trainers/."""
import dataclasses
import importlib
import importlib.metadata
import pkgutil
from pathlib import Path

import peers

REFERENCE = "onnxruntime"  # with whose output every other is compared


class CannotRun(Exception):
    """An engine that does not take a network says why, in the first line; the others go on."""


@dataclasses.dataclass
class Case:
    """A network to run in one way; as plain data it goes from the benchmark to an engine's process."""
    network: str  # what files are called, and symbols
    shape: list  # of the input: batch, channels, height, width
    model: str  # ONNX, all sizes fixed
    single: str  # the same for a batch of 1
    source: str  # what cnnc compiles: .cnn or ONNX
    folder: str  # where an engine may keep what it makes
    source_options: list = dataclasses.field(default_factory=list)  # of cnnc compile
    sizes: dict = dataclasses.field(default_factory=dict)  # that the source leaves open, and what they are here
    pixels: str = ""  # what cnnc compiles with channels last at the border, where there is that
    pixels_options: list = dataclasses.field(default_factory=list)
    scale: float = 1.0  # deviation of the input's random numbers
    threads: int = 1
    isa: str = "host"  # or avx2
    package: str = "peers"  # where the engines are
    classes: int = 0  # of a network to train: how many its labels may be,
    label_shape: list = dataclasses.field(default_factory=list)  # and their shape

    @property
    def batch(self):
        return self.shape[0]

    def find_engine(self, name):
        return find_engine(name, self.package)

    def output_of(self, engine):
        """The file in which an engine's process leaves the output of its first run."""
        return str(Path(self.folder) / f"output.{engine}.npy")


class Engine:
    """One engine with one case. Its library is imported in its methods, as they run in processes of its own."""
    wheel = ""  # its name on PyPI, of which `version` asks
    note = ""  # what a reader of its figures must know
    follows_isa = True  # has a switch for --isa
    optional = False  # takes part only when asked for
    fixed_batch = False  # what `prepare` makes serves one batch size

    def __init__(self, case):
        self.case = case

    @classmethod
    def version(cls):
        try:
            return importlib.metadata.version(cls.wheel)
        except importlib.metadata.PackageNotFoundError as error:
            raise CannotRun(f"the wheel {cls.wheel} is not installed") from error

    @classmethod
    def environment(cls, case):
        """Variables of its process, beside the usual ones."""
        return {}

    def prepare(self):
        """Work ahead of time, in a process of its own; returns facts for the report ({NAME: NUMBER})."""
        return {}

    def load(self, image):
        """From here on the time to the first result counts. Returns a function that runs the network on
        `image` and returns the output as an array, and, if there are any, facts."""
        raise NotImplementedError


def peer_names():
    return sorted(module.name for module in pkgutil.iter_modules(peers.__path__))


def find_engine(name, package="peers"):
    """The class of an engine: a peer's, or cnnc's own, which beside peers is at the top."""
    at_top = package == "peers" and name.startswith("cnnc")
    return importlib.import_module(name if at_top else f"{package}.{name}").Engine


def file_bytes(*paths):
    return sum(Path(path).stat().st_size for path in paths)
