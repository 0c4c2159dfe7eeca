"""A column's type in Python doesn't change a score, and nothing that is written changes its values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
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


def times(first: int, last: int) -> st.SearchStrategy[dt.datetime]:
    """Times in whole seconds, which all units hold."""
    between = st.datetimes(dt.datetime(first, 1, 1), dt.datetime(last, 1, 1))
    return between.map(lambda time: time.replace(microsecond=0))


def integers(bits: int, signed: bool) -> st.SearchStrategy[int]:
    low = -(2 ** (bits - 1)) if signed else 0
    return st.integers(low, low + 2**bits - 1)


TEXTS = st.text(st.characters(codec="utf-8"), max_size=5)
SCALARS: dict[pa.DataType, st.SearchStrategy[object]] = {
    **{pa.int8(): integers(8, True), pa.int32(): integers(32, True), pa.int64(): integers(64, True)},
    **{pa.uint8(): integers(8, False), pa.uint32(): integers(32, False), pa.uint64(): integers(64, False)},
    **{pa.float32(): st.floats(allow_nan=False, width=32), pa.float64(): st.floats(allow_nan=False)},
    **{pa.bool_(): st.booleans(), pa.string(): TEXTS, pa.large_string(): TEXTS, pa.binary(): st.binary()},
    **{pa.date32(): st.dates(), pa.time64("us"): st.times()},
    **{pa.timestamp(unit): times(1700, 2200) for unit in ("s", "ms", "us", "ns")},
    **{pa.timestamp(unit, "Asia/Tokyo"): times(1700, 2200) for unit in ("ms", "us")},
    **{
        kind: st.decimals(-(10**15), 10**15, places=3)
        for kind in (pa.decimal128(20, 3), pa.decimal256(40, 3))
    },
    pa.dictionary(pa.int8(), pa.string()): TEXTS,
}
"""Types of Arrow, with values of each."""


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    """A table of one to three columns, in one to three chunks each."""
    rows = draw(st.integers(1, 5))
    columns = {}
    for i in range(draw(st.integers(1, 3))):
        kind, values = draw(st.sampled_from(list(SCALARS.items())))
        if draw(st.booleans()):
            make = draw(st.sampled_from([pa.list_, pa.large_list]))
            kind, values = make(kind), st.lists(st.one_of(st.none(), values), max_size=3)
        given_values = draw(st.lists(st.one_of(st.none(), values), min_size=rows, max_size=rows))
        split = draw(st.integers(0, rows))
        columns[f"c{i}"] = pa.chunked_array(
            [pa.array(given_values[:split], kind), pa.array(given_values[split:], kind)]
        )
    return pa.table(columns)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables())
def test_every_type_of_arrow_is_written_with_its_values(tmp_path: Path, table: pa.Table) -> None:
    path = str(tmp_path / "rows.parquet")
    frames: list[object] = [table, table.to_pandas(types_mapper=pd.ArrowDtype)]
    if "decimal256" not in str(table.schema):
        # polars has no such type, and old versions can't join categories of two chunks.
        frames.append(pl.from_arrow(table.combine_chunks()))
    for rows in frames:
        write_parquet(rows, path, "data")
        assert pq.read_table(path).to_pylist() == table.to_pylist()


MISSING = st.sampled_from([None, float("nan"), pd.NA, pd.NaT])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        *(
            st.lists(st.one_of(values, MISSING), min_size=1, max_size=6)
            for values in (
                st.integers(-(2**63), 2**63 - 1),
                TEXTS,
                st.booleans(),
                st.dates(),
                st.times(),
                times(1700, 2200),
                st.decimals(-(10**15), 10**15, places=3),
                st.lists(st.integers(-(2**63), 2**63 - 1)),
                st.lists(TEXTS),
            )
        )
    )
)
def test_a_column_of_objects_is_written_with_its_values(tmp_path: Path, values: list[Any]) -> None:
    path = str(tmp_path / "rows.parquet")
    write_parquet(pd.DataFrame({"x": pd.Series(values, dtype=object)}), path, "data")
    expected = [None if pd.api.types.is_scalar(each) and pd.isna(each) else each for each in values]
    assert pq.read_table(path)["x"].to_pylist() == expected


def test_large_ids_are_never_rounded(model: dinc.Model, frame: pd.DataFrame, tmp_path: Path) -> None:
    ids = {f"i{item}": 2**62 + item for item in range(23)}
    large = frame.assign(
        item_id=frame["item_id"].map(ids).astype("Int64"),
        hist_item_id=frame["hist_item_id"].map(lambda steps: [ids[step] for step in steps]),
    )
    run = model.train(large, epochs=1, out=tmp_path / "run")
    assert set(run.embeddings("item_id").ids) == {str(each) for each in ids.values()}
    large["other_id"] = large["item_id"].mask(large["click"] == 1)
    kept = run.predict(large, keep=["other_id"])["other_id"]
    assert kept.dropna().tolist() == large["other_id"].dropna().tolist()
    assert kept.isna().equals(large["other_id"].isna())


class Unknown:
    """A class that no column can hold."""


def objects(*values: object) -> pd.DataFrame:
    return pd.DataFrame({"x": pd.Series(list(values), dtype=object)})


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (objects(1, "a", None), "`data['x'].astype(\"string\")`"),
        (objects(2**70, 1), "`data['x'].astype(\"string\")`"),
        (objects(2**60 + 1, 2.5), "`data['x'].astype(\"string\")`"),
        (objects(Unknown()), "`data['x'].astype(\"string\")`"),
        (objects([1, "a"]), "`data['x'].map(lambda steps: [str(step) for step in steps])`"),
        (objects("a\ud800"), '.str.encode("utf-8", "replace").str.decode("utf-8")`'),
        (
            objects(dt.datetime(2026, 1, 1), dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)),
            "`pd.to_datetime(data['x'], utc=True)`",
        ),
        (pd.DataFrame({"x": pd.to_timedelta([1, 2])}), "`data['x'].dt.total_seconds()`"),
        (
            pd.DataFrame({"x": pd.period_range("2026-01", periods=2, freq="M")}),
            "`data['x'].dt.to_timestamp()`",
        ),
        (pl.DataFrame({"x": [dt.timedelta(1)]}), "`data['x'].dt.total_seconds()`"),
        (
            pl.DataFrame({"x": pl.Series([Unknown()], dtype=pl.Object)}),
            '`data.with_columns(pl.col("x").map_elements(str, return_dtype=pl.String))`',
        ),
        (
            pa.table({"x": pa.array([10**14], pa.timestamp("s"))}),
            "`data['x'].cast(pyarrow.string())`",
        ),
        (
            pa.table({"x": pa.array([(1, 2, 3)], pa.month_day_nano_interval())}),
            "`data['x'].cast(pyarrow.string())`",
        ),
        (pd.DataFrame(), "`data` has no columns"),
        ({"x": [1], "y": [1, 2]}, "`x` has 1 values, `y` has 2"),
        ({"x": 1}, "must be a list of values"),
        ({1: [1], "1": [2]}, "two columns `1`"),
    ],
)
def test_what_cannot_be_written_is_refused_with_a_line_that_helps(
    tmp_path: Path, rows: object, line: str
) -> None:
    with pytest.raises(dinc.UsageError) as caught:
        write_parquet(rows, str(tmp_path / "rows.parquet"), "data")
    assert line in str(caught.value)


def test_times_with_zones_are_instants(tmp_path: Path) -> None:
    path = str(tmp_path / "rows.parquet")
    at = pd.to_datetime(["2026-10-25T00:30Z", "2026-10-25T01:30Z"]).tz_convert("Europe/Berlin")
    write_parquet(pd.DataFrame({"at": at}), path, "data")
    assert [each.timestamp() for each in pq.read_table(path)["at"].to_pylist()] == [
        each.timestamp() for each in at
    ]


def test_values_finer_than_most_types_are_kept(run: dinc.Run, frame: pd.DataFrame, tmp_path: Path) -> None:
    few = pa.Table.from_pandas(frame[:2], preserve_index=False)
    at = pa.array([1_700_000_000_000_000_001, 1_700_000_000_000_000_002], pa.timestamp("ns"))
    price = pa.array([Decimal("0.10"), Decimal("123456789012345678.25")], pa.decimal256(50, 2))
    rows = few.append_column("at", at).append_column("paid", price)
    kept = run.predict(rows, keep=["at", "paid"])
    assert kept["at"].to_pylist() == ["2023-11-14 22:13:20.000000001", "2023-11-14 22:13:20.000000002"]
    assert kept["paid"].to_pylist() == ["0.10", "123456789012345678.25"]


def test_columns_need_names_of_their_own(tmp_path: Path) -> None:
    path = str(tmp_path / "rows.parquet")
    twice = pd.DataFrame([[1, 2]], columns=["a", "a"])
    with pytest.raises(dinc.UsageError, match="two columns `a`"):
        write_parquet(twice, path, "data")
    levels = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")]))
    with pytest.raises(dinc.UsageError, match="2 levels"):
        write_parquet(levels, path, "data")
