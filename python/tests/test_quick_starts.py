"""The programs of docs/quick-starts.md run on files of the shape that DeepCTR's and FuxiCTR's examples read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "quick-starts.md").read_text(encoding="utf-8")
PROGRAMS = [
    (part.splitlines()[0], part.split("```python\n")[1].split("```")[0]) for part in PAGE.split("\n### ")[1:]
]
LINES_HERE = [int(each) for each in re.findall(r"\| (\d+) \|$", PAGE, re.MULTILINE)]
LINES_THERE = [
    int(each)
    for each in re.findall(r"\| (\d+)(?:, and a base configuration)? \| \d+ \|$", PAGE, re.MULTILINE)
]
ROWS = 100


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quick-starts")
    random = np.random.default_rng(7)

    def some(*values: object, rows: int = ROWS) -> Any:
        return random.choice(np.array(values, dtype=object), rows)

    def ids(count: int) -> Any:
        return random.integers(1, count + 1, ROWS)

    hexes = [f"{each:08x}" for each in random.integers(0, 2**32, 9)]
    criteo = {"label": some(0, 1)}
    criteo |= {f"I{i}": some(-1.0, 0.0, 3.0, 260.0, None) for i in range(1, 14)}
    criteo |= {f"C{i}": some(*hexes, None) for i in range(1, 27)}
    pd.DataFrame(criteo).to_csv(folder / "criteo_sample.txt", index=False)

    movies = {"user_id": ids(60), "movie_id": ids(40), "rating": ids(5), "timestamp": ids(10**9)}
    movies |= {"title": some("Ed Wood (1994)"), "genres": some("Comedy|Drama", "Action|Thriller", "Drama")}
    movies |= {"gender": some("F", "M"), "age": some(1, 18, 25, 35), "occupation": ids(20), "zip": ids(90)}
    pd.DataFrame(movies).to_csv(folder / "movielens_sample.txt", index=False)
    (folder / "movielens_age_vocabulary.csv").write_text("1,1\n2,18\n3,25\n4,35\n5,45\n6,50\n7,56\n")

    columns = re.search(r'columns = """(.*?)"""', PAGE, re.DOTALL)
    assert columns is not None
    given: dict[str, Any] = {name: some(" Private", " Not in universe", " ?") for name in columns[1].split()}
    for name in ("age", "wage_per_hour", "num_emp", "weeks_worked", "instance_weight"):
        given[name] = ids(60)
    given |= {
        "marital_stat": some(" Never married", " Divorced"),
        "income_50k": some(" - 50000.", " 50000+."),
    }
    pd.DataFrame(given).to_csv(folder / "census-income.sample", index=False, header=False)

    fields = re.search(r'fields = """(.*?)"""', PAGE, re.DOTALL)
    assert fields is not None
    for split in ("train", "valid", "test"):
        ads = {"clk": some(0, 1), "time_stamp": some("2017-05-06 00:00:00", "2017-05-07 13:10:00")}
        ads |= {name: ids(20) for name in fields[1].split()}
        ads |= {"pvalue_level": some(1, 2, None), "click_sequence": some("170301^573514", "680144", None)}
        pd.DataFrame(ads).to_csv(folder / f"{split}_sample.csv", index=False)
        vectors: dict[str, Any] = {"feat1": random.normal(size=ROWS), "feat2": random.normal(size=ROWS)}
        vectors |= {
            "feat3": list(random.random((ROWS, 96), dtype=np.float32)),
            "label": random.integers(0, 2, ROWS) * 1.0,
        }
        pd.DataFrame(vectors).to_parquet(folder / f"{split}.parquet")
    np.savez(folder / "userid_emb_dim8.npz", key=np.arange(1, 25), value=random.normal(size=(24, 8)))
    return folder


@pytest.mark.parametrize("title, program", PROGRAMS, ids=[title for title, _ in PROGRAMS])
def test_a_program_of_the_page_runs(
    title: str, program: str, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(files)
    names: dict[str, Any] = {}
    exec(compile(program, title, "exec"), names)
    assert names["model"].features


def test_the_table_counts_the_lines_of_each_program() -> None:
    counted = [
        sum(1 for line in program.splitlines() if line.strip() and not line.strip().startswith("#"))
        for _, program in PROGRAMS
    ]
    assert counted == LINES_HERE
    assert len(LINES_THERE) == len(counted)
    assert all(here < there for here, there in zip(counted, LINES_THERE, strict=True))
