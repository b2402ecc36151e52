"""cnnc: the library that it compiles with --train. It also draws the parameters that all engines begin with."""
import numpy as np

import cnnc
from cnnc_training import TrainingNetwork
from training_case import LEARNING_RATE, gradients_file, labels_of, parameters_file


class Engine(cnnc.Engine):
    def prepare(self):
        facts = super().prepare()
        np.savez(parameters_file(self.case), **self.network(np.zeros(self.case.shape, np.float32)).named_parameters())
        return facts

    def network(self, image):
        return TrainingNetwork(self.folder, self.case.network, [image], [labels_of(self.case)],
                               self.case.sizes.values(), self.case.threads)

    def load(self, image):
        network = self.network(image)
        loss, gradients = network.gradients()
        np.savez(gradients_file(self.case, "cnnc"), loss=loss, **gradients)
        return network.step_function(LEARNING_RATE), {"workspace_bytes": network.workspace_bytes}
