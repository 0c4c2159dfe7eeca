import array
import collections.abc
import ctypes
import datetime
import inspect
import itertools
import os
import pathlib
import shutil
import subprocess
import sys
import sysconfig
import threading
import typing
import weakref

from ._tables import Attention, Input, Output, Top, column_of, is_record, length_of, listed, lists_of, names_of

try:
    import numpy
except ImportError:
    numpy = None

__all__ = ["Attention", "Input", "InputError", "LoadError", "Output", "Ranker", "Session", "Top", "build"]

_HERE = pathlib.Path(__file__).resolve().parent
_SUFFIX = {"darwin": ".dylib", "win32": ".dll"}.get(sys.platform, ".so")

_NO_ROWS = "rows alone have no scores, because the model scores the candidates of a request together: use `rank`"

# dinc_type of dinc_inputs.h.
_MISSING, _NULL, _NO_RECORD, _NUMBER, _INTEGER, _TEXT, _BOOLEAN, _LIST, _FLOATS, _DOUBLES, _OBJECT = range(11)


class InputError(ValueError):
    """A request cannot be scored. The text names the value, in the words of `dinc predict`."""


class LoadError(OSError):
    """The library or its weights cannot be used."""


def _file(name: str) -> pathlib.Path:
    """A file of the folder that dinc compiled; of the package, where it was installed without that folder."""
    outside = _HERE.parent.parent / name
    return outside if outside.exists() else _HERE / name


def _library_name() -> str:
    """The program is in the name, so that a library of an older program is never taken; and the platform."""
    return f"lib{_PREFIX}-{_PROGRAM}-{sysconfig.get_platform()}{_SUFFIX}"


def _cache() -> pathlib.Path:
    """Libraries that a first use compiled: the folder may be read-only."""
    own, shared = os.environ.get("DINC_CACHE"), os.environ.get("XDG_CACHE_HOME")
    root = pathlib.Path(own) if own else pathlib.Path(shared or pathlib.Path.home() / ".cache") / "dinc"
    return root / "libraries"


def build() -> pathlib.Path:
    """Compiles the library, and puts it and its weights into the package, which `pip wheel` then packs."""
    library = _compile(_HERE)
    for other in _HERE.glob(f"lib{_PREFIX}-*{_SUFFIX}"):
        if other != library:
            other.unlink()
    weights = f"{_PREFIX}.weights.bin"
    copy = _HERE / f"{weights}.{os.getpid()}"
    shutil.copyfile(_HERE.parent.parent / weights, copy)
    copy.replace(_HERE / weights)
    return library


def _compile(folder: pathlib.Path) -> pathlib.Path:
    """Compiles the library into a folder."""
    source = _HERE.parent.parent / f"{_PREFIX}.c"
    if not source.exists():
        raise LoadError(f"{source} is missing: compile the library where dinc wrote it")
    compiler = os.environ.get("CC") or next(filter(shutil.which, ("cc", "gcc", "clang")), None)
    if compiler is None:
        raise LoadError("there is no C compiler: install gcc or clang, or name one in CC")
    library = folder / _library_name()
    partial = folder / f"{library.name}.{os.getpid()}"
    flags = ["-O2", "-std=c99", "-ffp-contract=off", "-fPIC", "-shared"]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = subprocess.run(
            [*compiler.split(), *flags, str(source), "-o", str(partial), "-lm"], capture_output=True, text=True
        )
    except OSError as error:
        raise LoadError(f"{source} cannot be compiled into {folder}: {error}") from None
    if made.returncode != 0:
        raise LoadError(f"{compiler} cannot compile {source} into {folder}:\n{made.stderr}")
    partial.replace(library)
    return library


class _Top(ctypes.Structure):
    _fields_ = [("index", ctypes.c_size_t), ("score", ctypes.c_float), ("order", ctypes.c_float)]


class _Attention(ctypes.Structure):
    _fields_ = [
        ("history", ctypes.c_char_p),
        ("code", ctypes.c_char_p),
        ("head", ctypes.c_int),
        ("are_shares", ctypes.c_int),
        ("first", ctypes.c_size_t),
        ("steps", ctypes.c_size_t),
    ]


_library = None
_library_lock = threading.Lock()


