"""Builds modules of RecBole over the columns of rows.py. The package's trainers, and their many dependencies, are left
out: its files of models are imported one by one."""

import importlib
import importlib.util
from pathlib import Path
from types import ModuleType
import sys

import numpy
import rows as made

package = Path(importlib.util.find_spec("recbole").origin).parent
# RecBole was written for NumPy 1.
numpy.long = numpy.int64
for name in (
    "",
    "model",
    "model.context_aware_recommender",
    "model.general_recommender",
    "model.sequential_recommender",
):
    module = ModuleType(".".join(["recbole", name]).strip("."))
    module.__path__ = [str(package.joinpath(*name.split(".")))]
    sys.modules[module.__name__] = module
spec = importlib.util.spec_from_file_location("recbole.utils", package / "utils/enum_type.py")
utils = importlib.util.module_from_spec(spec)
spec.loader.exec_module(utils)
utils.set_color = lambda text, *_: text
sys.modules["recbole.utils"] = utils

FIELDS = [*made.USER, *made.ITEM]
SIZES = [len(made.VALUES[field]) + 2 for field in FIELDS]


class Config(dict):
    """Settings by name; those that are absent are None."""

    def __missing__(self, key):
        return None

    def __getattr__(self, key):
        return self[key]


class Dataset:
    field2type = dict.fromkeys(FIELDS, utils.FeatureType.TOKEN)

    def fields(self, source: list | None = None) -> list[str]:
        sources = utils.FeatureSource
        asked = source or [sources.USER, sources.ITEM]
        return [*(made.USER if sources.USER in asked else []), *(made.ITEM if sources.ITEM in asked else [])]

    def num(self, field: str) -> int:
        return dict(zip(FIELDS, SIZES, strict=True))[field]


def class_of(file: str, name: str):
    return getattr(importlib.import_module(f"recbole.model.{file}"), name)


def model(file: str, name: str, **settings):
    """Builds a class of `recbole.model.context_aware_recommender`."""
    defaults = {"embedding_size": 8, "device": "cpu", "dropout_prob": 0.0, "numerical_features": []}
    config = Config({**defaults, **settings})
    return lambda columns: class_of(f"context_aware_recommender.{file}", name)(config, Dataset())
