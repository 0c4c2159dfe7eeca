"""Builds modules of FuxiCTR's model zoo over the columns of rows.py; FUXICTR_DIR is a checkout, whose model_zoo the
package lacks."""

import importlib.util
import os
from collections import OrderedDict
from pathlib import Path

import rows as made
import torch
from fuxictr.features import FeatureMap

ZOO = Path(os.environ["FUXICTR_DIR"]) / "model_zoo"
SETTINGS = {
    "gpu": -1,
    "verbose": 0,
    "model_root": "/tmp",
    "metrics": ["AUC"],
    "task": "binary_classification",
    "optimizer": "adam",
    "loss": "binary_crossentropy",
    "learning_rate": 1e-3,
    "embedding_dim": 8,
}
SOURCES = {**dict.fromkeys(made.USER, "user"), **dict.fromkeys(made.ITEM, "item")}


def feature_map(
    columns: list[str],
    encoder: str | None = None,
    labels: tuple[str, ...] = ("like",),
    numbers: tuple[str, ...] = (),
    sources: dict[str, str] = SOURCES,
) -> FeatureMap:
    features = FeatureMap("zoo", "/tmp")
    features.labels = list(labels)
    features.default_emb_dim = SETTINGS["embedding_dim"]
    described = OrderedDict()
    for column in columns:
        if column in numbers:
            described[column] = {"source": "", "type": "numeric"}
            continue
        owner = made.HISTORIES.get(column)
        spec = {"source": sources.get(owner or column, ""), "padding_idx": 0}
        spec["vocab_size"] = len(made.VALUES[owner or column]) + 2
        if owner is None:
            described[column] = {**spec, "type": "categorical"}
        else:
            shared = {"share_embedding": owner, "max_len": made.STEPS, "feature_encoder": encoder}
            described[column] = {**spec, **shared, "type": "sequence"}
    features.features = described
    features.num_fields = features.get_num_fields()
    features.set_column_index()
    return features


def model(file: str, **settings):
    """Builds a class of the model zoo: `DeepFM/DeepFM_torch/src/DeepFM.py`."""
    path = ZOO / file
    name = settings.pop("name", path.stem)
    read = {key: settings.pop(key) for key in ("encoder", "labels", "numbers", "sources") if key in settings}

    def build(columns: list[str]) -> torch.nn.Module:
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return getattr(module, name)(feature_map(columns, **read), **{**SETTINGS, **settings})

    return build
