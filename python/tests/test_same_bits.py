"""Five models trained on DataFrames have the weights and scores of the command line on files, byte for byte."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

import dinc

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
GENRES = ("Action", "Comedy", "Drama", "Horror")


def log_of_ratings() -> pd.DataFrame:
    """Ratings in the order of their times. Users like two genres."""
    ratings = []
    for row in range(600):
        user, item = row % 20, (7 * row + row // 11) % 40
        stars = 1 + row % 7 % 3 + (2 if item % 4 in (user % 4, user % 3) else 0)
        ratings.append((str(user), str(item), stars, 1_700_000_000 + 600 * row))
    return pd.DataFrame(ratings, columns=["user_id", "item_id", "rating", "timestamp"])


def rows_of(log: pd.DataFrame) -> pd.DataFrame:
    """A row for each rating, with the films that the user liked before."""
    liked: dict[str, list[str]] = {}
    rows = []
    for user, item, stars, _ in log.itertuples(index=False):
        before = liked.setdefault(user, [])[-20:]
        rows.append(
            {
                **{"user_id": user, "gender": "MF"[int(user) % 2], "age": 18 + int(user)},
                **{"occupation": f"job{int(user) % 5}", "item_id": item, "genre": GENRES[int(item) % 4]},
                **{"hist_item_id": before, "hist_genre": [GENRES[int(each) % 4] for each in before]},
                **{"like": int(stars >= 4), "love": int(stars == 5)},
            }
        )
        if stars >= 4:
            liked[user].append(item)
    return pd.DataFrame(rows)


LOG = log_of_ratings()
ROWS = rows_of(LOG)
ITEMS = pd.DataFrame(
    {
        "item_id": [str(item) for item in range(40)],
        "cate_id": [GENRES[item % 4] for item in range(40)],
        "class": [f"{GENRES[item % 4]} {GENRES[item % 3]}" for item in range(40)],
    }
)
FILES = {
    "train.parquet": ROWS[:500],
    "test.parquet": ROWS[500:],
    "log.csv": LOG,
    "items.csv": ITEMS,
}
EXAMPLE_ROWS = {"train": "train.parquet", "test": "test.parquet"}


@dataclass(frozen=True)
class Case:
    spec: str
    data: Mapping[str, Any]
    """The section `data` of dinc.yaml, with names of `FILES`."""
    split: Literal["test", "valid"] = "test"


CASES = {
    "din": Case("zoo/din.din", EXAMPLE_ROWS),
    "dien": Case("zoo/dien.din", EXAMPLE_ROWS),
    "mmoe": Case("zoo/mmoe.din", EXAMPLE_ROWS),
    "log": Case(
        "amazon-beauty/din.din",
        {
            "events": {"path": "log.csv", "user": "user_id", "item": "item_id", "order": "timestamp"},
            "items": {"path": "items.csv", "key": "item_id"},
            "examples": {"positives": "each_event", "split": "leave_last_out"},
        },
    ),
    "impressions": Case(
        "impressions/model.din",
        {
            "train": "log.csv",
            "label": {"from": "rating", "positive": ">= 4"},
            "validate": {"share": 0.1, "latest_by": "timestamp"},
            "impressions": {
                **{"user": "user_id", "time": "timestamp"},
                "histories": {
                    "liked": {"where": {"rating": ">= 4"}},
                    "disliked": {"where": {"rating": "< 3"}},
                },
                "tables": {"films": {"path": "items.csv", "key": "item_id"}},
            },
        },
        split="valid",
    ),
}
TRAINING: dict[str, Any] = {"epochs": 2, "batch": 64}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("same-bits")
    for name, rows in FILES.items():
        if name.endswith(".csv"):
            rows.to_csv(folder / name, index=False)
        else:
            rows.to_parquet(folder / name, index=False)
    return folder


def by_command(case: Case, folder: Path) -> tuple[bytes, bytes]:
    """The weights and the scores of `dinc train` and `dinc predict`."""
    settings = {"spec": str(EXAMPLES / case.spec), "data": case.data, "train": TRAINING}
    (folder / "dinc.yaml").write_text(json.dumps(settings))
    for arguments in (
        ["train", "-c", "dinc.yaml", "--out", "run", "--force"],
        ["predict", "run", "-c", "dinc.yaml", "--split", case.split, "--out", "scores.parquet"],
    ):
        subprocess.run([sys.executable, "-m", "dinc", *arguments], cwd=folder, check=True)
    scores = pq.read_table(folder / "scores.parquet").drop_columns(["row"])
    return (folder / "run" / "weights.safetensors").read_bytes(), bits(scores)


def bits(scores: Any) -> bytes:
    """The columns of a table or a DataFrame."""
    names = getattr(scores, "column_names", None) or list(scores.columns)
    return b"".join(name.encode() + scores[name].to_numpy().tobytes() for name in names)


def frames_for(names: Any, library: Callable[[pd.DataFrame], Any]) -> Any:
    """The settings, in which DataFrames take the places of their files."""
    if isinstance(names, Mapping):
        return {key: frames_for(value, library) for key, value in names.items()}
    return library(FILES[names]) if names in FILES else names


@pytest.mark.parametrize("name", CASES)
def test_frames_give_the_bits_of_files(name: str, folder: Path, tmp_path: Path) -> None:
    case = CASES[name]
    weights, scores = by_command(case, folder)
    model = dinc.Model.from_file(EXAMPLES / case.spec)
    for library in (pd.DataFrame, pl.from_pandas):
        data = frames_for(case.data, library)
        rows = data.pop("train", None)
        trained = model.train(rows, **data, **TRAINING, out=tmp_path / library.__name__)
        assert (trained.folder / "weights.safetensors").read_bytes() == weights
        settings = {"data": frames_for(case.data, library)}
        assert bits(trained.predict(settings=settings, split=case.split)) == scores
        if "test" in data:
            assert bits(trained.predict(data["test"])) == scores
