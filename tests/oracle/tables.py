"""Writes tables as files of any kind that docs/data.md names: CSV, TSV, JSON and Parquet, whole or in several files, packed or not.

A cell is None, a text, an int, a float, a bool, a list of texts, or of the kind "time" an instant in microseconds.
"""

import gzip
import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import duckdb

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
UNITS = {"seconds": 1_000_000, "milliseconds": 1000, "microseconds": 1}
TYPES = {"text": "VARCHAR", "int": "BIGINT", "number": "DOUBLE", "bool": "BOOLEAN", "texts": "VARCHAR[]"}


def moment(instant, zone=timezone.utc):
    return (EPOCH + timedelta(microseconds=instant)).astimezone(zone)


@dataclass
class Clock:
    """How a column writes its times: as numbers, with offsets, or by the clocks of a zone."""

    form: str
    zone: str | None = None

    @staticmethod
    def random(random, instants, zone=None, zoned=True):
        forms = ["Z", "offsets", "microseconds", "nanoseconds", "TIMESTAMP", "TIMESTAMPTZ"]
        if zone is None or not zoned:
            forms += ["naive"]
        else:
            forms += ["naive"] * 3
        for unit, size in UNITS.items():
            if size > 1 and all(each % size == 0 for each in instants):
                forms.append(unit)
        return Clock(random.choice(forms), zone if zoned else None)

    def type(self):
        numbers = (*UNITS, "nanoseconds")
        return "BIGINT" if self.form in numbers else self.form if "TIMESTAMP" in self.form else "VARCHAR"

    def write(self, instant, random, is_parquet):
        if self.form in UNITS:
            return instant // UNITS[self.form]
        if self.form == "nanoseconds":
            return instant * 1000
        if self.form == "offsets":
            minutes = random.choice([0, 60, 330, -480])
            local = moment(instant, timezone(timedelta(minutes=minutes)))
            return written(local) + offset(minutes, random)
        if self.form in ("Z", "TIMESTAMPTZ"):
            return written(moment(instant), random.choice("T ")) + "Z"
        local = moment(instant, ZoneInfo(self.zone or "UTC"))
        # An hour that a clock shows twice is taken for the earlier one: the later one says its offset.
        minutes = round(local.utcoffset().total_seconds() / 60)
        if local.fold and not (is_parquet and self.form == "TIMESTAMP"):
            return written(local) + offset(minutes, random)
        return written(local, random.choice("T "))


def written(time, between="T"):
    text = time.strftime(f"%Y-%m-%d{between}%H:%M:%S")
    return text + (f".{time.microsecond:06d}" if time.microsecond else "")


def offset(minutes, random):
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}{random.choice([':', ''])}{rest:02d}"


@dataclass
class Table:
    name: str
    """By column its kind; of a column of times its Clock."""
    columns: dict
    rows: list
    """Of which kind its files are; any where nothing is said."""
    kind: str | None = None


@dataclass
class Style:
    """How all files of a project are written: what `data.csv` says of it."""

    delimiter: str | None
    decimal: str

    @staticmethod
    def random(random):
        decimal = random.choice([".", ".", ".", ","])
        return Style(";" if decimal == "," else random.choice([None, None, None, ";", "|~", "\x01"]), decimal)

    def settings(self):
        given = {} if self.delimiter is None else {"delimiter": self.delimiter}
        return given | ({} if self.decimal == "." else {"decimal": self.decimal})


def write_table(table, folder, style, random):
    """Writes the files, and gives what dinc.yaml calls them."""
    kind = table.kind or random.choice(["csv", "csv", "json", "parquet"])
    parts = cut(table.rows, random.choice([1, 1, 1, 2, 3]), random)
    within = os.path.join(folder, table.name)
    os.makedirs(within)
    paths = []
    for number, rows in enumerate(parts):
        ending = {"csv": random.choice(["csv", "tsv"]), "json": "jsonl", "parquet": "parquet"}[kind]
        # Of an empty list nothing says the columns: it has a line of JSON at least.
        if kind == "json" and rows and random.random() < 0.5:
            ending = "json"
        packed = ".gz" if kind != "parquet" and random.random() < 0.2 else ""
        path = os.path.join(within, f"{'abc'[number]}.{ending}{packed}")
        names = random.sample(list(table.columns), len(table.columns))
        cells = [{name: cell(row, name, table, random, kind) for name in names} for row in rows]
        if kind == "parquet":
            write_parquet(path, names, table, cells)
        else:
            text = csv(names, cells, ending, style, random) if kind == "csv" else jsons(cells, ending)
            with (gzip.open if packed else open)(path, "wt", encoding="utf-8", newline="") as file:
                file.write(text)
        paths.append(os.path.relpath(path, folder))
    forms = [paths, table.name, f"{table.name}/*"]
    return paths[0] if len(paths) == 1 and random.random() < 0.5 else random.choice(forms)


def cut(rows, pieces, random):
    pieces = min(pieces, len(rows))
    bounds = [0, *sorted(random.sample(range(1, len(rows)), pieces - 1)), len(rows)] if rows else [0, 0]
    return [rows[start:end] for start, end in zip(bounds, bounds[1:])]


def cell(row, name, table, random, kind):
    value, column = row[name], table.columns[name]
    return (
        column.write(value, random, kind == "parquet")
        if isinstance(column, Clock) and isinstance(value, int)
        else value
    )


def csv(names, rows, ending, style, random):
    delimiter = style.delimiter or ("\t" if ending == "tsv" else ",")

    def quoted(value):
        if value is None:
            return ""
        if isinstance(value, bool):
            return random.choice(["true", "True"] if value else ["false", "False"])
        if isinstance(value, float):
            text = f"{value:g}".replace(".", style.decimal)
        else:
            text = "|".join(value) if isinstance(value, list) else str(value)
        needed = any(sign in text for sign in (*delimiter, '"', "\n"))
        return f'"{text.replace(chr(34), chr(34) * 2)}"' if needed or random.random() < 0.1 else text

    lines = [names, *([row[name] for name in names] for row in rows)]
    return "".join(delimiter.join(map(quoted, line)) + "\n" for line in lines)


def jsons(rows, ending):
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    return "[" + ",\n".join(lines) + "]" if ending == "json" else "".join(line + "\n" for line in lines)


def write_parquet(path, names, table, rows):
    kinds = {name: table.columns[name] for name in names}
    types = {name: kind.type() if isinstance(kind, Clock) else TYPES[kind] for name, kind in kinds.items()}
    with open(path + ".jsonl", "w", encoding="utf-8") as file:
        file.write(jsons(rows, "jsonl"))
    # As texts first: DuckDB's reader of JSON would take wide numbers for doubles.
    columns = ", ".join(f"'{name}': '{kind if kind.endswith('[]') else 'VARCHAR'}'" for name, kind in types.items())
    casts = ", ".join(f'"{name}"::{kind} AS "{name}"' for name, kind in types.items())
    source = f"read_json('{path}.jsonl', format = 'newline_delimited', columns = {{{columns}}})"
    duckdb.sql(f"COPY (SELECT {casts} FROM {source}) TO '{path}' (FORMAT parquet)")
    os.remove(path + ".jsonl")
