"""Training and scoring give the same bits as the command line, whatever library the rows come from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from conftest import SPEC

import dinc


def command(*arguments: str, folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "dinc", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def by_command(tmp_path_factory: pytest.TempPathFactory, frame: pd.DataFrame) -> Path:
    """The same training and its scores, by the command line."""
    folder = tmp_path_factory.mktemp("command")
    (folder / "model.din").write_text(SPEC)
    (folder / "dinc.yaml").write_text("data: { train: train.parquet, valid: valid.parquet }\n")
    frame[:240].to_parquet(folder / "train.parquet", index=False)
    frame[240:].to_parquet(folder / "valid.parquet", index=False)
    command("train", "model.din", "-c", "dinc.yaml", "--out", "run", folder=folder)
    command("predict", "run", "--data", "valid.parquet", "--out", "scores.parquet", folder=folder)
    return folder


def test_weights_have_the_bits_of_the_command(run: dinc.Run, by_command: Path) -> None:
    other = dinc.Run.open(by_command / "run")
    assert sorted(run.weights) == sorted(other.weights)
    assert "table.item_id" in run.weights
    for name, values in run.weights.items():
        assert np.array_equal(values, other.weights[name]), name
    assert run.metrics == other.metrics


def test_scores_have_the_bits_of_the_command(run: dinc.Run, by_command: Path, frame: pd.DataFrame) -> None:
    expected = pq.read_table(by_command / "scores.parquet")
    scores = run.predict(frame[240:])
    assert scores["click_logit"].tolist() == expected["click_logit"].to_pylist()
    assert list(scores.columns) == ["click_logit", "click_probability"]


def test_scores_have_the_index_of_the_rows(run: dinc.Run, frame: pd.DataFrame) -> None:
    shuffled = frame.sample(frac=1, random_state=1)
    scores = run.predict(shuffled)
    assert scores.index.equals(shuffled.index)
    assert scores.sort_index().equals(run.predict(frame))


def test_rows_of_every_library_have_the_same_scores(
    run: dinc.Run, frame: pd.DataFrame, tmp_path: Path
) -> None:
    expected = run.predict(frame)["click_logit"].tolist()
    table = pa.Table.from_pandas(frame, preserve_index=False)
    path = tmp_path / "rows.parquet"
    pq.write_table(table, path)
    polars = pl.DataFrame(table)
    assert run.predict(polars)["click_logit"].to_list() == expected
    assert isinstance(run.predict(polars), pl.DataFrame)
    assert isinstance(run.predict(polars.lazy()), pl.DataFrame)
    for rows in (
        table,
        ds.dataset(path),
        path,
        str(path),
        table.to_pydict(),
        table.combine_chunks().to_batches()[0],
    ):
        assert run.predict(rows)["click_logit"].to_pylist() == expected


def test_a_row_that_is_left_out_has_no_score(run: dinc.Run, frame: pd.DataFrame) -> None:
    broken = frame.head(4).astype({"price": object})
    broken.loc[1001, "price"] = None
    with pytest.raises(dinc.DincError) as caught:
        run.predict(broken)
    assert caught.value.diagnostics[0].row == 2
    with pytest.warns(dinc.DincWarning):
        scores = run.predict(broken, on_bad_row="skip")
    assert scores["click_logit"].isna().tolist() == [False, True, False, False]


def test_a_run_tells_about_its_training(run: dinc.Run, frame: pd.DataFrame) -> None:
    assert run.name == "small"
    assert run.history.index.tolist() == [1, 2]
    assert list(run.history) == ["train_loss", "valid_auc", "valid_gauc", "valid_log_loss"]
    assert run.metrics["auc"] == run.history["valid_auc"].iloc[-1]
    assert run.report.exists()
    assert run.model.text == SPEC
    evaluated = run.evaluate(frame[240:])
    assert evaluated["auc"] == run.metrics["auc"]
    assert evaluated.rows == 60


def test_a_run_without_a_name_can_be_saved(model: dinc.Model, frame: pd.DataFrame, tmp_path: Path) -> None:
    unnamed = model.train(frame, epochs=1, valid=frame)
    saved = unnamed.save(tmp_path / "kept")
    assert saved.folder == tmp_path / "kept"
    assert saved.predict(frame).equals(unnamed.predict(frame))


def test_an_event_log(tmp_path: Path) -> None:
    log = pd.DataFrame(
        {
            "user_id": [f"u{row % 20}" for row in range(400)],
            "item_id": [f"i{(7 * row) % 23}" for row in range(400)],
            "at": pd.date_range("2026-01-01", periods=400, freq="h", tz="Europe/Berlin"),
        }
    )
    spec = SPEC.replace("  price   : number |> standardize\n", "").replace("item_id, price,", "item_id,")
    events = {"user": "user_id", "item": "item_id", "order": "at"}
    run = dinc.Model(spec).train(log, events=events, epochs=1, out=tmp_path / "run")
    assert run.manifest["data"]["trainRows"] > 0


def test_settings_of_a_file_and_of_a_dict_are_the_same(
    model: dinc.Model, run: dinc.Run, frame: pd.DataFrame, tmp_path: Path
) -> None:
    settings = tmp_path / "dinc.yaml"
    settings.write_text("train: { epochs: 1 }\n")
    by_file = model.train(frame, settings=settings, out=tmp_path / "a")
    by_dict = model.train(frame, settings={"train": {"epochs": 1}}, out=tmp_path / "b")
    for name, values in by_file.weights.items():
        assert np.array_equal(values, by_dict.weights[name])


def test_the_other_calls_of_a_run(run: dinc.Run, frame: pd.DataFrame, tmp_path: Path) -> None:
    parts = run.importance(frame, repeats=1)
    assert set(parts["part"]) == {"item_id", "price", "clicks"}
    vectors = run.embeddings("item_id")
    assert vectors.vectors.shape == (len(vectors.ids), 4)
    assert set(vectors.ids) == set(frame["item_id"])
    assert np.array_equal(vectors.vectors, run.weights["table.item_id"][2:])
    saved = run.save(tmp_path / "saved")
    assert run.compare(saved).same
    before = saved.predict(frame)
    assert saved.calibrate(frame)["method"] == "platt"
    assert not saved.predict(frame).equals(before)
    assert saved.predict(frame, uncalibrated=True).equals(before)
    assert saved.uncalibrate()
    assert (run.compile("ts", tmp_path / "module") / "model.weights.bin").exists()
    assert dinc.runs(tmp_path)["run"].tolist() == ["saved"]


def test_a_draft_trains(frame: pd.DataFrame) -> None:
    draft = dinc.init(frame)
    assert "item_id <-> hist_item_id" in draft.spec
    assert draft.model().labels == ["click"]
    assert any(guess["column"] == "price" for guess in draft.guesses)


def test_prepared_rows_train_to_the_same_weights(
    model: dinc.Model, run: dinc.Run, frame: pd.DataFrame, tmp_path: Path
) -> None:
    folder = model.prepare(frame[:240], valid=frame[240:], out=tmp_path / "rows")
    trained = model.train(prepared=folder, out=tmp_path / "run")
    for name, values in run.weights.items():
        assert np.array_equal(values, trained.weights[name])


def test_tuning(model: dinc.Model, frame: pd.DataFrame, tmp_path: Path) -> None:
    ranges = {"train.batch": "choice(32, 64)"}
    tuned = dinc.tune(
        model, frame[:240], valid=frame[240:], ranges=ranges, trials=2, parallel=1, out=tmp_path / "search"
    )
    assert tuned.report.exists()
    assert len(tuned.trials) >= 2
    assert tuned.run.predict(frame).shape == (300, 2)