def _open_library():
    global _library
    with _library_lock:
        if _library is not None:
            return _library
        if ctypes.sizeof(ctypes.c_void_p) != 8 or sys.byteorder != "little":
            raise LoadError("needs a machine with 64 bits whose numbers are little-endian")
        places = [folder / _library_name() for folder in (_HERE, _cache())]
        path = next(filter(pathlib.Path.exists, places), None)
        if path is None:
            print(f"compiling {places[-1]}, once", file=sys.stderr)
            path = _compile(places[-1].parent)
        library = ctypes.CDLL(str(path))
        pointer, size, code = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
        explaining = (
            ("open_explaining", code, [pointer, pointer, pointer]),
            ("attention_of", _Attention, [pointer, code]),
            ("explain", code, [pointer, pointer, pointer]),
        )
        for name, result, arguments in (
            *(explaining if _ATTENTIONS > 0 else ()),
            *((("outputs", code, [pointer, pointer]),) if _REQUEST_OUTPUTS else ()),
            ("load", code, [ctypes.c_char_p, pointer]),
            ("unload", None, [pointer]),
            ("open", code, [pointer, pointer, pointer]),
            ("close", None, [pointer]),
            ("user", code, [pointer, pointer]),
            ("rank", code, [pointer, pointer, pointer]),
            ("logits", code, [pointer, pointer, pointer]),
            ("top_k", code, [pointer, pointer, size, code, pointer, pointer]),
            ("error", ctypes.c_char_p, [pointer]),
            ("message", ctypes.c_char_p, [code]),
        ):
            function = getattr(library, f"{_PREFIX}_{name}")
            function.restype = result
            function.argtypes = arguments
            setattr(library, name, function)
        _library = library
        return library


class _Missing:
    """A row has no such value."""


class _NoRecord:
    """A row isn't a record."""


