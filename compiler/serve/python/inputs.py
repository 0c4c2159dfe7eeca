"""Turns raw requests into the inputs of a network, in Python as compiler/serve does in TypeScript.

Generated code carries the definitions that it uses. The same raw value means the same thing here, there and in training.
"""

from __future__ import annotations

import json
import math
import re
import struct
import unicodedata
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

UNKNOWN_ID = 1
FIRST_KNOWN_ID = 2
NOT_AN_ID = -1
MOST_EXACT = 2**53 - 1
FLOAT32_END = 2.0**128 - 2.0**103
WEIGHTS_MAGIC = b"DINCWTS1"
WEIGHTS_VERSION = 3
WEIGHTS_PREFIX = 24
WEIGHTS_ALIGNMENT = 64


class RankerInputError(ValueError):
    """A request that cannot be scored. Unknown ids aren't an error: they take the row for unknown values."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(field, problem)
        self.field = field
        """Where in the request: `candidates[3].price`."""

    def __str__(self) -> str:
        return " ".join(self.args)


class RankerWeightsError(ValueError):
    """The bytes are not those of this model's inputs.bin: cut short, changed, or another model's."""


class IdSpace(Protocol):
    """Finds the id of a raw value."""

    def id_of(self, value: Any) -> int:
        """`UNKNOWN_ID` for an unknown value, `NOT_AN_ID` for a value that cannot be an id."""
        ...

    def why_not(self, value: Any) -> str:
        """For people: what is wrong with a value that cannot be an id."""
        ...


class SetSpace(Protocol):
    """The ids of a set's values."""

    space: IdSpace
    max: int
    """How many values count."""

    def values_of(self, raw: Any) -> Sequence[Any] | None:
        """The values of a raw set; None if it isn't a set."""
        ...

    def why_not(self, raw: Any) -> str:
        """For people: why a value isn't a set."""
        ...


class NumberStep:
    """One transform of a number, with what was fitted for it; NaN where it takes no such number."""

    def __init__(self, apply: Callable[[float], float], requires: str) -> None:
        self.apply = apply
        self.requires = requires


def number_in(value: Any) -> float | None:
    """A value as a float; None if it isn't a number. True and False aren't numbers."""
    if type(value) is float:
        return value
    if isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            return math.inf
    return None


def id_text(value: Any) -> str | None:
    """The text of an id, or None for a value that cannot be an id."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        try:
            return str(int(value))
        except ValueError:  # Python writes no number of more than 4,300 digits.
            return None
    x = number_in(value)
    # From 2**53 on, two different ids may have become one float already: such ids are given as int or str.
    return str(int(x)) if x is not None and x.is_integer() and abs(x) <= MOST_EXACT else None


def why_not_an_id(value: Any) -> str:
    if value is None:
        return "is missing"
    x = number_in(value)
    if x is None:
        return "must be a str or a whole number"
    return (
        f"is {value}, too large to be exact as a float: give it as an int or as a str"
        if x.is_integer()
        else f"must be a whole number, not {value}"
    )


class OrUnknown:
    """Ids of a feature whose missing values count as unknown."""

    def __init__(self, space: IdSpace) -> None:
        self.space = space

    def id_of(self, value: Any) -> int:
        return UNKNOWN_ID if value is None else self.space.id_of(value)

    def why_not(self, value: Any) -> str:
        return self.space.why_not(value)


class Vocabulary:
    """Known values in the order of their ids."""

    def __init__(self, values: Iterable[str]) -> None:
        self.ids = {value: FIRST_KNOWN_ID + i for i, value in enumerate(values)}

    def id_of(self, value: Any) -> int:
        text = id_text(value)
        return NOT_AN_ID if text is None else self.ids.get(text, UNKNOWN_ID)

    def why_not(self, value: Any) -> str:
        return why_not_an_id(value)


class IntegerRange:
    """The whole numbers low … low + size - 1."""

    def __init__(self, low: int, size: int) -> None:
        self.low = low
        self.size = size

    def id_of(self, value: Any) -> int:
        text = id_text(value)
        if text is None:
            return NOT_AN_ID
        # Only the plain decimal form is this number: "01", " 1" and "1e0" are other texts.
        if len(text) > 17 or re.fullmatch("0|-?[1-9][0-9]*", text) is None:
            return UNKNOWN_ID
        offset = int(text) - self.low
        return FIRST_KNOWN_ID + offset if 0 <= offset < self.size else UNKNOWN_ID

    def why_not(self, value: Any) -> str:
        return why_not_an_id(value)


class HashedIds:
    """Any text or whole number, in one of `size` buckets. Every value is known; two may have the same id."""

    def __init__(self, size: int, seed: int = 0) -> None:
        self.size = size
        self.seed = seed

    def id_of(self, value: Any) -> int:
        text = id_text(value)
        return NOT_AN_ID if text is None else FIRST_KNOWN_ID + hash_text(text, self.seed) % self.size

    def why_not(self, value: Any) -> str:
        return why_not_an_id(value)


def cross_id(size: int, *parts: int) -> int:
    """The id of a cross: the hash of its parts' ids, in one of `size` buckets. With an unknown part it is unknown."""
    if min(parts) < FIRST_KNOWN_ID:
        return UNKNOWN_ID
    return FIRST_KNOWN_ID + murmur3(struct.pack(f"<{len(parts)}i", *parts)) % size


