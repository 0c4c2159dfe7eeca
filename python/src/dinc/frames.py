"""Rows of any library as files that dinc reads.

A pandas or polars DataFrame, a table or data set of pyarrow, or columns in a dict become a Parquet file in a temporary folder.
A path stays a path. The index of a pandas DataFrame isn't a column of the file, so it isn't a feature either.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias, Union

from . import _session
from .errors import UsageError

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    import pyarrow.dataset as ds

Rows: TypeAlias = Union[
    "pd.DataFrame", "pl.DataFrame", "pl.LazyFrame", "pa.Table", "pa.RecordBatch", "ds.Dataset",
    Mapping[str, Any], str, "os.PathLike[str]",
]  # fmt: skip
"""Rows to train on or to score."""

ROW_GROUP = 131_072


class Files:
    """The temporary files of one call. They are removed when the call ends."""

    def __init__(self) -> None:
        self._folder: str | None = None
        self.words: dict[str, str] = {}
        """What messages call each file."""

    def __enter__(self) -> Files:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def folder(self) -> str:
        if self._folder is None:
            self._folder = tempfile.mkdtemp(prefix="dinc-")
        return self._folder

    def path(self, rows: Rows, name: str) -> str:
        """The path of the rows, which are written if they aren't in a file. `name` is that of the argument."""
        if isinstance(rows, (str, os.PathLike)):
            return _session.path(rows)
        _session.start()
        path = os.path.join(self.folder, f"{len(self.words)}-{re.sub('[^A-Za-z0-9_]', '-', name)}.parquet")
        write_parquet(rows, path, name)
        self.words[path] = f"<{name}>"
        return path

    def scratch(self, name: str) -> str:
        """The path of a file that dinc writes."""
        return os.path.join(self.folder, name)


def is_rows(value: object) -> bool:
    """Whether a value in settings holds rows, so that its file takes its place."""
    return _library_of(value) is not None


def _library_of(value: object) -> str | None:
    """The library of a value's class, if it is one of rows. Nothing is imported."""
    for kind in type(value).__mro__:
        library = kind.__module__.partition(".")[0]
        names = _CLASSES.get(library)
        if names is not None and kind.__name__ in names:
            return library
    return None


_CLASSES: Mapping[str, frozenset[str]] = {
    "pandas": frozenset({"DataFrame"}),
    "polars": frozenset({"DataFrame", "LazyFrame"}),
    "pyarrow": frozenset({"Table", "RecordBatch", "RecordBatchReader", "Dataset"}),
}


def write_parquet(rows: object, path: str, name: str) -> None:
    """Writes rows as Parquet. Raises UsageError, which names the column, for values that have no type there."""
    import pyarrow as pa

    library = _library_of(rows)
    if library == "pandas":
        _write(_table_of_pandas(rows, name), path, name)
    elif library == "polars":
        frame: Any = rows
        _write(_table_of_polars(frame.collect() if hasattr(frame, "collect") else frame, name), path, name)
    elif library == "pyarrow":
        source: Any = rows
        if hasattr(source, "scanner"):
            _write_batches(source.schema, source.to_batches(), path, name)
        elif hasattr(source, "read_next_batch"):
            _write_batches(source.schema, source, path, name)
        else:
            _write(source if isinstance(source, pa.Table) else pa.Table.from_batches([source]), path, name)
    elif isinstance(rows, Mapping):
        _write(_table(list(rows), list(rows.values()), name), path, name)
    else:
        raise UsageError(
            f"`{name}` takes a DataFrame of pandas or polars, a table or data set of pyarrow, a dict of columns or "
            f"a path, not {type(rows).__name__}"
        )


def _table_of_pandas(frame: Any, name: str) -> Any:
    if frame.columns.nlevels > 1:
        raise UsageError(f"the columns of `{name}` have {frame.columns.nlevels} levels: give each one name")
    return _table(frame.columns, [frame.iloc[:, i] for i in range(frame.shape[1])], name)


def _table_of_polars(frame: Any, name: str) -> Any:
    for column, kind in frame.schema.items():
        while getattr(kind, "inner", None) is not None:
            kind = kind.inner
        to_text = {
            "Object": "map_elements(str, return_dtype=pl.String)",
            "Int128": "cast(pl.String)",
            "UInt128": "cast(pl.String)",
        }.get(str(kind))
        if to_text is not None:
            raise UsageError(
                f"column `{column}` of `{name}` has the type {kind}, which Parquet lacks: convert it, for example by "
                f'`{name}.with_columns(pl.col("{column}").{to_text})`'
            )
    return frame.to_arrow()


