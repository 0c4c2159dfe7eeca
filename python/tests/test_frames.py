"""A column's type in Python doesn't change a score, and nothing that is written changes its values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dinc
from dinc.frames import write_parquet


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.astype({"item_id": "category", "user_id": "category"}),
        lambda rows: rows.astype({"item_id": "string", "price": "Float64"}),
        lambda rows: rows.astype(
            {"item_id": pd.ArrowDtype(pa.string()), "price": pd.ArrowDtype(pa.float64())}
        ),
        lambda rows: rows.astype({"price": "Int32"}),
        lambda rows: rows.astype({"price": "float32"}),
        lambda rows: rows.assign(hist_item_id=rows["hist_item_id"].map(np.array)),
        lambda rows: rows.assign(hist_item_id=rows["hist_item_id"].map(tuple)),
        lambda rows: rows.set_index(["user_id", rows.index], drop=False),
        lambda rows: rows.set_axis(rows["click"].to_numpy(), axis="index"),
        lambda rows: pl.from_pandas(rows).with_columns(pl.col("item_id").cast(pl.Categorical)),
        lambda rows: pl.from_pandas(rows).with_columns(pl.col("price").cast(pl.Float32)),
    ],
)
def test_a_type_of_a_column_changes_no_score(
    run: dinc.Run, frame: pd.DataFrame, change: Callable[[pd.DataFrame], Any]
) -> None:
    some = frame[:40]
    expected = run.predict(some)["click_logit"].tolist()
    changed = change(some)
    scores = run.predict(changed)
    assert scores["click_logit"].to_list() == expected
    if isinstance(changed, pd.DataFrame):
        assert scores.index.equals(changed.index)


columns = st.one_of(
    st.lists(st.one_of(st.none(), st.integers(-(2**62), 2**62)), min_size=3, max_size=3),
    st.lists(st.one_of(st.none(), st.text(max_size=5)), min_size=3, max_size=3),
    st.lists(st.one_of(st.none(), st.booleans()), min_size=3, max_size=3),
    st.lists(st.one_of(st.none(), st.floats(allow_nan=False, width=32)), min_size=3, max_size=3),
    st.lists(st.one_of(st.none(), st.lists(st.integers(0, 9), max_size=3)), min_size=3, max_size=3),
    st.lists(
        st.one_of(st.none(), st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2100, 1, 1))),
        min_size=3,
        max_size=3,
    ),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=4), columns, min_size=1
    )
)
def test_written_rows_have_the_values(tmp_path: Path, rows: dict[str, list[object]]) -> None:
    path = str(tmp_path / "rows.parquet")
    table = pa.table({name: pa.array(values) for name, values in rows.items()})
    frames: list[object] = [rows, table, table.to_pandas(types_mapper=pd.ArrowDtype), pl.from_arrow(table)]
    for given_rows in frames:
        write_parquet(given_rows, path, "data")
        assert pq.read_table(path).to_pydict() == rows


def test_times_with_zones_are_instants(tmp_path: Path) -> None:
    path = str(tmp_path / "rows.parquet")
    at = pd.to_datetime(["2026-10-25T00:30Z", "2026-10-25T01:30Z"]).tz_convert("Europe/Berlin")
    write_parquet(pd.DataFrame({"at": at}), path, "data")
    assert [each.timestamp() for each in pq.read_table(path)["at"].to_pylist()] == [
        each.timestamp() for each in at
    ]


def test_columns_need_names_of_their_own(tmp_path: Path) -> None:
    path = str(tmp_path / "rows.parquet")
    twice = pd.DataFrame([[1, 2]], columns=["a", "a"])
    with pytest.raises(dinc.UsageError, match="two columns `a`"):
        write_parquet(twice, path, "data")
    levels = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")]))
    with pytest.raises(dinc.UsageError, match="2 levels"):
        write_parquet(levels, path, "data")