def hash_text(text: str, seed: int = 0) -> int:
    """The hash of a text's UTF-8 bytes, from 0 to 2**32 - 1. A surrogate without its other half counts as U+FFFD."""
    try:
        return murmur3(text.encode(), seed)
    except UnicodeEncodeError:
        paired = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        return murmur3(re.sub("[\ud800-\udfff]", "\ufffd", paired).encode(), seed)


def murmur3(data: bytes, seed: int = 0) -> int:
    """MurmurHash3 (Austin Appleby, the 32-bit form for x86), as scikit-learn's `murmurhash3_32`."""
    h = seed
    whole = len(data) - len(data) % 4
    for (word,) in struct.iter_unpack("<I", data[:whole]):
        h ^= scrambled(word)
        h = (((h << 13) | (h >> 19)) * 5 + 0xE6546B64) & 0xFFFFFFFF
    if whole < len(data):
        h ^= scrambled(int.from_bytes(data[whole:], "little"))
    h ^= len(data)
    h = ((h ^ (h >> 16)) * 0x85EBCA6B) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 0xC2B2AE35) & 0xFFFFFFFF
    return h ^ (h >> 16)


def scrambled(word: int) -> int:
    k = (word * 0xCC9E2D51) & 0xFFFFFFFF
    return (((k << 15) | (k >> 17)) * 0x1B873593) & 0xFFFFFFFF


def log1p() -> NumberStep:
    """ln(1 + x) of numbers that are not negative."""
    return NumberStep(lambda x: math.nan if x < 0 else ln_1p(x), "must not be negative (log1p)")


def standardize(mean: float, deviation: float) -> NumberStep:
    """(x - mean) / deviation."""
    return NumberStep(lambda x: (x - mean) / deviation, "must be a number")


def min_max(least: float, span: float) -> NumberStep:
    """(x - least) / span: 0 … 1 on the training rows, beyond them where x is."""
    return NumberStep(lambda x: (x - least) / span, "must be a number")


def clip(low: float, high: float) -> NumberStep:
    """The nearest number from low to high."""

    def apply(x: float) -> float:
        # Where both are 0, a sum knows which of them is the larger: -0 + 0 is 0.
        x = x + low if x == low == 0 else max(x, low)
        return -(-x - high) if x == high == 0 else min(x, high)

    return NumberStep(apply, "must be a number")


def ln_1p(x: float) -> float:
    """ln(1 + x) for x >= 0, bit for bit as V8 computes it (Sun's fdlibm), which the platform's own may differ from."""
    high = struct.unpack("<q", struct.pack("<d", x))[0] >> 32
    if high < 0x3E200000:  # Below 2**-29, and -0.
        return x if high < 0x3C900000 else x - x * x * 0.5
    if high < 0x3FDA827A:
        k, f, c, rest = 0, x, 0.0, 1
    else:
        u = 1.0 + x if high < 0x43400000 else x
        bits = struct.unpack("<q", struct.pack("<d", u))[0]
        k = (bits >> 52) - 1023
        c = 0.0 if high >= 0x43400000 else (1.0 - (u - x) if k > 0 else x - (u - 1.0)) / u
        rest = (bits >> 32) & 0xFFFFF
        exponent = 0x3FF if rest < 0x6A09E else 0x3FE
        if exponent == 0x3FE:
            k += 1
            rest = (0x100000 - rest) >> 2
        f = struct.unpack("<d", struct.pack("<q", (exponent << 52) | (bits & (2**52 - 1))))[0] - 1.0
    half = 0.5 * f * f
    if rest == 0:
        if f == 0:
            return k * 6.93147180369123816490e-01 + (c + k * 1.90821492927058770002e-10)
        r = half * (1.0 - 0.66666666666666666 * f)
        return k * 6.93147180369123816490e-01 - ((r - (k * 1.90821492927058770002e-10 + c)) - f)
    s = f / (2.0 + f)
    z = s * s
    r = 0.0
    for factor in (
        1.479819860511658591e-01,
        1.531383769920937332e-01,
        1.818357216161805012e-01,
        2.222219843214978396e-01,
        2.857142874366239149e-01,
        3.999999999940941908e-01,
        6.666666666666735130e-01,
    ):
        r = factor + z * r
    r = s * (half + z * r)
    if k == 0:
        return f - (half - r)
    return k * 6.93147180369123816490e-01 - ((half - (r + (k * 1.90821492927058770002e-10 + c))) - f)


