"""PyTorch compiled by its inductor: forward, loss and backward. It wants a C++ compiler on the machine."""
import torch_training


class Engine(torch_training.Engine):
    def wrap(self, torch, loss_of):
        return torch.compile(loss_of)
