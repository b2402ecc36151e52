"""PyTorch as it comes."""
import torch_training


class Engine(torch_training.Engine):
    pass