def is_in_range(x: float) -> bool:
    """Whether a 32-bit float holds a number: what it does not is infinite in a network."""
    return abs(x) < FLOAT32_END


class Numbers:
    """A number feature: its transforms, and the number that replaces a missing value, or NaN if that is an error."""

    def __init__(self, steps: Sequence[NumberStep], missing: float = math.nan) -> None:
        self.steps = steps
        self.missing = missing

    def exact(self, value: Any) -> float:
        """The number before it is rounded to 32 bits, or NaN where `value` is not accepted (see `why_not`)."""
        x = self.missing if value is None else number_in(value)
        if x is None or not is_in_range(x):
            return math.nan
        for step in self.steps:
            x = step.apply(x)
        return x if is_in_range(x) else math.nan

    def why_not(self, value: Any) -> str:
        """For people: what is wrong with a value that was not accepted."""
        if value is None:
            return "is missing"
        x = number_in(value)
        if x is None:
            return "must be a number"
        if isinstance(value, (float, np.floating)) and not math.isfinite(value):
            return f"must be finite, not {value}"
        if not is_in_range(x):
            return f"is {x}, out of the range of 32-bit floats"
        for i, step in enumerate(self.steps):
            x = step.apply(x)
            if math.isnan(x):
                if i == 0:
                    return f"{step.requires}, but is {value}"
                return f"is {value}, which {step.requires} when it is transformed"
        return f"is {value}, which its transforms take out of the range of 32-bit floats"


class Buckets:
    """A number's buckets: the first below all bounds, the i-th from bound i - 1 on and below bound i."""

    def __init__(self, numbers: Numbers, bounds: Sequence[float]) -> None:
        self.numbers = numbers
        self.bounds = bounds

    def id_of(self, value: Any) -> int:
        x = self.numbers.exact(value)
        if math.isnan(x):
            return NOT_AN_ID
        return FIRST_KNOWN_ID + bisect_right(self.bounds, x)

    def why_not(self, value: Any) -> str:
        return self.numbers.why_not(value)


FIRST_SECOND = 631_152_000
END_SECOND = 4_102_444_800
DAY_SECONDS = 86_400
DAYS_BEFORE = 10_957  # From 1970 to 2000.


class ClockIds:
    """The ids of what a zone's clock shows. `changes` are when it was put to the next of `offsets`, in seconds."""

    def __init__(self, part: str, changes: Sequence[int], offsets: Sequence[int]) -> None:
        self.part = part
        self.changes = changes
        self.offsets = offsets

    def id_of(self, value: Any) -> int:
        clock = self.clock_of(value)
        if math.isnan(clock):
            return NOT_AN_ID
        day = math.floor(clock / DAY_SECONDS)
        hour = math.floor((clock - day * DAY_SECONDS) / 3600)
        weekday = (day + 3) % 7  # 1970 began on a Thursday.
        if self.part == "month":
            return FIRST_KNOWN_ID + (date(1970, 1, 1) + timedelta(days=day)).month - 1
        shown = {"hour": hour, "weekday": weekday, "hour_of_week": 24 * weekday + hour}
        return FIRST_KNOWN_ID + shown[self.part]

    def why_not(self, value: Any) -> str:
        if value is None:
            return "is missing"
        return "must be a time from 1990 to 2099: ISO 8601, a datetime, seconds or milliseconds since 1970"

    def clock_of(self, value: Any) -> float:
        """The reading of the clock, in seconds since 1970; NaN for a value that isn't a time."""
        if isinstance(value, datetime):
            utc = value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value
            return self.clock_at(utc.timestamp())
        if isinstance(value, (date, np.datetime64)):
            value = str(value)  # In ISO 8601.
        if not isinstance(value, str):
            x = number_in(value)
            return math.nan if x is None else self.clock_at(seconds_of(x))
        if re.fullmatch(r"[0-9]{9,19}(?:\.[0-9]+)?", value):
            return self.clock_at(seconds_of(float(value)))
        found = ISO_TIME.fullmatch(value)
        if found is None:
            return math.nan
        year, month, day, hour, minute, second, sign, hours, minutes = found.groups()
        try:
            midnight = (date(int(year), int(month), int(day)) - date(1970, 1, 1)).days * DAY_SECONDS
        except ValueError:
            return math.nan
        if hour is None:  # A date alone is a day of the zone.
            return midnight if FIRST_SECOND <= midnight < END_SECOND else math.nan
        if int(hour) > 23 or int(hours or 0) > 23 or max(int(minute), int(second or 0), int(minutes or 0)) > 59:
            return math.nan
        ahead = 3600 * int(hours or 0) + 60 * int(minutes or 0)
        shown = midnight + 3600 * int(hour) + 60 * int(minute) + int(second or 0)
        return self.clock_at(shown + ahead if sign == "-" else shown - ahead)

    def clock_at(self, instant: float) -> float:
        if not FIRST_SECOND <= instant < END_SECOND:
            return math.nan
        return instant + self.offsets[bisect_right(self.changes, instant)]


