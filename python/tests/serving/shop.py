"""A trained shop: two runs of one spec, compiled for both back ends once for all tests."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]

SPEC = """model shop
features user {
  user_id : id(min_count: 2)  embed 4
  age     : number(missing: 40) |> standardize
}
features context { hour : int(0..23)  embed 2 }
features item {
  item_id : id  embed 8
  cate_id : id  embed 4
  price   : number |> log1p
  tags    : set(id, max: 3)  embed 2
}
history clicks(max: 6) { item_id <-> hist_item_id  cate_id <-> hist_cate_id }
label click : binary
label rating : int(1..5)
block unit(query: Vec[d], key: Vec[d]) -> Vec[1] {
  concat(query, key, query * key) |> dense(8, sigmoid) |> dense(1)
}
net {
  let target = concat(item_id, cate_id)
  let interest = sum(softmax(unit(target, clicks)) * clicks)
  let all = concat(user_id, age, hour, price, tags, target, interest) |> dense(16, relu)
  predict click = all |> dense(1) |> sigmoid
  predict rating = all |> dense(5) |> softmax
}
train { optimizer adam(learning_rate: 1e-2) epochs 1 batch 32 }
"""

CATEGORIES = ["Soaps", "Hair", "Nails & more", "Düfte"]
ITEMS = {f"B{i:03}": CATEGORIES[i % 4] for i in range(40)}


def rows_of_shop(seed: int, count: int) -> list[dict[str, Any]]:
    draw = random.Random(seed)
    rows = []
    for _ in range(count):
        item = draw.choice(list(ITEMS))
        clicked = [draw.choice(list(ITEMS)) for _ in range(draw.randrange(9))]
        rows.append(
            {
                "user_id": draw.randrange(50),
                "age": draw.choice([None, draw.randrange(18, 70)]),
                "hour": draw.randrange(24),
                "item_id": item,
                "cate_id": ITEMS[item],
                "price": round(30 * draw.random(), 2),
                "tags": draw.sample(["new", "sale", "eco"], draw.randrange(3)),
                "hist_item_id": clicked,
                "hist_cate_id": [ITEMS[each] for each in clicked],
                "click": draw.randrange(2),
                "rating": draw.randrange(1, 6),
            }
        )
    return rows


class Shop:
    """A folder with runs and what they are compiled to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows = rows_of_shop(1, 200)
        self.write("rows.jsonl", self.rows)
        for name, epochs in (("monday", 1), ("tuesday", 2)):
            (folder / f"{name}.din").write_text(
                SPEC.replace("epochs 1", f"epochs {epochs}"), encoding="utf-8"
            )
            (folder / f"{name}.yaml").write_text(f"spec: {name}.din\ndata:\n  train: rows.jsonl\n")
            self.dinc("train", "-c", f"{name}.yaml", "--out", name)
        for name in ("monday", "tuesday"):
            self.dinc("compile", name, "--target", "c", "--bindings", "python", "--out", f"{name}-c")
        self.dinc("compile", "monday", "--target", "onnx", "--out", "monday-onnx")

    def dinc(self, *arguments: str) -> str:
        command = ["node", str(ROOT / "bin" / "dinc.js"), *arguments]
        ran = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def write(self, name: str, rows: list[dict[str, Any]]) -> None:
        with (self.folder / name).open("w", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(row)}\n" for row in rows)

    def predictions(self, rows: list[dict[str, Any]]) -> list[dict[str, float]]:
        """What `dinc predict` writes for rows."""
        self.write("given.jsonl", rows)
        self.dinc("predict", "monday", "--data", "given.jsonl", "--out", "given.csv")
        heading, *lines = (self.folder / "given.csv").read_text().splitlines()
        return [dict(zip(heading.split(","), map(float, line.split(",")), strict=True)) for line in lines]
