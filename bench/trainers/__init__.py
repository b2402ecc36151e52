"""Engines that train a network: cnnc and forms of PyTorch. They run steps instead of outputs, see training.py."""