ISO_TIME = re.compile(
    "([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.][0-9]+)?)?"
    "(?:Z|([+-])([0-9]{2})(?::?([0-9]{2}))?)?)?"
)


def seconds_of(count: float) -> float:
    """NaN for a number that isn't a time from 1990 to 2099 in any unit."""
    for parts in (1.0, 1e3, 1e6, 1e9):
        if FIRST_SECOND * parts <= count < END_SECOND * parts:
            return count / parts
    return math.nan


class Vectors:
    """A vector feature: its size, and the number that fills a missing vector, or NaN where that is an error."""

    def __init__(self, width: int, missing: float = math.nan) -> None:
        self.width = width
        self.missing = missing

    def numbers_of(self, value: Any) -> list[float] | None:
        """The numbers of a vector; None where it is not accepted (see `why_not`)."""
        if value is None:
            return None if math.isnan(self.missing) else [self.missing] * self.width
        if not is_list(value) or len(value) != self.width:
            return None
        numbers = [math.nan if x is None else x for x in map(number_in, value)]
        return numbers if all(map(is_in_range, numbers)) else None

    def why_not(self, value: Any) -> str:
        """For people: what is wrong with a value that was not accepted."""
        if value is None:
            return "is missing"
        if not is_list(value):
            return f"must be a list or an array of {self.width} numbers"
        if len(value) != self.width:
            return f"must have {self.width} numbers, but has {len(value)}"
        for i, each in enumerate(value):
            x = number_in(each)
            if x is None:
                return f"must hold numbers, but [{i}] is none"
            if not math.isfinite(x):
                return f"must hold finite numbers, but [{i}] is {x}"
            if not is_in_range(x):
                return f"must hold numbers in the range of 32-bit floats, but [{i}] is {x}"
        return "is not accepted"


class Times(Vectors):
    """A time as two numbers: the day from 2000 on, and the second of the day."""

    def __init__(self) -> None:
        super().__init__(2)

    def numbers_of(self, value: Any) -> list[float] | None:
        instant = ClockIds("hour", [], [0]).clock_of(value)
        if math.isnan(instant):
            return None
        seconds = math.floor(instant)
        day = seconds // DAY_SECONDS
        return [float(day - DAYS_BEFORE), float(seconds - day * DAY_SECONDS)]

    def why_not(self, value: Any) -> str:
        return ClockIds("hour", [], [0]).why_not(value)


class ListSet:
    """Sets given as lists."""

    def __init__(self, space: IdSpace, max: int) -> None:
        self.space = space
        self.max = max

    def values_of(self, raw: Any) -> Sequence[Any] | None:
        return raw if is_list(raw) else None

    def why_not(self, raw: Any) -> str:
        return "is missing: give [] for none" if raw is None else "must be a list"


class WeightedSet(ListSet):
    """Sets whose values have weights, given as lists of pairs; `of_mean` is 1 for weights that are divided by their sum."""

    def __init__(self, space: IdSpace, max: int, of_mean: int) -> None:
        super().__init__(space, max)
        self.of_mean = of_mean == 1

    def values_of(self, raw: Any) -> Sequence[Any] | None:
        return [pair[0] if is_list(pair) and len(pair) == 2 else None for pair in raw] if is_list(raw) else None


class WordSet:
    """Sets of the words of a text."""

    def __init__(self, space: IdSpace, max: int) -> None:
        self.space = space
        self.max = max

    def values_of(self, raw: Any) -> Sequence[Any] | None:
        return words_of(raw) if isinstance(raw, str) else None

    def why_not(self, raw: Any) -> str:
        return 'is missing: give "" for none' if raw is None else "must be a str"