def _table(names: Iterable[Any], columns: Sequence[Any], name: str) -> Any:
    import pyarrow as pa

    texts = [str(each) for each in names]
    _require_names(texts, name)
    arrays = [_array(values, column, name) for column, values in zip(texts, columns, strict=True)]
    lengths = {len(array): column for array, column in zip(arrays, texts, strict=True)}
    if len(lengths) > 1:
        (short, first), (long, second) = sorted(lengths.items())[:2]
        raise UsageError(
            f"the columns of `{name}` differ in length: `{first}` has {short} values, `{second}` has {long}"
        )
    return pa.Table.from_arrays(arrays, names=texts)


def _array(values: Any, column: str, name: str) -> Any:
    """A column of pandas, or a list, as an array of Arrow; NaN of pandas is a missing value."""
    import pyarrow as pa

    mistakes = (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError, UnicodeError)
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        raise UsageError(
            f"column `{column}` of `{name}` must be a list of values, not of type {type(values).__name__}"
        )
    try:
        return _with_one_clock(pa.array(values, from_pandas=True), values, column, name)
    except mistakes:
        # An empty array of NumPy has another type than its neighbours; a list has none.
        lists = [each.tolist() if hasattr(each, "tolist") else each for each in values]
    try:
        return pa.array(lists, from_pandas=True)
    except mistakes as error:
        kinds = sorted({type(each).__name__ for each in values if each is not None})
        raise UsageError(
            f"the values of column `{column}` of `{name}` have no common type ({', '.join(kinds[:4])}): {error}. "
            f"Convert them, for example by `{_to_texts(f'{name}[{column!r}]', kinds, error)}`"
        ) from None


def _to_texts(written: str, kinds: Sequence[str], error: Exception) -> str:
    """An expression of pandas that makes texts of a column."""
    if isinstance(error, UnicodeError):
        return f'{written}.str.encode("utf-8", "replace").str.decode("utf-8")'
    if {"list", "tuple", "ndarray"} & set(kinds):
        return f"{written}.map(lambda steps: [str(step) for step in steps])"
    return f'{written}.astype("string")'


def _with_one_clock(array: Any, values: Any, column: str, name: str) -> Any:
    """The array, unless times with a zone stand beside times without one: Arrow would take both for the same clock."""
    from pyarrow import types

    if types.is_timestamp(array.type) and getattr(values, "dtype", None) in (None, object):
        # The missing time of pandas differs from itself.
        times = (each for each in values if isinstance(each, datetime) and each == each)
        if len({each.tzinfo is None for each in times}) > 1:
            raise UsageError(
                f"column `{column}` of `{name}` mixes times with and without a time zone: convert them, for example by "
                f"`pd.to_datetime({name}[{column!r}], utc=True)`"
            )
    return array


def _require_names(names: Sequence[str], name: str) -> None:
    seen: set[str] = set()
    if not names:
        raise UsageError(f"`{name}` has no columns")
    for column in names:
        if column in seen:
            raise UsageError(f"`{name}` has two columns `{column}`: rename one of them")
        if column != column.encode("utf-8", "replace").decode("utf-8"):
            raise UsageError(f"`{name}` has a column whose name, {column!a}, isn't Unicode: rename it")
        seen.add(column)


def _write(table: Any, path: str, name: str) -> None:
    import pyarrow.parquet as pq

    schema = _schema(table.schema, name)
    with pq.ParquetWriter(path, schema, **_writing(schema)) as writer:
        writer.write_table(_cast(table, schema, name), row_group_size=ROW_GROUP)


