"""Tests import the package from the sources, also in the processes that they start."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pandas as pd
import pytest

SOURCES = str(Path(__file__).resolve().parents[1] / "src")
sys.path.insert(0, SOURCES)
os.environ["PYTHONPATH"] = os.pathsep.join([SOURCES, os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)

import dinc  # noqa: E402

SPEC = """model small
features user { user_id : id }
features item {
  item_id : id  embed 4
  price   : number |> standardize
}
history clicks(max: 5) { item_id <-> hist_item_id }
label click : binary
net { predict click = concat(item_id, price, mean(clicks)) |> mlp([4], relu) |> dense(1) |> sigmoid }
train {
  loss binary_cross_entropy  optimizer adam(learning_rate: 1e-2)  batch 64  epochs 2
  metrics auc, gauc(by: user_id), log_loss
}
"""


def clicks(rows: int = 300) -> pd.DataFrame:
    """Clicks that depend on the item. The index begins at 1000."""
    items = [f"i{(7 * row) % 23}" for row in range(rows)]
    return pd.DataFrame(
        {
            "user_id": [f"u{row % 31}" for row in range(rows)],
            "item_id": items,
            "price": [float((3 * row) % 17) for row in range(rows)],
            "hist_item_id": [
                [items[row - back] for back in range(min(row, row % 4), 0, -1)] for row in range(rows)
            ],
            "click": [int((7 * row) % 23 % 2 == 0) for row in range(rows)],
        },
        index=range(1000, 1000 + rows),
    )


@pytest.fixture(scope="session")
def frame() -> pd.DataFrame:
    return clicks()


@pytest.fixture(scope="session")
def model() -> dinc.Model:
    return dinc.Model(SPEC)


@pytest.fixture(scope="session")
def run(model: dinc.Model, frame: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> dinc.Run:
    """A trained run, which tests only read."""
    return model.train(frame[:240], valid=frame[240:], out=tmp_path_factory.mktemp("run") / "run")
