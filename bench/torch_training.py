"""What the forms of PyTorch in trainers/ have in common: they differ in a memory format and in who runs the module."""
import numpy as np

import engine
from training_case import LEARNING_RATE, gradients_file, labels_of, parameters_file


class Engine(engine.Engine):
    wheel = "torch"

    @property
    def name(self):
        return type(self).__module__.rpartition(".")[2]

    def arrange(self, torch, tensor_or_module):
        """In the memory format of this form."""
        return tensor_or_module

    def wrap(self, torch, loss_of):
        """The function (images, labels) -> loss as this form runs it."""
        return loss_of

    def load(self, image):
        import torch
        import training_modules
        torch.set_num_threads(self.case.threads)
        module = training_modules.MODULES[self.case.network]()
        parameters = np.load(parameters_file(self.case))
        training_modules.load(module, parameters)
        module = self.arrange(torch, module.train())
        images, labels = self.arrange(torch, torch.from_numpy(image)), torch.from_numpy(labels_of(self.case))
        loss_of = self.wrap(torch, lambda x, y: torch.nn.functional.cross_entropy(module(x), y))

        first = loss_of(images, labels)
        first.backward()
        tensors = {name: training_modules.parameter_of(module, name) for name in parameters}
        np.savez(gradients_file(self.case, self.name), loss=first.item(),
                 **{name: tensor.grad.contiguous().numpy() for name, tensor in tensors.items() if tensor.requires_grad})
        optimizer = torch.optim.SGD(module.parameters(), LEARNING_RATE, momentum=0.9, fused=True)

        def step():
            optimizer.zero_grad()
            loss = loss_of(images, labels)
            loss.backward()
            optimizer.step()
            return loss.item()

        return step, {}
