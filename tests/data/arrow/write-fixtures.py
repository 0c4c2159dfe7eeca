# Writes the Arrow files that arrow.test.ts reads, and the same rows as Parquet:
# python tests/data/arrow/write-fixtures.py, with pyarrow 26.0.1, pandas 3.1.1 and polars 2.1.0.

import datetime
import decimal
import pathlib

import numpy
import pandas
import polars
import pyarrow
import pyarrow.feather
import pyarrow.parquet

FOLDER = pathlib.Path(__file__).parent
ROWS = 40
rows = range(ROWS)
utc = datetime.timezone.utc
start = datetime.datetime(2026, 3, 1, 12, 30, 15)
times = [start + datetime.timedelta(minutes=7 * i, microseconds=123456) for i in rows]

# What models read: every kind of feature that a column can be.
clicks = pyarrow.table(
    {
        "user_id": pyarrow.array([9007199254740993 + i % 7 for i in rows], pyarrow.int64()),
        "item_id": pyarrow.array([None if i == 5 else f"item {i % 6}é" for i in rows], pyarrow.string()),
        "city": pyarrow.array(["Rome", "Oslo", "Lima"][i % 3] for i in rows).dictionary_encode(),
        "price": pyarrow.array([None if i == 9 else i * 1.25 for i in rows], pyarrow.float64()),
        "age": pyarrow.array([18 + i for i in rows], pyarrow.uint8()),
        "tags": pyarrow.array([[f"t{j}" for j in range(i % 4)] for i in rows], pyarrow.list_(pyarrow.string())),
        "seen": pyarrow.array([times[i] for i in rows], pyarrow.timestamp("us")),
        "click": pyarrow.array([i % 3 == 0 for i in rows], pyarrow.bool_()),
    }
)


def stream(path, table, **options):
    with pyarrow.ipc.new_stream(FOLDER / path, table.schema, **options) as writer:
        writer.write_table(table, max_chunksize=16)


def file(path, table, **options):
    with pyarrow.ipc.new_file(FOLDER / path, table.schema, **options) as writer:
        writer.write_table(table, max_chunksize=16)


def compressed(name):
    return {"options": pyarrow.ipc.IpcWriteOptions(compression=name)}


pyarrow.parquet.write_table(clicks, FOLDER / "clicks.parquet")
file("clicks-none.arrow", clicks)
file("clicks-lz4.arrow", clicks, **compressed("lz4"))
file("clicks-zstd.arrow", clicks, **compressed("zstd"))
stream("clicks-stream.arrows", clicks)
stream("clicks-stream-lz4.arrows", clicks, **compressed("lz4"))
pyarrow.feather.write_feather(clicks, str(FOLDER / "clicks.feather"))
polars.from_arrow(clicks).write_ipc(FOLDER / "clicks-polars.arrow")
polars.from_arrow(clicks).write_ipc(FOLDER / "clicks-polars-zstd.arrow", compression="zstd")
polars.from_arrow(clicks).write_ipc(FOLDER / "clicks-polars-lz4.arrow", compression="lz4")
polars.from_arrow(clicks).write_ipc_stream(FOLDER / "clicks-polars-lz4.arrows", compression="lz4")

# The columns of a DataFrame, whose index has names of its own.
frame = clicks.drop_columns(["tags"]).to_pandas()
frame.index = [100 + i for i in rows]
pyarrow.feather.write_feather(pyarrow.Table.from_pandas(frame), str(FOLDER / "pandas-index.feather"))
frame.to_parquet(FOLDER / "pandas-index.parquet")