def _write_batches(given: Any, batches: Iterable[Any], path: str, name: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema(given, name)
    with pq.ParquetWriter(path, schema, **_writing(schema)) as writer:
        for batch in batches:
            writer.write_table(_cast(pa.Table.from_batches([batch]), schema, name), row_group_size=ROW_GROUP)


def _writing(schema: Any) -> dict[str, Any]:
    # Only types of Parquet itself count. The file lives as long as a call, so compression would cost more than it saves, and
    # so would dictionaries of numbers. Texts repeat, and a dictionary makes them several times smaller.
    texts = [path for field in schema for path in _paths_of_texts(field.name, field.type)]
    return {
        "store_schema": False,
        "compression": "none",
        "write_statistics": False,
        "use_dictionary": texts or False,
    }


def _paths_of_texts(path: str, kind: Any) -> list[str]:
    """The Parquet path of a column of texts, or of lists of them."""
    from pyarrow import types

    if types.is_list(kind) or types.is_large_list(kind):
        return _paths_of_texts(f"{path}.list.element", kind.value_type)
    return [path] if types.is_string(kind) or types.is_large_string(kind) else []


def _cast(table: Any, schema: Any, name: str) -> Any:
    import pyarrow as pa

    columns = []
    for field, column in zip(schema, table.columns, strict=True):
        try:
            if _is(pa.types, "is_list_view", column.type) or _is(pa.types, "is_large_list_view", column.type):
                # Arrow's own cast loses the last offset if a list is missing.
                column = pa.chunked_array([pa.array(column.to_pylist(), pa.list_(column.type.value_type))])
            columns.append(column if column.type == field.type else column.cast(field.type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise _unwritable(field.name, column.type, name, error) from None
    return pa.Table.from_arrays(columns, schema=schema)


def _schema(schema: Any, name: str) -> Any:
    import pyarrow as pa

    _require_names(schema.names, name)
    return pa.schema([pa.field(field.name, _type(field.type, field.name, name)) for field in schema])


def _type(kind: Any, column: str, name: str) -> Any:
    """The type that a column is written with: categories as their values, zones as UTC."""
    import pyarrow as pa
    from pyarrow import types

    if types.is_dictionary(kind):
        return _type(kind.value_type, column, name)
    if types.is_timestamp(kind):
        return pa.timestamp("ns" if kind.unit == "ns" else "us", tz=None if kind.tz is None else "UTC")
    if types.is_duration(kind):
        raise UsageError(
            f"column `{column}` of `{name}` holds time spans: convert them to numbers, for example by "
            f"`{name}[{column!r}].dt.total_seconds()`"
        )
    if getattr(kind, "extension_name", None) == "pandas.period":
        raise UsageError(
            f"column `{column}` of `{name}` holds periods: convert them to times, for example by "
            f"`{name}[{column!r}].dt.to_timestamp()`"
        )
    if isinstance(kind, pa.BaseExtensionType) and kind.extension_name != "arrow.uuid":
        return _type(kind.storage_type, column, name)
    if types.is_decimal256(kind):
        return pa.decimal128(38, kind.scale)
    if _is(types, "is_string_view", kind):
        return pa.large_string()
    if _is(types, "is_list_view", kind) or _is(types, "is_large_list_view", kind):
        return pa.list_(_type(kind.value_type, column, name))
    if types.is_large_list(kind):
        return pa.large_list(_type(kind.value_type, column, name))
    if types.is_list(kind) or types.is_fixed_size_list(kind):
        return pa.list_(_type(kind.value_type, column, name))
    if types.is_float16(kind):
        return pa.float32()
    if types.is_null(kind):
        return pa.string()
    if types.is_union(kind) or types.is_interval(kind) or _is(types, "is_run_end_encoded", kind):
        raise _unwritable(column, kind, name, "Parquet lacks this type")
    return kind


def _unwritable(column: str, kind: Any, name: str, reason: object) -> UsageError:
    return UsageError(
        f"column `{column}` of `{name}` has the type {kind}, and can't be written as Parquet: {reason}. "
        f"Convert it, for example by `{name}[{column!r}].cast(pyarrow.string())` of pyarrow"
    )


def _is(types: Any, test: str, kind: Any) -> bool:
    """A test that older versions of pyarrow lack, with the type."""
    tests: Callable[[Any], bool] | None = getattr(types, test, None)
    return tests is not None and tests(kind)


def with_column(rows: Any, name: str, values: npt.NDArray[Any]) -> Any:
    """The rows with a further column, as new rows."""
    library = _library_of(rows)
    if library == "pandas":
        return rows.assign(**{name: values})
    if library == "polars":
        import polars as pl

        return rows.with_columns(pl.Series(name, values))
    if library == "pyarrow":
        import pyarrow as pa

        return rows.append_column(name, pa.array(values))
    return {**rows, name: values}


def like(rows: object, table: Any) -> Any:
    """A table of pyarrow as a DataFrame of the library that `rows` are of, with the same index."""
    library = _library_of(rows)
    if library == "pandas":
        import pandas as pd
        import pyarrow as pa

        frame = table.to_pandas()
        for column in table.schema:
            # As floats, which pandas would make of integers with missing values, large ones would be rounded.
            if pa.types.is_integer(column.type) and table[column.name].null_count > 0:
                frame[column.name] = table[column.name].to_pandas(types_mapper=lambda _: pd.Int64Dtype())
        index: Any = rows
        frame.index = index.index
        return frame
    if library == "polars":
        import polars as pl

        return pl.from_arrow(table)
    return table


def with_files(value: Any, files: Files, name: str) -> Any:
    """Settings as plain data, in which the files of rows stand for the rows."""
    if is_rows(value):
        return files.path(value, name)
    if isinstance(value, Mapping):
        return {str(key): with_files(each, files, f"{name}.{key}") for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [with_files(each, files, f"{name}.{i}") for i, each in enumerate(value)]
    if isinstance(value, Path):
        return os.fspath(value)
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "item"):
        return value.item()
    raise UsageError(f"setting `{name}` can't be a {type(value).__name__}")
