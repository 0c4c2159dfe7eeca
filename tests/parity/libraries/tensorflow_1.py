"""Runs a file that calls TensorFlow 1 on PyTorch: the functions that the capsules of ComiRec call, with PyTorch's layers in
place of those that TensorFlow makes, and numbers in place of those that it draws."""

import importlib.util
import sys
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import ModuleType
from unittest import mock

import torch

layers: list[torch.nn.Linear] = []
drawn: list[torch.Tensor] = []


@contextmanager
def given(linears: list[torch.nn.Linear], numbers: torch.Tensor):
    """The layers that the code makes within, in their order, and the numbers that it draws."""
    layers[:], drawn[:] = linears, [numbers]
    yield
    assert not layers and not drawn, "the code made fewer layers, or drew fewer numbers"


def dense(x: torch.Tensor, units: int, activation=None, **_options) -> torch.Tensor:
    layer = layers.pop(0)
    assert layer.out_features == units
    return layer(x) if activation is None else activation(layer(x))


def module(name: str, **members) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(members)
    return made


class Layer:
    """`tf.layers.Layer`, whose `call` is called."""


def load(path: Path) -> ModuleType:
    """The module at `path`, for which this is TensorFlow."""
    rnn_cell = module("tensorflow.nn.rnn_cell", GRUCell=None)
    nn = module("tensorflow.nn", rnn_cell=rnn_cell, relu=torch.relu, softmax=lambda x, axis=-1: x.softmax(axis))
    slim = module("tensorflow.contrib.slim")
    contrib = module("tensorflow.contrib", slim=slim)
    tensorflow = module(
        "tensorflow",
        **{"nn": nn, "contrib": contrib, "layers": module("tensorflow.layers", Layer=Layer, dense=dense)},
        **{
            name: getattr(torch, name) for name in ("matmul", "pow", "reshape", "sqrt", "square", "where", "zeros_like")
        },
        equal=torch.eq,
        expand_dims=lambda x, axis: x.unsqueeze(axis),
        reduce_sum=lambda x, axis, keepdims=False: x.sum(axis, keepdim=keepdims),
        stop_gradient=lambda x, name=None: x.detach(),
        tile=lambda x, multiples: x.repeat(multiples),
        transpose=lambda x, places: x.permute(places),
        truncated_normal=lambda shape, stddev: drawn.pop().reshape(shape),
        variable_scope=lambda _name: nullcontext(),
    )
    spec = importlib.util.spec_from_file_location(path.stem, path)
    loaded = importlib.util.module_from_spec(spec)
    with mock.patch.dict(sys.modules, {each.__name__: each for each in (tensorflow, nn, rnn_cell, contrib, slim)}):
        spec.loader.exec_module(loaded)
    return loaded
