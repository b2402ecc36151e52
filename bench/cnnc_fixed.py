"""cnnc with all sizes fixed when it compiles: what a library for any size costs beside it (--symbolic-cost)."""
import cnnc


class Engine(cnnc.Engine):
    note = "all sizes fixed"

    def source(self):
        source, options = super().source()
        return source, [*options, *(f"--size={name}={size}" for name, size in self.case.sizes.items())]