class _Values:
    """Values as an array of dinc_value: three words each, of which the last may be an address."""

    __slots__ = ("_columns", "_doubles", "_places", "_texts", "_views", "kept", "words")

    def __init__(self, count: int):
        self.words = array.array("q", bytes(24 * count))
        self.kept: list = []
        self._doubles = None
        self._views = None
        self._texts: list = []
        self._places: list = []
        self._columns: list = []

    @property
    def address(self) -> int:
        return self.words.buffer_info()[0]

    @property
    def doubles(self):
        """The words as numbers."""
        if self._doubles is None:
            self._doubles = memoryview(self.words).cast("B").cast("d")
        return self._doubles

    @property
    def views(self):
        """The words as arrays of NumPy: of integers, and of numbers."""
        if self._views is None:
            integers = numpy.frombuffer(self.words, "i8")
            self._views = integers, integers.view("f8")
        return self._views

    def finish(self) -> "_Values":
        """Puts texts into blocks of memory, and their addresses into the words."""
        if self._texts:
            at = self._block(b"".join(self._texts))
            words = self.words
            for place, text in zip(self._places, self._texts):
                words[place] = at
                at += len(text)
        if self._columns:
            self._put_texts()
        return self

    def _block(self, content: bytes) -> int:
        """The address of a copy, which lives as long as the values."""
        block = array.array("B", content or b"\0")
        self.kept.append(block)
        return block.buffer_info()[0]

    def put(self, at: int, value, is_number: bool) -> None:
        """Writes one value to the words from `at` on."""
        words = self.words
        kind = type(value)
        if kind is str:
            text = value.encode("utf-8", "surrogatepass")
            words[at], words[at + 1] = _TEXT, len(text)
            self._texts.append(text)
            self._places.append(at + 2)
        elif kind is int:
            if is_number or not -(1 << 63) <= value < 1 << 63:
                self._put_large(at, value, is_number)
            else:
                words[at], words[at + 2] = _INTEGER, value
        elif kind is float:
            words[at] = _NUMBER
            self.doubles[at + 2] = value
        elif value is None:
            words[at] = _NULL
        elif value is _Missing:
            words[at] = _MISSING
        elif value is _NoRecord:
            words[at] = _NO_RECORD
        elif kind is bool:
            words[at], words[at + 2] = _BOOLEAN, value
        elif kind is list or kind is tuple:
            inner = _Values(len(value))
            for i, each in enumerate(value):
                inner.put(3 * i, each, is_number)
            self._put_list(at, _LIST, len(value), inner.finish().address, inner)
        else:
            self._put_other(at, value, is_number)

    def _put_large(self, at: int, value: int, is_number: bool) -> None:
        if not is_number:
            self.put(at, str(value), False)
            return
        try:
            self.put(at, float(value), True)
        except OverflowError:
            self.put(at, float("inf") if value > 0 else float("-inf"), True)

    def _put_list(self, at: int, kind: int, length: int, address: int, kept) -> None:
        self.words[at], self.words[at + 1], self.words[at + 2] = kind, length, address
        self.kept.append(kept)

    def _put_other(self, at: int, value, is_number: bool) -> None:
        if numpy is not None and isinstance(value, numpy.ndarray) and value.ndim == 1:
            if value.dtype.kind == "f" and value.dtype.itemsize in (4, 8):
                numbers = numpy.ascontiguousarray(value, value.dtype.newbyteorder("="))
                kind = _FLOATS if numbers.itemsize == 4 else _DOUBLES
                self._put_list(at, kind, len(numbers), numbers.ctypes.data, numbers)
            else:
                self.put(at, value.tolist(), is_number)
        elif isinstance(value, array.array) and value.typecode in "fd":
            kind = _FLOATS if value.typecode == "f" else _DOUBLES
            self._put_list(at, kind, len(value), value.buffer_info()[0], value)
        elif isinstance(value, (datetime.datetime, datetime.date)):
            self.put(at, value.isoformat(), is_number)
        elif numpy is not None and isinstance(value, numpy.datetime64):
            self.put(at, None if numpy.isnat(value) else str(value), is_number)
        elif numpy is not None and isinstance(value, numpy.generic):
            self.put(at, value.item(), is_number)
        elif isinstance(value, (str, int, float)):
            self.put(at, next(base for base in (str, int, float) if isinstance(value, base))(value), is_number)
        else:
            self.words[at] = _OBJECT

    def put_column(self, field: int, fields: int, column, is_number: bool) -> None:
        """Writes field number `field` of all rows."""
        first, step = 3 * field, 3 * fields
        words, count = self.words, len(column)
        if numpy is not None and isinstance(column, numpy.ndarray):
            kind = column.dtype.kind
            if count > 0 and column.ndim == 1:
                if kind in "if" or (kind == "u" and column.itemsize < 8):
                    as_double = kind == "f" or is_number
                    integers, doubles = self.views
                    integers[first::step] = _NUMBER if as_double else _INTEGER
                    (doubles if as_double else integers)[first + 2 :: step] = column
                    return
                # For few texts, a list takes less time.
                if kind == "U" and count > 32 and self._put_ascii(first, step, column):
                    return
            column = listed(column)
        if count > 3:
            kinds = set(map(type, column))
            is_double = kinds == {float} or (is_number and kinds <= {int, float})
            if kinds == {str}:
                self._columns.append((first, step, column))
                return
            if is_double or kinds == {int}:
                try:
                    numbers = array.array("d" if is_double else "q", column)
                    words[first + 2 :: step] = array.array("q", numbers.tobytes())
                    words[first::step] = array.array("q", (_NUMBER if is_double else _INTEGER,)) * count
                    return
                except OverflowError:
                    pass
        at = first
        for value in column:
            self.put(at, value, is_number)
            at += step

    def _put_ascii(self, first: int, step: int, column) -> bool:
        """Writes an array of texts without a step of Python for each; False if one isn't ASCII."""
        width = column.itemsize // 4
        if width == 0 or not column.dtype.isnative:
            return False
        letters = numpy.ascontiguousarray(column).view("u4")
        if letters.max() > 127:
            return False
        block = letters.astype("u1")
        self.kept.append(block)
        integers, _ = self.views
        integers[first::step] = _TEXT
        integers[first + 1 :: step] = numpy.char.str_len(column)
        start = block.ctypes.data
        integers[first + 2 :: step] = numpy.arange(start, start + len(block), width)
        return True

    def _put_texts(self) -> None:
        """Writes all columns of texts. For few rows, most of the time is that of the calls, so the columns share them."""
        columns = self._columns
        texts = columns[0][2] if len(columns) == 1 else [text for _, _, column in columns for text in column]
        joined = "".join(texts)
        if joined.isascii():
            block = joined.encode()
        else:
            texts = [text.encode("utf-8", "surrogatepass") for text in texts]
            block = b"".join(texts)
        lengths = array.array("q", map(len, texts))
        starts = array.array("q", itertools.accumulate(lengths, initial=self._block(block)))
        words, begin = self.words, 0
        for first, step, column in columns:
            count = len(column)
            end = begin + count
            words[first::step] = array.array("q", (_TEXT,)) * count
            words[first + 1 :: step] = lengths[begin:end]
            words[first + 2 :: step] = starts[begin:end]
            begin = end


