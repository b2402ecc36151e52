"""cnnc with channels last at the border of the network, which is how its kernels read: what is left of a
layer's time when nothing has to be rearranged."""
import numpy as np

import cnnc
import engine


class Engine(cnnc.Engine):
    note = "channels last at the border"

    def source(self):
        if not self.case.pixels:
            raise engine.CannotRun("no form with channels last of this network")
        return self.case.pixels, self.case.pixels_options

    def load(self, image):
        batch, channels, height, width = self.output_shape()
        pixels = np.ascontiguousarray(image.transpose(0, 2, 3, 1))
        run, facts = self.load_shaped(pixels, (batch, height, width, channels))
        return (lambda: run().transpose(0, 3, 1, 2)), facts
