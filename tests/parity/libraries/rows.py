"""Rows of the zoo's columns, made from a seed: raw values for dinc, rows of tables for a library, and the files that
both read. A value outside the vocabulary is in some rows; no history is empty, which libraries treat differently."""

import csv
import json
import random
from pathlib import Path

USERS = [f"u{n}" for n in range(12)]
GENDERS = ["M", "F"]
AGES = [str(n) for n in (1, 18, 25, 35, 45, 50, 56, 99)]
OCCUPATIONS = [f"o{n}" for n in range(7)]
ITEMS = [f"i{n}" for n in range(15)]
GENRES = ["Action", "Comedy", "Drama", "Horror", "Romance"]
STEPS = 20

# By column: its values, and the columns whose vocabulary it has.
VALUES = {
    "user_id": USERS,
    "gender": GENDERS,
    "age": AGES,
    "occupation": OCCUPATIONS,
    "item_id": ITEMS,
    "genre": GENRES,
}
# Columns that are numbers for some models.
NUMBERS = ("age", "year")
HISTORIES = {"hist_item_id": "item_id", "hist_genre": "genre"}
USER = ["user_id", "gender", "age", "occupation"]
ITEM = ["item_id", "genre"]


def made_rows(count: int, seed: int, shortest: int = 1) -> list[dict]:
    """Raw values by column; lists for histories, of at least `shortest` steps."""
    chance = random.Random(seed)
    rows = []
    for _ in range(count):
        row = {column: chance.choice(values) for column, values in VALUES.items()}
        for column in ("user_id", "occupation", "item_id", "genre"):
            if chance.random() < 0.1:
                row[column] = "never-seen"
        steps = chance.randint(shortest, STEPS)
        for column, owner in HISTORIES.items():
            row[column] = [chance.choice([*VALUES[owner], "never-seen"]) for _ in range(steps)]
        rows.append(row)
    for row in rows:
        row["year"] = str(chance.randint(1970, 2005))
    return rows


def vocabularies(order: random.Random) -> dict[str, dict[str, int]]:
    """Rows of each value as FuxiCTR numbers them: padding first, values in any order, then unknown ones."""
    tables = {}
    for column, values in VALUES.items():
        shuffled = order.sample(values, len(values))
        tables[column] = {"__PAD__": 0} | {value: row for row, value in enumerate(shuffled, 1)}
        tables[column]["__OOV__"] = len(values) + 1
    for column, owner in HISTORIES.items():
        tables[column] = tables[owner]
    return tables


def encoded(column: str, value, tables: dict[str, dict[str, int]], numbers: tuple[str, ...] = ()):
    """The row of a value, or the number that it is; of a history all rows, padded in front."""
    if column in numbers:
        return [float(value)]
    rows = tables[column]
    if isinstance(value, list):
        steps = [rows.get(each, rows["__OOV__"]) for each in value]
        return [0] * (STEPS - len(steps)) + steps
    return rows.get(value, rows["__OOV__"])


def write_rows(folder: Path, rows: list[dict], scores: dict[str, list[float]]) -> None:
    """scored.csv, which `dinc import --golden` reads."""
    columns = [*rows[0], *scores]
    with open(folder / "scored.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns)
        for index, row in enumerate(rows):
            cells = ["|".join(each) if isinstance(each, list) else each for each in row.values()]
            table.writerow([*cells, *(f"{values[index]:.9g}" for values in scores.values())])


def write_vocabularies(folder: Path, tables: dict[str, dict[str, int]]) -> None:
    (folder / "feature_vocab.json").write_text(json.dumps(tables, indent=1))