class _Part:
    """A part of a request: the names of its rows' values, and which of them are numbers."""

    def __init__(self, kind: str, name: str, fields):
        self.kind = kind
        self.name = name
        self.fields = tuple(field for field, _, _ in fields)
        self.types = tuple(kind for _, kind, _ in fields)
        self.columns = tuple(column for _, _, column in fields)
        self.numbers = tuple(kind in ("number", "vector") for kind in self.types)

    def read_rows(self, rows) -> typing.Tuple[_Values, int]:
        fields = len(self.fields)
        values = _Values(len(rows) * fields)
        for f, name in enumerate(self.fields):
            try:
                column = [row[name] for row in rows]
            except (KeyError, TypeError, IndexError):
                column = [
                    row.get(name, _Missing) if isinstance(row, collections.abc.Mapping) else _NoRecord for row in rows
                ]
            values.put_column(f, fields, column, self.numbers[f])
        return values.finish(), len(rows)

    def read_table(self, table, names, columns) -> typing.Tuple[_Values, int]:
        """`columns` are the names of the fields' columns."""
        given = [column_of(table[name]) if name in names else None for name in columns]
        lengths = {len(column) for column in given if column is not None}
        if len(lengths) > 1:
            raise InputError(f"{self.name} must have columns of one length")
        count = lengths.pop() if lengths else length_of(table, names)
        fields = len(self.fields)
        values = _Values(count * fields)
        for f, column in enumerate(given):
            if column is not None:
                values.put_column(f, fields, column, self.numbers[f])
        return values.finish(), count

    def read(self, rows) -> typing.Tuple[int, int, typing.Optional[_Values]]:
        """The type of the rows, their number, and their values."""
        if self.kind == "record":
            if rows is None:
                return _MISSING, 0, None
            if not isinstance(rows, collections.abc.Mapping):
                return _LIST, 0, None
            values, count = self.read_rows((rows,))
            return _OBJECT, count, values
        if rows is None:
            return _MISSING, 0, None
        if isinstance(rows, (list, tuple)):
            values, count = self.read_rows(rows)
            return _LIST, count, values
        names = names_of(rows)
        if names is None or is_record(rows):
            return _OBJECT, 0, None
        values, count = self.read_table(rows, names, self.fields)
        return _LIST, count, values