def squared_distances(x: NDArray[np.float64], centroids: NDArray[np.float64]) -> NDArray[np.float64]:
    """The squared distances of a vector to centroids, as four sums, each of every fourth term in their order."""
    terms = (x - centroids) ** 2
    sums = np.zeros((4, len(centroids)))
    for i in range(len(x)):
        sums[i % 4] += terms[:, i]
    return sums[0] + sums[1] + (sums[2] + sums[3])


class Codes:
    """Codes of vectors as ids: the nearest centroid of each level, of several the first, and then that of the rest.

    Each level has ids of its own; with `prefixes` buckets, ids are hashes of the codes up to their level.
    """

    def __init__(self, vectors: Vectors, centroids: Sequence[Sequence[float]], most: int, prefixes: int) -> None:
        self.vectors = vectors
        self.centroids = [np.array(level, np.float64).reshape(-1, vectors.width) for level in centroids]
        self.most = most
        self.prefixes = prefixes

    def ids_of(self, vector: Sequence[float]) -> list[int]:
        rest = np.array(vector, np.float32).astype(np.float64)
        ids: list[int] = []
        codes: list[int] = []
        for level, centroids in enumerate(self.centroids):
            code = int(np.argmin(squared_distances(rest, centroids)))
            rest = rest - centroids[code]
            codes.append(FIRST_KNOWN_ID + code)
            ids.append(cross_id(self.prefixes, *codes) if self.prefixes > 0 else codes[-1] + level * self.most)
        return ids

    def values_of(self, raw: Any) -> list[int] | None:
        """A value for each level of a raw vector; None where it is not accepted (see `why_not`)."""
        vector = self.vectors.numbers_of(raw)
        return None if vector is None else [level * LEVEL + id for level, id in enumerate(self.ids_of(vector))]

    def id_of(self, value: Any) -> int:
        return int(value % LEVEL)

    def why_not(self, value: Any) -> str:
        return self.vectors.why_not(value)


LEVEL = 2**30  # Values of a set of codes are an id, and this times their level: two levels may share an id.


class CodeSet:
    """Vectors as sets of their codes. A missing vector counts as unknown if `optional` is 1."""

    def __init__(self, space: Codes, max: int, optional: int) -> None:
        self.space = space
        self.max = max
        self.optional = optional == 1

    def values_of(self, raw: Any) -> Sequence[Any] | None:
        return [UNKNOWN_ID] if self.optional and raw is None else self.space.values_of(raw)

    def why_not(self, raw: Any) -> str:
        return self.space.why_not(raw)


def words_of(text: str) -> list[str]:
    """Words: composed (NFC) and in lower case, what lies between characters that aren't letters, marks or digits."""
    lower = unicodedata.normalize("NFC", text).lower()
    return "".join(character if is_of_word(character) else " " for character in lower).split()


@lru_cache(maxsize=4096)
def is_of_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"


def is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim == 1)


def path_of(where: str, index: int, name: str) -> str:
    """A location in a request; `index` is -1 if there is no list."""
    record = where if index < 0 else f"{where}[{index}]"
    if name == "":
        return record
    return f"{record}.{name}" if re.fullmatch(r"[A-Za-z_$][A-Za-z0-9_$]*", name) else f"{record}[{json.dumps(name)}]"


def property_of(record: Any, name: str) -> Any:
    """None where there is no such property."""
    return record.get(name) if isinstance(record, Mapping) else None


class Records(NamedTuple):
    """Records of a request: its candidates, the steps of a history, or one alone."""

    rows: Sequence[Any]
    where: str
    first: int
    """The place of the first in the list `where`, -1 if that isn't a list."""

    def refuses(self, i: int, name: str, problem: str, within: str = "") -> RankerInputError:
        """The error about the feature `name` of record i."""
        index = self.first if self.first < 0 else self.first + i
        if not isinstance(self.rows[i], Mapping):
            return RankerInputError(path_of(self.where, index, ""), "must be a dict")
        return RankerInputError(path_of(self.where, index, name) + within, problem)


def part_of(request: Any, name: str) -> Mapping[str, Any]:
    """The part `name` of a request."""
    part = property_of(request, name)
    if part is None:
        raise RankerInputError(name, "is missing")
    if not isinstance(part, Mapping):
        raise RankerInputError(name, "must be a dict")
    return part