# Types that need care. Parquet has most of them, too.
common = {
    "int8": pyarrow.array([i - 20 for i in rows], pyarrow.int8()),
    "uint64": pyarrow.array([18446744073709551615 - i for i in rows], pyarrow.uint64()),
    "half": pyarrow.array(numpy.arange(ROWS, dtype=numpy.float16) / 4),
    "nothing": pyarrow.nulls(ROWS),
    "large": pyarrow.array([f"\ufeff{i}" for i in rows], pyarrow.large_string()),
    "bytes": pyarrow.array([bytes([i]) for i in rows], pyarrow.binary()),
    "fixed_bytes": pyarrow.array([bytes([i, 1]) for i in rows], pyarrow.binary(2)),
    "date": pyarrow.array([times[i].date() for i in rows], pyarrow.date32()),
    "date64": pyarrow.array([times[i].date() for i in rows], pyarrow.date64()),
    "time": pyarrow.array([times[i].time() for i in rows], pyarrow.time64("us")),
    "seconds": pyarrow.array([times[i].replace(microsecond=0) for i in rows], pyarrow.timestamp("s")),
    "nanos": pyarrow.array([1772368215123456789 + i for i in rows], pyarrow.timestamp("ns")),
    "zoned": pyarrow.array([times[i].replace(tzinfo=utc) for i in rows], pyarrow.timestamp("ms", "Europe/Rome")),
    "before": pyarrow.array([-1 - i * 1000 for i in rows], pyarrow.timestamp("ns", "UTC")),
    "decimal": pyarrow.array([decimal.Decimal(i - 7) / 100 for i in rows], pyarrow.decimal128(20, 2)),
    "whole": pyarrow.array([decimal.Decimal(10**30 + i) for i in rows], pyarrow.decimal128(38, 0)),
    "lists": pyarrow.array([None if i == 3 else [i, None, 2] for i in rows], pyarrow.large_list(pyarrow.int32())),
    "fixed_list": pyarrow.array([[i, i / 2] for i in rows], pyarrow.list_(pyarrow.float32(), 2)),
    "nested": pyarrow.array([[["a", "b"], []] for i in rows], pyarrow.list_(pyarrow.list_(pyarrow.string()))),
    "weights": pyarrow.array([[("a", 0.5), ("b", i / 4)] for i in rows], pyarrow.map_(pyarrow.string(), pyarrow.float64())),
    "pair": pyarrow.array([{"value": f"v{i}", "weight": i / 2} for i in rows]),
    "coded": pyarrow.array([times[i % 4].date() for i in rows], pyarrow.date32()).dictionary_encode(),
}
types = pyarrow.table(common)
pyarrow.parquet.write_table(types, FOLDER / "types.parquet")
file("types.arrow", types)
file("types-zstd.arrow", types, **compressed("zstd"))

# What only Arrow has, with the values of a column that Parquet has, too.
views = pyarrow.table(
    {
        "text": pyarrow.array([f"{i} " + "long " * (i % 5) for i in rows], pyarrow.string_view()),
        "raw": pyarrow.array([b"x" * i for i in rows], pyarrow.binary_view()),
        "list_view": pyarrow.array([[i, i + 1] for i in rows], pyarrow.list_view(pyarrow.int64())),
    }
)
file("views.arrow", views)
pyarrow.parquet.write_table(
    pyarrow.table(
        {
            "text": views["text"].cast(pyarrow.string()),
            "raw": views["raw"].cast(pyarrow.binary()),
            "list_view": pyarrow.array([[i, i + 1] for i in rows], pyarrow.list_(pyarrow.int64())),
        }
    ),
    FOLDER / "views.parquet",
)

# Dictionaries that grow, and that are replaced, between the batches of a stream.
def coded(values, known):
    return pyarrow.record_batch(
        [pyarrow.DictionaryArray.from_arrays(pyarrow.array(values, pyarrow.int8()), known)], ["city"]
    )


batches = [coded([0, 1], ["Rome", "Oslo"]), coded([2, 0], ["Rome", "Oslo", "Lima"]), coded([0, 1], ["Bern", "Kyiv"])]
for name, emit in [("deltas", True), ("replaced", False)]:
    options = pyarrow.ipc.IpcWriteOptions(emit_dictionary_deltas=emit)
    with pyarrow.ipc.new_stream(FOLDER / f"{name}.arrows", batches[0].schema, options=options) as writer:
        for batch in batches:
            writer.write_batch(batch)

# What dinc refuses.
union = pyarrow.UnionArray.from_sparse(
    pyarrow.array([0, 1], pyarrow.int8()), [pyarrow.array([1, 2]), pyarrow.array(["a", "b"])]
)
file("union.arrow", pyarrow.table({"click": [0, 1], "mixed": union}))