class Ranker:
    """Scores candidates. Any number of threads may share it: each has a session of its own.

    `weights` is the path of other weights of the same spec. To swap weights while serving, make another Ranker, and
    let new requests use it: the old one is freed after its last request.
    """

    def __init__(self, weights: typing.Union[str, os.PathLike, None] = None):
        self._library = _open_library()
        path = os.fspath(weights if weights is not None else _file(f"{_PREFIX}.weights.bin"))
        model = ctypes.c_void_p()
        code = self._library.load(os.fsencode(path), ctypes.byref(model))
        if code != 0:
            raise LoadError(f"{path}: {self._library.message(code).decode()}")
        self._model = model.value
        weakref.finalize(self, self._library.unload, model.value)
        self._own = threading.local()

    def session(self, *, user=None, history=None, context=None) -> "Session":
        """Reads a user, and computes all that candidates share, once for any number of calls. @raise InputError"""
        return Session(self, user=user, history=history, context=context)

    def rank(self, candidates=None, *, user=None, history=None, context=None):
        """Predictions for candidates: a list of dicts, or columns (a dict of lists or arrays, or a data frame).

        An array of numbers; for several labels, or with outputs, a dict of arrays. A request in JSON is passed as `rank(**request)`.
        @raise InputError
        """
        return self._read(user, history, context).rank(candidates)

    def logits(self, candidates=None, *, user=None, history=None, context=None):
        """The same before the sigmoid or the softmax. @raise InputError"""
        return self._read(user, history, context).logits(candidates)

    def top_k(self, candidates, k: int, *, label=None, user=None, history=None, context=None) -> typing.List[Top]:
        """The k best candidates, the best first; of equal ones the first. @raise InputError"""
        return self._read(user, history, context).top_k(candidates, k, label=label)

    def explain(self, candidates, *, user=None, history=None, context=None) -> typing.List[Attention]:
        """The weight of each step of a history for each candidate, by head of each attention: as `explain` of a module in
        TypeScript. Empty for a model without attention over a history. @raise InputError
        """
        if _ATTENTIONS == 0:
            return []
        session = getattr(self._own, "explaining", None)
        if session is None:
            session = self._own.explaining = Session(self, _opened=True, _open="open_explaining")
        session.read(user=user, history=history, context=context)
        return session._explain(candidates)

    @property
    def inputs(self) -> typing.List[Input]:
        """The raw values that the model reads."""
        return [
            Input(f"history.{part.name}" if part.kind == "history" else part.name, *each)
            for part in (*_PARTS, _CANDIDATES)
            for each in zip(part.fields, part.types, part.columns)
        ]

    @property
    def outputs(self) -> typing.List[Output]:
        """The labels that the model predicts, and its outputs."""
        return [Output(name, _CLASSES.get(name, ())) for name, _ in (*_LABELS, *_REQUEST_OUTPUTS)]

    @property
    def columns(self) -> typing.List[str]:
        """The columns that `score` reads."""
        return list(dict.fromkeys(each.column for each in self.inputs))

    def score(self, rows):
        """Predictions for rows as those of training, each with a user and a candidate: a data frame, a table of Arrow,
        or a dict of columns. Histories are columns of lists. @raise InputError with the number of the row
        """
        return self._read_none().score(rows)

    def _read_none(self) -> "Session":
        session = getattr(self._own, "session", None)
        if session is None:
            session = self._own.session = Session(self, _opened=True)
        return session

    def _read(self, user, history, context) -> "Session":
        session = self._read_none()
        session.read(user=user, history=history, context=context)
        return session