class HistoryFilling:
    """What fills a history up: all fields of its steps, and plain values; an empty text is a step without a value."""

    def __init__(self, fields: Sequence[str], values: Sequence[str]) -> None:
        self.fields = fields
        self.values = frozenset(values)
        self.numbers = frozenset(float(value) for value in values if PLAIN_NUMBER.fullmatch(value) and len(value) < 17)

    def own(self, steps: Sequence[Any]) -> tuple[int, int]:
        """The first of the history's own steps, and the end of the last."""
        end = len(steps)
        while end > 0 and not self.is_step(steps[end - 1]):
            end -= 1
        first = 0
        while first < end and not self.is_step(steps[first]):
            first += 1
        return first, end

    def is_step(self, record: Any) -> bool:
        """Whether a step is one of the history's own: one that fills it up has such a value, and no other."""
        if not isinstance(record, Mapping):
            return True
        fills = [self.fill_of(property_of(record, name)) for name in self.fields]
        return "value" in fills or "padding" not in fills

    def fill_of(self, value: Any) -> str:
        """`value`, `padding`, or `nothing`."""
        if not is_list(value):
            return self.fill_of_one(value)
        fills = [self.fill_of_one(part) for part in value]
        return "value" if "value" in fills else "padding" if "padding" in fills else "nothing"

    def fill_of_one(self, value: Any) -> str:
        if value is None or (isinstance(value, str) and value == ""):
            return "padding" if "" in self.values else "nothing"
        if isinstance(value, bool):
            return "padding" if str(value).lower() in self.values else "value"
        text = value if isinstance(value, str) else id_text(value)
        if text is None:
            x = number_in(value)
            return (
                "padding"
                if x in self.numbers or (x is not None and math.isnan(x) and "NaN" in self.values)
                else "value"
            )
        whole = WHOLE.fullmatch(text)
        if whole is not None:
            digits = whole[1]
            return (
                "padding" if ("-" + digits if text[0] == "-" and digits != "0" else digits) in self.values else "value"
            )
        if DECIMAL.fullmatch(text) is not None:
            return "padding" if float(text) in self.numbers else "value"
        return "padding" if text in self.values else "value"


WHOLE = re.compile(r"[-+]?([0-9]+)(?:\.0*)?")
PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:e[-+][0-9]+)?")
DECIMAL = re.compile(r"\s*[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\s*")


def candidates_of(request: Any) -> Records:
    """The candidates of a request: one at least, as onnxruntime has no recurrence over no rows."""
    if not isinstance(request, Mapping):
        raise RankerInputError("request", "must be a dict")
    candidates = read_list(request.get("candidates"), "candidates")
    if len(candidates) == 0:
        raise RankerInputError("candidates", "must hold one at least")
    return Records(candidates, "candidates", 0)


def at_most(most: int, request: Any) -> Any:
    """A request with no more candidates than the model scores together."""
    if len(candidates_of(request).rows) > most:
        raise RankerInputError("candidates", f"must be at most {most}, because the model scores them together")
    return request


def read_list(value: Any, field: str) -> Sequence[Any]:
    """Checks that `value` is a list, and gives it."""
    if value is None:
        raise RankerInputError(field, "is missing: give [] for none")
    if not is_list(value):
        raise RankerInputError(field, "must be a list")
    return value


def read_ids(records: Records, name: str, space: IdSpace) -> NDArray[np.int32]:
    """The ids of the feature `name`."""
    ids = np.empty(len(records.rows), np.int32)
    for i, record in enumerate(records.rows):
        value = property_of(record, name)
        found = space.id_of(value)
        if found == NOT_AN_ID:
            raise records.refuses(i, name, space.why_not(value))
        ids[i] = found
    return ids


def read_numbers(records: Records, name: str, numbers: Numbers) -> NDArray[np.float32]:
    """The numbers of the feature `name`."""
    found = np.empty(len(records.rows), np.float32)
    for i, record in enumerate(records.rows):
        value = property_of(record, name)
        x = numbers.exact(value)
        if math.isnan(x):
            raise records.refuses(i, name, numbers.why_not(value))
        found[i] = x
    return found


def read_vectors(records: Records, name: str, vectors: Vectors) -> NDArray[np.float32]:
    """The numbers of the vectors `name`, of one after the other."""
    found = np.empty((len(records.rows), vectors.width), np.float32)
    for i, record in enumerate(records.rows):
        value = property_of(record, name)
        numbers = vectors.numbers_of(value)
        if numbers is None:
            raise records.refuses(i, name, vectors.why_not(value))
        found[i] = numbers
    return found.reshape(-1)


