"""PyTorch with channels last in memory."""
import torch_training


class Engine(torch_training.Engine):
    def arrange(self, torch, tensor_or_module):
        return tensor_or_module.to(memory_format=torch.channels_last)
