"""Rows of any library as files that dinc reads.

A pandas or polars DataFrame, a table or data set of pyarrow, or columns in a dict become a Parquet file in a temporary folder.
A path stays a path. The index of a pandas DataFrame isn't a column of the file, so it is no feature either.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
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
        _write((frame.collect() if hasattr(frame, "collect") else frame).to_arrow(), path, name)
    elif library == "pyarrow":
        source: Any = rows
        if hasattr(source, "scanner"):
            _write_batches(source.schema, source.to_batches(), path, name)
        elif hasattr(source, "read_next_batch"):
            _write_batches(source.schema, source, path, name)
        else:
            _write(source if isinstance(source, pa.Table) else pa.Table.from_batches([source]), path, name)
    elif isinstance(rows, Mapping):
        _write(
            pa.table({str(column): _array(values, str(column), name) for column, values in rows.items()}),
            path,
            name,
        )
    else:
        raise UsageError(
            f"`{name}` takes a DataFrame of pandas or polars, a table or data set of pyarrow, a dict of columns or "
            f"a path, not {type(rows).__name__}"
        )


def _table_of_pandas(frame: Any, name: str) -> Any:
    import pyarrow as pa

    if frame.columns.nlevels > 1:
        raise UsageError(f"the columns of `{name}` have {frame.columns.nlevels} levels: give each one name")
    names = [str(column) for column in frame.columns]
    _require_different(names, name)
    columns = [_array(frame.iloc[:, i], column, name) for i, column in enumerate(names)]
    return pa.Table.from_arrays(columns, names=names)


def _array(values: Any, column: str, name: str) -> Any:
    """A column of pandas, or a list, as an array of Arrow; NaN of pandas is a missing value."""
    import pyarrow as pa

    mistakes = (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError)
    try:
        return pa.array(values, from_pandas=True)
    except mistakes:
        # An empty array of NumPy has another type than its neighbours; a list has none.
        lists = [each.tolist() if hasattr(each, "tolist") else each for each in values]
    try:
        return pa.array(lists, from_pandas=True)
    except mistakes as error:
        kinds = sorted({type(each).__name__ for each in values if each is not None})
        raise UsageError(
            f"column `{column}` of `{name}` mixes values that have no common type ({', '.join(kinds[:4])}): {error}. "
            f"Convert it, for example by `{name}[{column!r}].astype(str)`"
        ) from None


def _require_different(names: Iterable[str], name: str) -> None:
    seen: set[str] = set()
    for column in names:
        if column in seen:
            raise UsageError(f"`{name}` has two columns `{column}`: rename one of them")
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

    if types.is_list(kind):
        return _paths_of_texts(f"{path}.list.element", kind.value_type)
    return [path] if types.is_string(kind) or types.is_large_string(kind) else []


def _cast(table: Any, schema: Any, name: str) -> Any:
    import pyarrow as pa

    try:
        return table.cast(schema, safe=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise UsageError(f"`{name}` can't be written as Parquet: {error}") from None


def _schema(schema: Any, name: str) -> Any:
    import pyarrow as pa

    _require_different(schema.names, name)
    return pa.schema([pa.field(field.name, _type(field.type, field.name, name)) for field in schema])


def _type(kind: Any, column: str, name: str) -> Any:
    """The type that a column is written with: categories as their values, times in microseconds."""
    import pyarrow as pa
    from pyarrow import types

    if types.is_dictionary(kind):
        return _type(kind.value_type, column, name)
    if types.is_timestamp(kind):
        return pa.timestamp("us", tz=None if kind.tz is None else "UTC")
    if types.is_duration(kind):
        raise UsageError(
            f"column `{column}` of `{name}` holds time spans: convert them to numbers, for example by "
            f"`{name}[{column!r}].dt.total_seconds()`"
        )
    if _is(types, "is_string_view", kind):
        return pa.large_string()
    if _is(types, "is_list_view", kind) or _is(types, "is_large_list_view", kind):
        return pa.list_(_type(kind.value_type, column, name))
    if types.is_large_list(kind) or types.is_list(kind) or types.is_fixed_size_list(kind):
        return pa.list_(_type(kind.value_type, column, name))
    if types.is_float16(kind):
        return pa.float32()
    if types.is_null(kind):
        return pa.string()
    return kind


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
        frame = table.to_pandas()
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