class Session:
    """One user's request, ready to score candidates; for one thread at a time. Made by `Ranker.session`."""

    def __init__(self, ranker: Ranker, *, user=None, history=None, context=None, _opened: bool = False, _open: str = "open"):
        self._library = ranker._library
        # A session of the ranker itself must not keep it alive; any other does.
        self._ranker = None if _opened else ranker
        session = ctypes.c_void_p()
        code = getattr(self._library, _open)(ranker._model, None, ctypes.byref(session))
        if code != 0:
            raise MemoryError(self._library.message(code).decode())
        self._session = session.value
        weakref.finalize(self, self._library.close, session.value)
        self._parts = array.array("q", bytes(24 * max(1, len(_PARTS))))
        self._request = array.array("q", (_OBJECT, self._parts.buffer_info()[0]))
        if not _opened:
            self.read(user=user, history=history, context=context)

    def read(self, *, user=None, history=None, context=None) -> None:
        """Reads another user. @raise InputError"""
        given = {"user": user, "context": context}
        if history is None:
            self._request[0] = _MISSING
        elif isinstance(history, collections.abc.Mapping):
            self._request[0] = _OBJECT
        else:
            self._request[0] = _LIST
            history = None
        kept = []
        parts = self._parts
        for i, part in enumerate(_PARTS):
            if part.kind == "history":
                rows = None if history is None else history.get(part.name)
                if rows is None and history is not None and part.name in history:
                    rows = 0
            else:
                rows = given[part.name]
            kind, count, values = part.read(rows)
            kept.append(values)
            parts[3 * i], parts[3 * i + 1], parts[3 * i + 2] = kind, count, 0 if values is None else values.address
        self._check(self._library.user(self._session, self._request.buffer_info()[0]))

    def rank(self, candidates):
        """Like `Ranker.rank`, for this user."""
        return self._scores(self._library.rank, candidates)

    def logits(self, candidates):
        """Like `Ranker.logits`, for this user."""
        return self._scores(self._library.logits, candidates)

    def top_k(self, candidates, k: int, *, label=None) -> typing.List[Top]:
        """Like `Ranker.top_k`, for this user."""
        names = [name for name, _ in _LABELS]
        if label is None:
            if not _IS_ONE:
                raise InputError(f"label is missing: the model predicts {', '.join(names)}")
        elif label not in names:
            raise InputError(f"label must be one of {', '.join(names)}")
        if type(k) is not int or k < 0:
            raise InputError(f"k must be a whole number from 0, not {k}")
        rows, count, _kept = self._rows(candidates)
        best = (_Top * max(1, min(k, count)))()
        found = ctypes.c_size_t()
        index = 0 if label is None else names.index(label)
        self._check(
            self._library.top_k(
                self._session, rows.buffer_info()[0], min(k, count), index, ctypes.byref(best), ctypes.byref(found)
            )
        )
        return [Top(best[i].index, best[i].score) for i in range(found.value)]

    def score(self, rows):
        """Like `Ranker.score`."""
        if _TOGETHER:
            raise InputError(_NO_ROWS)
        names = names_of(rows)
        if names is None:
            raise InputError("rows must be a data frame, a table of Arrow or a dict of columns")
        names = set(names)
        lacks = [column for part in (*_PARTS, _CANDIDATES) for column in part.columns if column not in names]
        if lacks:
            raise InputError(f"the rows have no column {lacks[0]}")
        candidates, count = _CANDIDATES.read_table(rows, names, _CANDIDATES.columns)
        if not _CANDIDATES.fields:
            count = length_of(rows, names)
        read = [_RowsOfPart(part, rows, names, count) for part in _PARTS]
        label_count = _SCORES
        once = array.array("f", bytes(4 * max(1, count * _REQUEST_NUMBERS)))
        once_at = once.buffer_info()[0]
        out = array.array("f", bytes(4 * max(1, count * label_count)))
        out_at = out.buffer_info()[0]
        one = array.array("q", (_LIST, 1, 0))
        one_at, width, base = one.buffer_info()[0], 24 * len(_CANDIDATES.fields), candidates.address
        parts, request = self._parts, self._request
        request[0] = _OBJECT
        request_at = request.buffer_info()[0]
        set_user, rank, session = self._library.user, self._library.rank, self._session
        for row in range(count):
            for i, each in enumerate(read):
                parts[3 * i], parts[3 * i + 1], parts[3 * i + 2] = each.of_row(row)
            one[2] = base + width * row
            if set_user(session, request_at) != 0 or rank(session, one_at, out_at + 4 * label_count * row) != 0:
                raise InputError(f"row {row}: {self._library.error(session).decode('utf-8', 'replace')}")
            if _REQUEST_OUTPUTS and self._library.outputs(session, once_at + 4 * _REQUEST_NUMBERS * row) != 0:
                raise InputError(f"row {row}: {self._library.error(session).decode('utf-8', 'replace')}")
        # The scores of a row are together; those of a label shall be.
        if _IS_ONE:
            return _shaped(out, count, _LABELS[0][1], 0)
        by_label = {}
        for numbers, row_width, columns in (
            (out, label_count, _LABELS),
            (once, _REQUEST_NUMBERS, _REQUEST_OUTPUTS),
        ):
            before = 0
            for name, width in columns:
                own = array.array("f")
                for row in range(count):
                    own.extend(numbers[row * row_width + before : row * row_width + before + width])
                by_label[name] = _shaped(own, count, width, 0)
                before += width
        return by_label

    def _explain(self, candidates) -> typing.List[Attention]:
        rows, count, _kept = self._rows(candidates)
        about = [self._library.attention_of(self._session, i) for i in range(_ATTENTIONS)]
        found = [array.array("f", bytes(4 * max(1, count * each.steps))) for each in about]
        places = array.array("q", [each.buffer_info()[0] for each in found])
        self._check(self._library.explain(self._session, rows.buffer_info()[0], places.buffer_info()[0]))
        return [
            Attention(
                *(text.decode() for text in (each.history, each.code)),
                each.head,
                bool(each.are_shares),
                each.first,
                _matrix(weights, count, each.steps),
            )
            for each, weights in zip(about, found)
        ]

    def _rows(self, candidates):
        kind, count, values = _CANDIDATES.read(candidates)
        return array.array("q", (kind, count, 0 if values is None else values.address)), count, values

    def _scores(self, function, candidates):
        rows, count, _kept = self._rows(candidates)
        out = array.array("f", bytes(4 * count * _SCORES or 4))
        self._check(function(self._session, rows.buffer_info()[0], out.buffer_info()[0]))
        if _IS_ONE:
            return _shaped(out, count, _LABELS[0][1], 0)
        by_label = {}
        before = 0
        for name, classes in _LABELS:
            by_label[name] = _shaped(out, count, classes, before * count)
            before += classes
        if _REQUEST_OUTPUTS:
            once = array.array("f", bytes(4 * _REQUEST_NUMBERS))
            self._check(self._library.outputs(self._session, once.buffer_info()[0]))
            before = 0
            for name, width in _REQUEST_OUTPUTS:
                by_label[name] = _shaped(once, width, 1, before)
                before += width
        return by_label

    def _check(self, code: int) -> None:
        if code != 0:
            said = self._library.error(self._session) or self._library.message(code)
            raise InputError(said.decode("utf-8", "replace"))