def read_sets(records: Records, name: str, reader: SetSpace) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The first `max` different values of each set, packed, as ids; and for each the number of its record."""
    ids: list[int] = []
    rows: list[int] = []
    for i, record in enumerate(records.rows):
        raw = property_of(record, name)
        values = reader.values_of(raw)
        if values is None:
            raise records.refuses(i, name, reader.why_not(raw))
        seen: set[str | float | None] = set()
        for place, value in enumerate(values):
            if len(seen) == reader.max:
                break
            text = id_text(value)
            key = number_in(value) if text is None else text
            if key in seen and (key is not None or value is None):
                continue
            found = reader.space.id_of(value)
            if found == NOT_AN_ID:
                raise records.refuses(i, name, reader.space.why_not(value), f"[{place}]")
            seen.add(key)
            ids.append(found)
            rows.append(i)
    return np.array(ids, np.int32), np.array(rows, np.int32)


def read_weighted_sets(
    records: Records, name: str, reader: WeightedSet
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    """The sets as `read_sets` gives them, and the weight of each value."""
    weights: list[float] = []
    for i, record in enumerate(records.rows):
        pairs = property_of(record, name)
        own: dict[str | float | None, float] = {}
        for place, pair in enumerate(pairs if is_list(pairs) else []):
            if len(own) == reader.max:
                break
            why = why_no_pair(pair, reader.of_mean)
            if why is not None:
                raise records.refuses(i, name, why, f"[{place}]")
            text = id_text(pair[0])
            own.setdefault(number_in(pair[0]) if text is None else text, float(pair[1]))
        total = 0.0
        if reader.of_mean:
            # `sum` would round less than training does.
            for weight in own.values():
                total += weight
        weights.extend(weight / total if total != 0 else weight for weight in own.values())
    return *read_sets(records, name, reader), np.array(weights, np.float32)


def why_no_pair(pair: Any, of_mean: bool) -> str | None:
    if not is_list(pair) or len(pair) != 2:
        return "must be a pair of a value and its weight"
    weight = number_in(pair[1])
    with np.errstate(over="ignore"):
        if weight is None or not np.isfinite(np.float32(weight)):
            return "must have a finite number of 32 bits as its weight"
    return "must have a weight of at least 0" if of_mean and weight < 0 else None


class Input(NamedTuple):
    """An input of the network: the raw value `field` of each record, read by `read`."""

    name: str
    field: str
    read: Callable[[Records, str, Any], Any]
    encoder: Any
    rows: str | None = None
    """The input with the number of each value's record, for sets."""
    weights: str | None = None
    """The input with the weight of each value, for sets with weights."""


class RequestPart(NamedTuple):
    """A history, the user or the context."""

    where: str
    records_of: Callable[[Any], Records]
    inputs: Sequence[Input]


class Values:
    """The arrays of a request by input, and the records of its parts."""

    def __init__(self) -> None:
        self.arrays: dict[str, NDArray[Any]] = {}
        self.records: dict[str, Records] = {}

    def read(self, records: Records, inputs: Sequence[Input]) -> None:
        for each in inputs:
            found = each.read(records, each.field, each.encoder)
            if each.rows is None:
                self.arrays[each.name] = found
            elif each.weights is None:
                self.arrays[each.name], self.arrays[each.rows] = found
            else:
                self.arrays[each.name], self.arrays[each.rows], self.arrays[each.weights] = found


class Computation(Protocol):
    """Adds an input of `count` numbers to the values, or checks them."""

    def __call__(self, values: Values, count: int) -> None: ...


class Inputs(NamedTuple):
    """Everything that is read from a request, in the order of reading."""

    parts: Sequence[RequestPart]
    candidates: Sequence[Input]
    of_request: Sequence[Computation]
    of_candidates: Sequence[Computation]


def record_part(name: str, inputs: Sequence[Input]) -> RequestPart:
    """`user` or `context`."""
    return RequestPart(name, lambda request: Records([part_of(request, name)], name, -1), inputs)


def steps_part(
    name: str, max: int, inputs: Sequence[Input], own: Callable[[Sequence[Any]], tuple[int, int]] | None = None
) -> RequestPart:
    """A history: the latest `max` of its `own` steps."""

    def records_of(request: Any) -> Records:
        where = path_of("history", -1, name)
        steps = read_list(part_of(request, "history").get(name), where)
        first, end = (0, len(steps)) if own is None else own(steps)
        first = end - max if end - first > max else first
        return Records(steps[first:end], where, first)

    return RequestPart(f"history.{name}", records_of, inputs)


