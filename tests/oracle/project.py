"""A random project as the oracle knows it, and how rows of `dinc prepare` are compared with those that it expects."""

import glob
import json
import os
from collections import Counter
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import duckdb
from tables import Table, moment, write_table

DAYS_OF_2000 = 10957
UNKNOWN = "an unknown value"


@dataclass
class Kind:
    """A feature, or a field of a history: how the spec declares it, and what becomes of its values."""

    kind: str
    """By which name its vocabulary goes: that of the feature which it is bound to."""
    vocabulary: str | None = None
    min_count: int = 1
    max: int = 0
    default: float | None = None
    zone: str | None = None

    def text(self):
        counted = f"min_count: {self.min_count}"
        return {
            "id": f"id({counted}, missing: unknown)",
            "number": "number" if self.default is None else f"number(missing: {self.default:g})",
            "time": "time",
            "hour": f'hour(zone: "{self.zone}")',
            "set": f"set(id({counted}), max: {self.max})",
        }[self.kind] + ("" if self.kind in ("number", "time") else "  embed 2")

    def texts(self, value):
        """The values of a vocabulary that a cell holds."""
        if self.vocabulary is None or value is None:
            return []
        return list(dict.fromkeys(map(str, value)))[: self.max] if self.kind == "set" else [str(value)]

    def encoded(self, value, vocabularies):
        if self.kind == "number":
            return float(self.default if value is None else value)
        if self.kind == "time":
            days, seconds = divmod(value // 1_000_000, 86_400)
            return [float(days - DAYS_OF_2000), float(seconds)]
        if self.kind == "hour":
            return 2 + moment(value, ZoneInfo(self.zone)).hour
        known = [each if each in vocabularies[self.vocabulary] else UNKNOWN for each in self.texts(value)]
        return known if self.kind == "set" else (known or [UNKNOWN])[0]


@dataclass
class Row:
    """Raw values: of features, of the steps of histories, and of labels, None where a row has none."""

    features: dict
    steps: dict
    labels: dict


@dataclass
class Project:
    features: dict
    """By scope the names of features."""
    scopes: dict
    """By history its `max` and its fields."""
    histories: dict
    """By label its kind in the spec."""
    labels: dict
    settings: dict = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)

    def kinds(self):
        """By column of prepared rows."""
        fields = {f"{name}.{each}": kind for name, (_, kinds) in self.histories.items() for each, kind in kinds.items()}
        return self.features | fields

    def spec(self):
        scopes = "".join(
            f"features {scope} {{\n" + "".join(f"  {name} : {self.features[name].text()}\n" for name in names) + "}\n"
            for scope, names in self.scopes.items()
            if names
        )
        histories, read = "", []
        for name, (longest, fields) in self.histories.items():
            lines = [
                f"  {each} <-> {name}_{each}\n" if each in self.features else f"  {each} : {kind.text()}\n"
                for each, kind in fields.items()
            ]
            histories += f"history {name}(max: {longest}) {{\n{''.join(lines)}}}\n"
            read += [
                f"mean(now - {name}.{each})" if kind.kind == "time" else f"mean({name}.{each})"
                for each, kind in fields.items()
            ]
        read = [name for name, kind in self.features.items() if kind.kind != "time" and name != "shown_at_place"] + read
        labels = "".join(f"label {name} : {kind}\n" for name, kind in self.labels.items())
        predicted = "".join(
            f"  predict {name} = x |> dense(1){' |> sigmoid' if kind.startswith('binary') else ''}\n"
            for name, kind in self.labels.items()
        )
        return (
            f"model random\n\n{scopes}{histories}{labels}\n"
            f"net {{\n  let x = concat({', '.join(read)}) |> dense(2)\n{predicted}}}\ntrain {{ batch 8  epochs 1 }}\n"
        )

    def write(self, folder, style, random):
        os.makedirs(folder)
        paths = {table.name: write_table(table, folder, style, random) for table in self.tables}
        settings = fill(self.settings, paths)
        if style.settings():
            settings["csv"] = style.settings()
        with open(os.path.join(folder, "model.din"), "w", encoding="utf-8") as file:
            file.write(self.spec())
        # JSON is YAML.
        with open(os.path.join(folder, "dinc.yaml"), "w", encoding="utf-8") as file:
            json.dump({"spec": "model.din", "data": settings}, file, indent=1, ensure_ascii=False)