def _shaped(scores, count: int, classes: int, start: int):
    """Scores of a label: with NumPy an array, of a row for each candidate if it has classes."""
    if numpy is None:
        return scores[start : start + count * classes]
    numbers = numpy.frombuffer(scores, "f4", count * classes, 4 * start) if count else numpy.empty(0, "f4")
    return numbers if classes == 1 else numbers.reshape(count, classes)


def _matrix(numbers, rows: int, columns: int):
    if numpy is None:
        return [numbers[row * columns : (row + 1) * columns] for row in range(rows)]
    return numpy.frombuffer(numbers, "f4", rows * columns).reshape(rows, columns)


class _RowsOfPart:
    """A part of the requests of many rows."""

    def __init__(self, part: _Part, rows, names, count: int):
        self.starts = None
        if part.kind == "record":
            self.values, _ = part.read_table(rows, names, part.columns)
        else:
            # As in training, a cell without a list is an empty history.
            lists = [[() if each is None else each for each in lists_of(rows[column])] for column in part.columns]
            lengths = [list(map(len, column)) for column in lists]
            for row in range(count):
                if len({column[row] for column in lengths}) > 1:
                    raise InputError(f"row {row}: the columns of history.{part.name} have lists of different lengths")
            first = lengths[0] if lengths else [0] * count
            self.starts = list(itertools.accumulate(first, initial=0))
            self.values = _Values(self.starts[-1] * len(part.fields))
            for f, column in enumerate(lists):
                flat = list(itertools.chain.from_iterable(column))
                self.values.put_column(f, len(part.fields), flat, part.numbers[f])
            self.values.finish()
        self.base, self.width = self.values.address, 24 * len(part.fields)

    def of_row(self, row: int):
        if self.starts is None:
            return _OBJECT, 1, self.base + self.width * row
        start = self.starts[row]
        return _LIST, self.starts[row + 1] - start, self.base + self.width * start


_DUCKDB_TYPES = {
    **{"id": "VARCHAR", "time": "VARCHAR", "text": "VARCHAR", "number": "DOUBLE", "vector": "FLOAT[]"},
    **{"set": "VARCHAR[]", "pairs": "MAP(VARCHAR, DOUBLE)"},
}


def register_duckdb(connection, ranker: Ranker, name: str = f"{_PREFIX}_score") -> None:
    """Makes a function of SQL for a connection of DuckDB: `SELECT NAME(COLUMNS) FROM rows`, with the columns in the
    order of `ranker.columns`. Needs pyarrow, by which DuckDB passes rows in blocks.
    """
    if _TOGETHER:
        raise LoadError(_NO_ROWS)
    if not _IS_ONE or _LABELS[0][1] != 1:
        raise LoadError("a function of SQL gives one number, so it is for a model with one prediction")
    import pyarrow

    types = {}
    for part in (*_PARTS, _CANDIDATES):
        for column, kind in zip(part.columns, part.types):
            one = _DUCKDB_TYPES[kind]
            types.setdefault(column, f"{one}[]" if part.kind == "history" else one)
    names = list(types)

    def score(*columns):
        scores = ranker.score(dict(zip(names, columns)))
        return pyarrow.array(scores, pyarrow.float32())

    # DuckDB counts the parameters.
    kind = inspect.Parameter.POSITIONAL_ONLY
    score.__signature__ = inspect.Signature([inspect.Parameter(f"c{i}", kind) for i in range(len(names))])
    connection.create_function(
        name, score, list(types.values()), "FLOAT", type="arrow", null_handling="special", exception_handling="default"
    )
