"""A model of dinc, to be trained by PyTorch and TorchRec."""