def require_past(steps: str, where: str, field: str, now: str, own: str) -> Computation:
    """That none of the times `field` lies after `own`, the request's time: training saw no such step."""

    def check(values: Values, count: int) -> None:
        times = values.arrays[steps].reshape(-1, 2).astype(np.float64)
        after = (times - values.arrays[now]) @ np.array([DAY_SECONDS, 1.0])
        for i in np.flatnonzero(after > 0):
            raise values.records[where].refuses(int(i), field, f"is {int(after[i])} s after {own}")

    return check


def served_input(name: str, width: int, served: float, dtype: Any) -> Computation:
    """An input that training alone knows."""

    def compute(values: Values, count: int) -> None:
        values.arrays[name] = np.full(width, served, dtype)

    return compute


def cross_input(name: str, size: int, parts: Sequence[str]) -> Computation:
    """A cross of other inputs."""

    def compute(values: Values, count: int) -> None:
        ids = [np.broadcast_to(values.arrays[part], count) for part in parts]
        values.arrays[name] = np.array([cross_id(size, *each) for each in zip(*ids)], np.int32)

    return compute


def count_input(name: str, where: str) -> Computation:
    """The number of records of a part."""

    def compute(values: Values, count: int) -> None:
        values.arrays[name] = np.array([len(values.records[where].rows)], np.int32)

    return compute


def read_request(inputs: Inputs, request: Any) -> Values:
    values = Values()
    candidates = candidates_of(request)
    for part in inputs.parts:
        values.records[part.where] = part.records_of(request)
    for part in inputs.parts:
        values.read(values.records[part.where], part.inputs)
    for compute in inputs.of_request:
        compute(values, 1)
    values.records[candidates.where] = candidates
    values.read(candidates, inputs.candidates)
    for compute in inputs.of_candidates:
        compute(values, len(candidates.rows))
    return values


class Feed(NamedTuple):
    """An input of model.onnx, from the array of that name."""

    name: str
    dims: Sequence[int | str]
    """The sizes of its axes: numbers, or the parts whose records are counted. Values of sets have one axis."""
    repeats: str = "nothing"
    """What is repeated for each candidate: nothing, values, or the numbers of rows."""
    rows_of: int | str = 1
    """The rows that are numbered."""


def feeds_of(values: Values, feeds: Sequence[Feed]) -> dict[str, NDArray[Any]]:
    """The inputs of model.onnx by name."""

    def size(of: int | str) -> int:
        return of if isinstance(of, int) else len(values.records[of].rows)

    def feed(each: Feed) -> NDArray[Any]:
        times = 1 if each.repeats == "nothing" else size("candidates")
        found = np.tile(values.arrays[each.name], times)
        if each.repeats == "rows":
            # Each repetition continues the numbering.
            first = np.arange(times, dtype=np.int32) * np.int32(size(each.rows_of))
            found += np.repeat(first, len(found) // times)
        return found.reshape([size(of) for of in each.dims]) if each.dims else found

    return {each.name: feed(each) for each in feeds}


class FittedFile:
    """inputs.bin: magic, version, length and checksum of a header, zero; then the header, as JSON in ASCII."""

    def __init__(self, data: bytes, program: str) -> None:
        if len(data) < WEIGHTS_PREFIX or not data.startswith(WEIGHTS_MAGIC):
            raise RankerWeightsError("these bytes are not an inputs.bin of dinc")
        version, length, checksum, zero = struct.unpack("<4I", data[len(WEIGHTS_MAGIC) : WEIGHTS_PREFIX])
        if version != WEIGHTS_VERSION:
            raise RankerWeightsError(f"inputs.bin has version {version}, this module reads version {WEIGHTS_VERSION}")
        end = WEIGHTS_PREFIX + length
        if len(data) != -(-end // WEIGHTS_ALIGNMENT) * WEIGHTS_ALIGNMENT:
            raise RankerWeightsError(f"inputs.bin has {len(data)} bytes, but its header states another length")
        if zlib.crc32(data[WEIGHTS_PREFIX:]) != checksum or zero != 0:
            raise RankerWeightsError("inputs.bin was changed: its checksum does not match")
        header = json.loads(data[WEIGHTS_PREFIX:end])
        if header["program"] != program:
            raise RankerWeightsError("inputs.bin belongs to another model: compile inputs.py and inputs.bin together")
        self.run: str | None = header["run"]
        self.vocabularies: dict[str, list[str]] = dict(header["vocabularies"])
        self.transforms: dict[str, list[list[float]]] = dict(header["transforms"])

    def vocabulary(self, feature: str) -> list[str]:
        """The known values of a feature, in the order of their ids."""
        return self.vocabularies[feature]

    def learned(self, feature: str, place: int) -> list[float]:
        """What the transform at a place in a feature's pipe learned."""
        return self.transforms[feature][place]
