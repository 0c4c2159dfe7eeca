"""Calls that train many runs, compare runs, or continue from one; their results are tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import SPEC

import dinc


@pytest.fixture(scope="module")
def seeds(model: dinc.Model, frame: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> dinc.Seeds:
    """Two runs that differ in their seeds."""
    out = tmp_path_factory.mktemp("many") / "seeds"
    return model.train_seeds(frame[:240], valid=frame[240:], seeds=2, seed=7, epochs=1, out=out)


def test_folds_have_their_scores_and_means(model: dinc.Model, frame: pd.DataFrame, tmp_path: Path) -> None:
    found = model.cross_validate(
        frame, folds=2, validate={"rows": "random", "share": 0.5}, epochs=1, out=tmp_path / "folds"
    )
    assert found.scores["fold"].tolist() == [1, 2]
    assert found.scores["valid_rows"].sum() == len(frame)
    auc = found.metrics[found.metrics["metric"] == "auc"].iloc[0]
    assert auc["mean"] == pytest.approx(found.scores["valid_auc"].mean())
    assert [run.metrics["auc"] for run in found.runs] == found.scores["valid_auc"].tolist()
    assert "standard_error" in repr(found)
    assert "<table" in found._repr_html_()


def test_a_call_that_was_stopped_continues(model: dinc.Model, frame: pd.DataFrame, tmp_path: Path) -> None:
    def train(out: Path | None = None, on_event: Callable[[Any], None] | None = None) -> dinc.Seeds:
        # The first training is longer than an interruption takes to reach it.
        return model.train_seeds(frame, valid=frame[240:], seeds=2, epochs=300, out=out, on_event=on_event)

    def stop(event: Any) -> None:
        if event["kind"] == "epoch" and event["epoch"]["epoch"] == 1:
            raise KeyboardInterrupt

    folder = tmp_path / "seeds"
    with pytest.raises(dinc.Stopped) as caught:
        train(folder, stop)
    assert str(caught.value) == f"stopped; the same call continues in {folder}"
    assert caught.value.run is None
    assert [path.suffix for path in folder.iterdir()] == [".checkpoint"]
    assert len(train(folder).runs) == 2
    with pytest.raises(dinc.Stopped, match=r"^stopped$"):
        train(on_event=stop)


def test_a_search_that_was_stopped_continues(model: dinc.Model, frame: pd.DataFrame, tmp_path: Path) -> None:
    def search(resume: bool, on_event: Callable[[Any], None] | None = None) -> dinc.Tuned:
        return model.tune(
            frame,
            valid=frame[240:],
            ranges={"train.batch": "choice(32, 64)"},
            trials=2,
            epochs=1,
            out=tmp_path / "search",
            resume=resume,
            on_event=on_event,
        )

    def stop(event: Any) -> None:
        if event["kind"] == "backend":
            raise KeyboardInterrupt

    # Before the first training there is no checkpoint.
    with pytest.raises(dinc.Stopped, match=r"^stopped; resume=True continues in .*search$") as caught:
        search(False, stop)
    assert caught.value.checkpoint is None
    assert len(search(True).trials) == 2


def test_seeds_have_their_scores_and_deviations(seeds: dinc.Seeds) -> None:
    assert seeds.scores["seed"].tolist() == [7, 8]
    auc = seeds.metrics[seeds.metrics["metric"] == "auc"].iloc[0]
    assert auc["deviation"] == pytest.approx(seeds.scores["valid_auc"].std())
    assert seeds.run.folder in [run.folder for run in seeds.runs]


def test_options_that_make_no_sense_say_why(model: dinc.Model, run: dinc.Run, frame: pd.DataFrame) -> None:
    with pytest.raises(dinc.UsageError, match="`folds` with `prepared`: prepared rows were parted"):
        model.cross_validate(frame, folds=2, prepared="rows")
    with pytest.raises(dinc.UsageError, match="`evict_below` and `evict_unseen_days`: name the run"):
        model.train(frame, evict_below=2)
    with pytest.raises(TypeError, match="delimeter"):
        run.predict(frame, delimeter=";")


def test_periods_continue_from_one_another(tmp_path: Path) -> None:
    rows = 400
    log = pd.DataFrame(
        {
            "user_id": [f"u{row % 20}" for row in range(rows)],
            "item_id": [f"i{(7 * row) % 23}" for row in range(rows)],
            "price": [float((3 * row) % 17) for row in range(rows)],
            "click": [(7 * row) % 23 % 2 for row in range(rows)],
            "at": pd.date_range("2026-01-01", periods=rows, freq="15min"),
        }
    )
    spec = SPEC.replace("history clicks(max: 5) { item_id <-> hist_item_id }\n", "")
    model = dinc.Model(spec.replace(", mean(clicks)", ""))
    settings = {"data": {"time": "at", "since": "2026-01-01", "until": "2026-01-04"}}

    def train() -> dinc.Periods:
        return model.train_each(log, each="day", settings=settings, epochs=1, out=tmp_path / "days")

    first = train()
    assert first.table["state"].tolist() == ["trained"] * 3
    assert first.table["rows"].tolist() == [96] * 3
    assert first.run is not None
    assert first.run.folder.name == "2026-01-03"
    assert "before_train_auc" in first.table
    assert train().table["state"].tolist() == ["kept"] * 3


def test_an_ablation_is_a_table_of_parts(
    model: dinc.Model, frame: pd.DataFrame, seeds: dinc.Seeds, tmp_path: Path
) -> None:
    found = model.ablate(
        frame[:240],
        valid=frame[240:],
        only=["price"],
        noise=seeds,
        epochs=1,
        resamples=20,
        out=tmp_path / "ablation",
    )
    assert found.parts["part"].tolist() == ["price"]
    assert found.parts["is_noise"].notna().all()
    assert found.parts["auc_low"].iloc[0] <= found.parts["auc_high"].iloc[0]
    assert (found.split, found.rows) == ("valid", 60)
    assert found.report.exists()
    assert found.run.predict(frame).shape == (300, 2)


def test_a_comparison_has_differences_noise_and_a_test(seeds: dinc.Seeds, frame: pd.DataFrame) -> None:
    a, b = seeds.runs
    found = a.compare(b, frame[240:], noise=seeds, resamples=20)
    assert not found.same
    assert found.differences[found.differences["what"] == "seed"][["self", "other"]].values.tolist() == [
        ["7", "8"]
    ]
    assert found.test is not None
    auc = found.test[found.test["metric"] == "auc"].iloc[0]
    assert auc["difference"] == pytest.approx(b.metrics["auc"] - a.metrics["auc"])
    assert found.metrics["noise"].notna().any()
    assert "causes" in repr(found)
    assert a.compare(a).same


def test_a_training_continues_from_a_run(run: dinc.Run, frame: pd.DataFrame, tmp_path: Path) -> None:
    renamed = dinc.Model(SPEC.replace("price", "cost"))
    rows = frame.rename(columns={"price": "cost"})
    explained = renamed.explain_from(rows, from_=run, rename={"price": "cost"})
    assert [table["becomes"] for table in explained["tables"]] == ["kept"]
    further = renamed.train(
        rows, from_=run, rename={"price": "cost"}, evict_below=1000, new_ids="unknown", out=tmp_path / "next"
    )
    assert further.manifest["from"]["renamed"] == {"price": "cost"}
    assert further.weights["table.item_id"].shape == (2, 4)


def test_rows_are_tested_against_those_of_the_training(run: dinc.Run, frame: pd.DataFrame) -> None:
    expect = {"expect": {"columns": {"price": "missing <= 10 %"}}}
    assert run.test_data(frame, settings=expect).passed
    broken = frame.assign(price=[None if row % 2 else 1.0 for row in range(len(frame))])
    found = run.test_data(broken, settings=expect)
    assert not found.passed
    assert found.checks[~found.checks["holds"]]["column"].tolist() == ["price"]
    price = found.columns[found.columns["column"] == "price"].iloc[0]
    assert price["missing"] == pytest.approx(0.5)
    with pytest.raises(dinc.UsageError, match="either rows or"):
        run.test_data()


def test_items_have_vectors_by_two_towers(frame: pd.DataFrame, tmp_path: Path) -> None:
    spec = SPEC.replace(
        "concat(item_id, price, mean(clicks)) |> mlp([4], relu) |> dense(1) |> sigmoid",
        "sigmoid(dot(dense(mean(clicks), 4), dense(concat(item_id, price), 4)))",
    )
    run = dinc.Model(spec).train(frame, epochs=1, out=tmp_path / "towers")
    items = frame[["item_id", "price"]].drop_duplicates("item_id")
    found = run.item_vectors(items)
    assert found.ids == items["item_id"].tolist()
    assert found.vectors.shape == (len(items), 4)


def test_a_file_can_take_the_scores(run: dinc.Run, frame: pd.DataFrame, tmp_path: Path) -> None:
    written = run.predict(frame, out=tmp_path / "scores.parquet")
    assert pd.read_parquet(written)["click_logit"].tolist() == run.predict(frame)["click_logit"].tolist()


def test_a_spec_has_types_costs_and_a_style(model: dinc.Model, run: dinc.Run, tmp_path: Path) -> None:
    types = model.types().set_index("name")
    assert types.loc["item_id", "type"].iloc[0] == "Vec[4]"
    assert pd.isna(model.cost().tables.set_index("name").loc["item_id", "rows"])
    assert run.cost(candidates=10).tables.set_index("name").loc["item_id", "rows"] == 25
    assert run.cost(candidates=10).candidates == 10
    assert "flowchart" in model.draw("mermaid")
    assert dinc.format(dinc.format(SPEC)) == dinc.format(SPEC)
    assert "DIN0201" in dinc.explain("DIN0201")
    with pytest.raises(dinc.UsageError, match="no diagnostic is called nonsense"):
        dinc.explain("nonsense")
    assert (model.compile("ts", tmp_path / "module") / "model.weights.bin").exists()