@dataclass
class Path:
    """Stands in settings for the files of a table."""

    table: str


def fill(settings, paths):
    if isinstance(settings, Path):
        return paths[settings.table]
    if isinstance(settings, dict):
        return {key: fill(each, paths) for key, each in settings.items()}
    return settings


class Prepared:
    """The folder that `dinc prepare` wrote: docs/prepared-rows.md."""

    def __init__(self, folder, project):
        self.description = json.load(open(os.path.join(folder, "prepared.json"), encoding="utf-8"))
        self.vocabularies = {
            os.path.basename(path).removesuffix(".jsonl"): [json.loads(line) for line in open(path, encoding="utf-8")]
            for path in glob.glob(os.path.join(folder, "vocab", "*.jsonl"))
        }
        self.splits = {split: self.read(folder, split, project) for split in self.description["splits"]}

    def content(self):
        """What the rows and vocabularies are, to the last bit."""
        shards = {
            shard["file"]: shard["sha256"] for split in self.description["splits"].values() for shard in split["shards"]
        }
        return shards, self.vocabularies

    def left_out(self):
        """How many rows and events were left out, where the sum of the reasons agrees with it."""
        told = {"rows": 0, "events": 0}
        for each in self.description["data"]["leftOut"]:
            reasons = sum(kind["rows"] for kind in each["kinds"])
            told[each.get("as", "rows")] += each["bad"] if each["bad"] == reasons else float("nan")
        return told

    def read(self, folder, split, project):
        rows = duckdb.sql(f"FROM read_parquet('{folder}/{split}/*.parquet')")
        found = [dict(zip(rows.columns, row)) for row in rows.fetchall()]
        for row in found:
            for name, kind in project.kinds().items():
                words = self.vocabularies.get(kind.vocabulary)
                if words is not None:
                    row[name] = named(row[name], words)
        # Training rows are stored in a random order, with their numbers.
        return sorted(found, key=lambda row: row["row/number"]) if split == "train" else found


def named(ids, words):
    if isinstance(ids, list):
        return [named(each, words) for each in ids]
    return UNKNOWN if ids == 1 else words[ids - 2]


def vocabularies(project, rows):
    """By name the values that stand in at least `min_count` places of training rows."""
    counts = {}
    least = {}
    for kind in project.kinds().values():
        if kind.vocabulary is not None:
            least[kind.vocabulary] = kind.min_count
            counts[kind.vocabulary] = Counter()
    for row in rows:
        for name, kind in project.features.items():
            if kind.vocabulary is not None:
                counts[kind.vocabulary].update(kind.texts(row.features[name]))
        for name, (_, fields) in project.histories.items():
            for step in row.steps[name]:
                for each, kind in fields.items():
                    if kind.vocabulary is not None:
                        counts[kind.vocabulary].update(kind.texts(step[each]))
    return {name: {value for value, n in each.items() if n >= least[name]} for name, each in counts.items()}


def encoded(project, row, known):
    """A row as `dinc prepare` writes it, with values for ids."""
    columns = {name: kind.encoded(row.features[name], known) for name, kind in project.features.items()}
    for name, (_, fields) in project.histories.items():
        for each, kind in fields.items():
            columns[f"{name}.{each}"] = [kind.encoded(step[each], known) for step in row.steps[name]]
    for name, value in row.labels.items():
        if "missing" in project.labels[name]:
            columns[f"present/{name}"] = float(value is not None)
        columns[f"label/{name}"] = float(value or 0)
        if "weight" in project.labels[name]:
            columns[f"weight/{name}"] = float(row.features["shown_at_place"])
    return columns


def differences(split, expected, found):
    """In words, where rows are not those that are expected."""
    if len(expected) != len(found):
        return [f"{split}: {len(found)} rows, not {len(expected)}"]
    return [
        f"{split} row {number}: {name} is {row.get(name)!r}, not {value!r}"
        for number, (columns, row) in enumerate(zip(expected, found))
        for name, value in columns.items()
        if row.get(name) != value
    ]


def wrong_vocabularies(prepared, known):
    return [
        f"vocabulary {name}: {sorted(prepared.vocabularies[name])}, not {sorted(words)}"
        for name, words in known.items()
        if sorted(prepared.vocabularies[name]) != sorted(words)
    ]
