"""Scores rows by the Python package: rows.py dicts|columns|frame|duckdb ROWS.tsv ROWS.parquet"""

import importlib
import json
import sys
import time

form, text, parquet, package = sys.argv[1:]
AT_ONCE = 2048


def fail(error):
    print("MISSING " + str(error))
    sys.exit(0)


try:
    pandas = importlib.import_module("pandas") if form == "frame" else None
    duckdb = importlib.import_module("duckdb") if form == "duckdb" else None
    if form == "duckdb":
        importlib.import_module("pyarrow")
except ImportError as error:
    fail(error)

din = importlib.import_module(package)
ranker = din.Ranker()
names = ["item_id", "cate_id", "hist_item_id", "hist_cate_id"]
with open(text, encoding="utf-8") as lines:
    cells = [line.rstrip("\n").split("\t") for line in lines]
columns = {name: [row[i] for row in cells] for i, name in enumerate(names)}
for name in names[2:]:
    columns[name] = [steps.split(",") for steps in columns[name]]
count = len(cells)

if form == "dicts":
    requests = [
        (
            [{"item_id": item, "cate_id": cate}],
            {"clicks": [{"item_id": a, "cate_id": b} for a, b in zip(items, cates)]},
        )
        for item, cate, items, cates in zip(*columns.values())
    ]

    def score():
        return sum(float(ranker.rank(candidates, history=history)[0]) for candidates, history in requests)

elif form in ("columns", "frame"):
    parts = [
        {name: values[start : start + AT_ONCE] for name, values in columns.items()}
        for start in range(0, count, AT_ONCE)
    ]
    if form == "frame":
        parts = [pandas.DataFrame(part) for part in parts]

    def score():
        return sum(sum(map(float, ranker.score(part))) for part in parts)

else:
    connection = duckdb.connect(config={"threads": 1})
    din.register_duckdb(connection, ranker, "score")
    connection.execute("CREATE TABLE rows AS SELECT * FROM read_parquet(?)", [parquet])
    query = f"SELECT sum(score({', '.join(ranker.columns)})) FROM rows"

    def score():
        return connection.execute(query).fetchone()[0]


score()
started = time.perf_counter()
total = score()
seconds = time.perf_counter() - started
print("RESULT " + json.dumps({"rows": count, "seconds": seconds, "sum": total}))
