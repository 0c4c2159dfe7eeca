# Writes the files of NumPy that numpy.test.ts reads, and the same rows as Parquet:
# python tests/data/numpy/write-fixtures.py, with numpy 2.4.6 and pyarrow 26.0.1.

import pathlib

import numpy
import pyarrow
import pyarrow.parquet

FOLDER = pathlib.Path(__file__).parent
ROWS = 40
rows = range(ROWS)

arrays = {
    "user_id": numpy.array([9007199254740993 + i % 7 for i in rows], numpy.int64),
    "big": numpy.array([18446744073709551615 - i for i in rows], numpy.uint64),
    "item_id": numpy.array([f"item {i % 6}é" for i in rows]),
    "city": numpy.array([[b"Rome", b"Oslo", b"Lima"][i % 3] for i in rows]),
    "price": numpy.array([i * 1.25 for i in rows], numpy.float64),
    "age": numpy.array([18 + i for i in rows], numpy.int8),
    "seen": numpy.array([numpy.datetime64("2026-03-01T12:30:15.123456") + i for i in rows]),
    "numbers": numpy.arange(ROWS * 3, dtype=numpy.float32).reshape(ROWS, 3) / 4,
    "click": numpy.array([i % 3 == 0 for i in rows]),
}
numpy.savez(FOLDER / "rows.npz", **arrays)
numpy.savez_compressed(FOLDER / "rows-deflated.npz", **arrays)
columns = {name: pyarrow.array(list(array) if array.ndim == 2 else array) for name, array in arrays.items()}
columns["city"] = columns["city"].cast(pyarrow.string())
pyarrow.parquet.write_table(pyarrow.table(columns), FOLDER / "rows.parquet")

click = arrays["click"]
numpy.savez(FOLDER / "objects.npz", click=click, item_id=numpy.array([{"a": 1}] * ROWS, object))
numpy.savez(FOLDER / "lengths.npz", click=click, price=arrays["price"][:7])
numpy.savez(FOLDER / "dimensions.npz", click=click, image=numpy.zeros((ROWS, 2, 2)))
numpy.savez(FOLDER / "big-endian.npz", click=click.astype(">i4"))
numpy.savez(FOLDER / "fortran.npz", vector=numpy.asfortranarray(arrays["numbers"]))
