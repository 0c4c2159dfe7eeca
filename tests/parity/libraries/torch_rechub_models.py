"""Builds modules of Torch-RecHub over the columns of rows.py."""

import importlib

import rows as made
from torch_rechub.basic.features import SparseFeature
from weights import Weights, folded

FIELDS = [*made.USER, *made.ITEM]


def feature(column: str) -> SparseFeature:
    return SparseFeature(column, len(made.VALUES[column]) + 2, 8)


def features(columns: list[str] = FIELDS) -> list[SparseFeature]:
    return [feature(column) for column in columns]


def class_of(path: str):
    module, name = path.rsplit(".", 1)
    return getattr(importlib.import_module(f"torch_rechub.models.{module}"), name)


def model(path: str, *arguments, **settings):
    """Builds a class of `torch_rechub.models` over all fields."""
    return lambda columns: class_of(path)(features(), *arguments, **settings)


def tables(weights: Weights, at: str = "embedding") -> Weights:
    return {name: weights[f"{at}.embed_dict.{name}.weight"] for name in FIELDS}


def mlp(name: str, weights: Weights, at: str, count: int) -> Weights:
    """`MLP` at `at`: layers of four parts each."""
    given = {}
    for layer in range(count):
        given |= folded(f"{name}.dense_{layer + 1}", weights, f"{at}.mlp.{4 * layer}", f"{at}.mlp.{4 * layer + 1}")
    return given
