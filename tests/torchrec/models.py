"""Runs generated packages: logits at inference and in training, with auxiliary losses, and the names of their weights.

Reads `{models}` as JSON: for each its folder, weights, rows of tables, and a batch. Tables are plain ones in the place of TorchRec's.
"""

import importlib
import importlib.util
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import torch
from torch import nn


class PlainTables(nn.Module):
    """What Tables gives, of one process."""

    def __init__(self, specs, rows: dict, ops) -> None:
        super().__init__()
        self.specs, self.rows, self.ops = specs, rows, ops

    def forward(self, batch) -> dict:
        found = {}
        for spec in self.specs:
            if spec.whole:
                found[spec.name, "*"] = self.rows[spec.name]
            for lookup in spec.lookups:
                vectors = self.rows[spec.name].index_select(0, batch.ids[lookup.input])
                if lookup.weights is not None:
                    vectors = vectors * batch.numbers[lookup.weights]
                if lookup.pool is not None:
                    vectors = self.ops.pooled(vectors, batch.sets[lookup.input], lookup.pool)
                if lookup.most is not None:
                    vectors = self.ops.listed(vectors, batch.sets[lookup.input], lookup.most)
                found[spec.name, lookup.input] = vectors
        return found


def steps_of(ops, given: dict):
    lengths = torch.bincount(torch.tensor(given["row_of"], dtype=torch.int64), minlength=given["rows"])
    return ops.Steps.of_lengths(lengths)


def tensors(values: dict) -> dict:
    return {name: torch.tensor(each["numbers"], dtype=torch.float32).reshape(each["shape"]) for name, each in values.items()}


def scored(given: dict, place: int) -> dict:
    name = f"package_{place}"
    root = Path(given["folder"])
    spec = importlib.util.spec_from_file_location(name, root / "__init__.py", submodule_search_locations=[str(root)])
    sys.modules[name] = importlib.util.module_from_spec(spec)
    model_py, ops = (importlib.import_module(f"{name}.{file}") for file in ("model", "ops"))
    importlib.import_module(f"{name}.settings")
    rows = tensors(given["tables"])
    model = model_py.Model.__new__(model_py.Model)
    nn.Module.__init__(model)
    model.tables = PlainTables(model_py.TABLES, rows, ops)
    model.net = model_py.Net()
    state = {f"net.{key}": list(value.shape) for key, value in model.net.state_dict().items()}
    weights = tensors(given["parameters"])
    model.net.load_state_dict({key.removeprefix("net."): value for key, value in weights.items()})
    batch = SimpleNamespace(
        ids={key: torch.tensor(value, dtype=torch.int64) for key, value in given["ids"].items()},
        numbers={
            key: value.long() if key.startswith("batch/") else value for key, value in tensors(given["numbers"]).items()
        },
        histories={key: steps_of(ops, value) for key, value in given["histories"].items()},
        sets={key: steps_of(ops, value) for key, value in given["sets"].items()},
        labels=tensors(given["labels"]),
    )
    ops.draws.order = lambda layer, rows: torch.tensor(given["orders"][layer], dtype=torch.int64)
    results = {"state": state, "read": {key: list(columns) for key, columns in model_py.HISTORIES.items()}}
    for mode in ("eval", "train"):
        model.train(mode == "train")
        logits, auxiliary = model(batch)
        results[mode] = {
            "logits": {label: value.flatten().tolist() for label, value in logits.items()},
            "auxiliary": {loss: value.flatten().tolist() for loss, value in auxiliary.items()},
            "shapes": {
                "logits": {label: list(value.shape) for label, value in logits.items()},
                "auxiliary": {loss: list(value.shape) for loss, value in auxiliary.items()},
            },
        }
    return results


def main() -> None:
    models = json.loads(Path(sys.argv[1]).read_text())["models"]
    found = [scored(given, place) for place, given in enumerate(models)]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
