"""`dinc.sklearn.Ranker` keeps the conventions of scikit-learn, and trains to the bits of `Model.train`."""

from __future__ import annotations

import copy
import gc
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import SPEC
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import dinc
from dinc._temporary import temporary_folder
from dinc.sklearn import Ranker

WITH_RATE = SPEC.replace("history", "param rate = 1e-2\nhistory").replace(
    "learning_rate: 1e-2", "learning_rate: rate"
)


@parametrize_with_checks([Ranker(epochs=3, batch=8, learning_rate=3e-2, threads=1)])  # type: ignore[untyped-decorator]
def test_conventions(estimator: Ranker, check: Any) -> None:
    check(estimator)


@pytest.fixture(scope="module")
def X(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns="click")


@pytest.fixture(scope="module")
def y(frame: pd.DataFrame) -> pd.Series[int]:
    return frame["click"]


@pytest.fixture(scope="module")
def ranker(X: pd.DataFrame, y: pd.Series[int]) -> Ranker:
    """A fitted ranker, which tests only read."""
    return Ranker(SPEC).fit(X[:240], y[:240], eval_set=(X[240:], y[240:]))


def test_training_and_scores_have_the_bits_of_the_model(
    ranker: Ranker, run: dinc.Run, frame: pd.DataFrame
) -> None:
    for name, values in run.weights.items():
        assert_array_equal(values, ranker.run_.weights[name])
    assert ranker.run_.metrics == run.metrics
    X = frame.drop(columns="click")
    expected = run.predict(frame)
    assert_array_equal(ranker.decision_function(X), expected["click_logit"])
    assert_array_equal(ranker.predict_proba(X)[:, 1], expected["click_probability"])
    assert_array_equal(ranker.predict(X), expected["click_probability"] > 0.5)
    assert ranker.score(X, frame["click"]) == np.mean((expected["click_probability"] > 0.5) == frame["click"])


def test_rows_of_every_library_have_the_same_scores(
    ranker: Ranker, X: pd.DataFrame, y: pd.Series[int]
) -> None:
    expected = ranker.predict_proba(X)
    for library in (pl.from_pandas(X), pa.Table.from_pandas(X, preserve_index=False)):
        assert_array_equal(ranker.predict_proba(library), expected)
        fitted = Ranker(SPEC, epochs=1).fit(library, y)
        assert list(fitted.feature_names_in_) == list(X.columns)
        assert fitted.n_features_in_ == 4
        assert_array_equal(fitted.predict_proba(X), Ranker(SPEC, epochs=1).fit(X, y).predict_proba(X))


def test_users_are_kept_apart(X: pd.DataFrame, y: pd.Series[int]) -> None:
    scores = cross_val_score(
        Ranker(SPEC), X, y, groups=X["user_id"], cv=GroupKFold(2), scoring="roc_auc", n_jobs=2
    )
    assert scores.shape == (2,)
    train, test = next(GroupKFold(2).split(X, y, X["user_id"]))
    fitted = Ranker(SPEC).fit(X.iloc[train], y.iloc[train])
    assert scores[0] == roc_auc_score(y.iloc[test], fitted.decision_function(X.iloc[test]))


def test_a_search_over_params_of_the_spec(X: pd.DataFrame, y: pd.Series[int]) -> None:
    search = GridSearchCV(
        Ranker(WITH_RATE, epochs=1),
        {"params__rate": [1e-5, 1e-1], "batch": [32]},
        cv=2,
        scoring="neg_log_loss",
    )
    search.fit(X, y)
    assert search.best_params_ == {"params__rate": 1e-1, "batch": 32}
    manifest = search.best_estimator_.run_.manifest
    assert manifest["params"] == {"rate": 0.1}
    assert search.best_estimator_.get_params()["params__rate"] == 0.1


def test_params_are_not_shared_with_clones() -> None:
    ranker = Ranker(WITH_RATE, params={"rate": 1e-3})
    other = clone(ranker).set_params(params__rate=1e-2)
    assert ranker.params == {"rate": 1e-3}
    assert other.params == {"rate": 1e-2}
    assert make_pipeline(other).set_params(ranker__params__rate=1e-1).get_params()["ranker__params"] == {
        "rate": 0.1
    }


def test_a_step_of_a_pipeline(X: pd.DataFrame, y: pd.Series[int]) -> None:
    scaled = make_column_transformer(
        (StandardScaler(), ["price"]), remainder="passthrough", verbose_feature_names_out=False
    )
    spec = SPEC.replace(" |> standardize", "")
    pipeline = make_pipeline(scaled.set_output(transform="pandas"), Ranker(spec, epochs=1))
    by_hand = X.assign(price=StandardScaler().fit_transform(X[["price"]])[:, 0])
    expected = Ranker(spec, epochs=1).fit(by_hand, y).predict_proba(by_hand)
    assert_array_equal(pipeline.fit(X, y).predict_proba(X), expected)


def test_classes_are_words(ranker: Ranker, X: pd.DataFrame, y: pd.Series[int]) -> None:
    words = y.map({0: "not", 1: "yes"})
    fitted = Ranker(SPEC).fit(X[:240], words[:240], eval_set=[(X[240:], words[240:])])
    assert list(fitted.classes_) == ["not", "yes"]
    assert_array_equal(fitted.predict_proba(X), ranker.predict_proba(X))
    assert_array_equal(fitted.predict(X), np.array(["not", "yes"])[ranker.predict(X)])


def test_specs_of_every_form(X: pd.DataFrame, y: pd.Series[int], tmp_path: Path) -> None:
    path = tmp_path / "model.din"
    path.write_text(WITH_RATE)
    forms: list[Any] = [
        WITH_RATE,
        path,
        str(path),
        dinc.Model(WITH_RATE),
        dinc.Model(WITH_RATE, params={"rate": 1.0}),
    ]
    scores = [Ranker(form, params={"rate": 1e-3}, epochs=1).fit(X, y).predict_proba(X) for form in forms]
    for each in scores[1:]:
        assert_array_equal(each, scores[0])


def test_without_a_spec_one_is_drafted(X: pd.DataFrame, y: pd.Series[int]) -> None:
    fitted = Ranker().fit(X, y)
    assert fitted.run_.model.text == dinc.init(X.assign(click=y), label="click").spec
    assert fitted.label_ == "click"


def test_columns_without_names_are_those_of_an_array() -> None:
    rows = np.random.default_rng(0).normal(size=(50, 2))
    truth = rows.sum(axis=1) > 0
    fitted = Ranker(epochs=1).fit(rows, truth)
    assert not hasattr(fitted, "feature_names_in_")
    assert fitted.run_.model.features == ["x0", "x1"]
    assert_array_equal(fitted.predict_proba(pd.DataFrame(rows)), fitted.predict_proba(rows))


def test_the_last_rows_validate(X: pd.DataFrame, y: pd.Series[int]) -> None:
    assert Ranker(SPEC, epochs=1).fit(X, y).run_.manifest["data"]["validRows"] == 0
    fitted = Ranker(SPEC, validation_fraction=0.2).fit(X, y)
    assert fitted.run_.manifest["data"]["validRows"] == 60
    assert fitted.run_.history["valid_auc"].notna().all()
    expected = fitted.run_.evaluate(X.assign(click=y)[240:]).metrics
    assert fitted.run_.metrics["auc"] == expected["auc"]


def test_the_seed(X: pd.DataFrame, y: pd.Series[int]) -> None:
    def weights(random_state: Any) -> Any:
        return Ranker(SPEC, epochs=1, random_state=random_state).fit(X, y).run_.weights["table.item_id"]

    first = weights(np.random.RandomState(3))
    assert_array_equal(first, weights(np.random.RandomState(3)))
    assert not np.array_equal(first, weights(3))
    run = dinc.Model(SPEC).train(X.assign(click=y), epochs=1, seed=3)
    assert_array_equal(weights(3), run.weights["table.item_id"])


def test_settings_and_labels_of_several(X: pd.DataFrame, y: pd.Series[int]) -> None:
    spec = SPEC.replace("label click : binary", "label click : binary\nlabel buy : binary").replace(
        " |> sigmoid }", " |> sigmoid\n predict buy = price |> dense(1) |> sigmoid }"
    )
    with_buys = X.assign(buy=[row % 2 for row in range(300)])
    with pytest.raises(dinc.UsageError, match="the spec predicts click, buy: say by `label` which one y has"):
        Ranker(spec).fit(with_buys, y)
    fitted = Ranker(spec, label="click", settings={"train": {"epochs": 1}}).fit(with_buys, y)
    assert len(fitted.run_.history) == 1
    scores = fitted.run_.predict(with_buys)
    assert_array_equal(fitted.decision_function(with_buys), scores["click_logit"])


def test_a_pickle_contains_the_run(ranker: Ranker, X: pd.DataFrame) -> None:
    other = copy.deepcopy(ranker)
    pickled, folder = pickle.dumps(other), other.run_.folder
    assert folder.exists()
    assert folder != ranker.run_.folder
    del other
    gc.collect()
    assert not folder.exists()
    assert_array_equal(pickle.loads(pickled).predict_proba(X), ranker.predict_proba(X))


def test_a_run_is_removed_with_its_last_user(X: pd.DataFrame, y: pd.Series[int]) -> None:
    before = set(Path(temporary_folder()).iterdir())

    def folders() -> int:
        gc.collect()
        return len(set(Path(temporary_folder()).iterdir()) - before)

    fitted = Ranker(SPEC, epochs=1).fit(X, y)
    fitted.fit(X, y)
    assert folders() == 1
    run = fitted.run_
    other = pickle.loads(pickle.dumps(fitted))
    assert folders() == 2
    del fitted, other
    assert folders() == 1
    assert run.folder.exists()
    del run
    assert folders() == 0
    with pytest.raises(dinc.DincError):
        Ranker(SPEC).fit(X.drop(columns="price"), y)
    assert folders() == 0


def test_a_stopped_training_leaves_its_run(
    monkeypatch: pytest.MonkeyPatch, X: pd.DataFrame, y: pd.Series[int]
) -> None:
    train = dinc.Model.train

    def stopped(self: dinc.Model, *rows: Any, **options: Any) -> dinc.Run:
        run = train(self, *rows, **options)
        raise dinc.Stopped("stopped", None, str(run.folder))

    monkeypatch.setattr(dinc.Model, "train", stopped)
    with pytest.raises(dinc.Stopped) as caught:
        Ranker(SPEC, epochs=1).fit(X, y)
    assert caught.value.run is not None
    assert len(caught.value.run.history) == 1


def test_mistakes(X: pd.DataFrame, y: pd.Series[int]) -> None:
    def refused(
        message: str, *, rows: Any = X, truth: Any = y, eval_set: Any = None, **arguments: Any
    ) -> None:
        with pytest.raises(ValueError, match=message):
            Ranker(**{"spec": SPEC, **arguments}).fit(rows, truth, eval_set=eval_set)

    refused("X has a column `click`, which is the label: leave it out of X", rows=X.assign(click=y))
    refused("y has one class, 0, and a classifier needs two", truth=0 * y)
    refused("y of `eval_set` has classes that y of `fit` lacks: \\[2\\]", eval_set=(X, y + 1))
    refused("both name validation rows", eval_set=(X, y), validation_fraction=0.1)
    refused("the spec predicts click, but not `buy`", label="buy")
    number = SPEC.replace("click : binary", "click : number").replace(" |> sigmoid", "")
    number = number.replace("features user { user_id : id }\n", "")
    number = number.replace("auc, gauc(by: user_id), log_loss", "rmse").replace(
        "loss binary_cross_entropy", ""
    )
    refused("`click` is a label of the kind `number`.*use Model.train", spec=number)
    with pytest.raises(dinc.DincError) as caught:
        Ranker(SPEC.replace("mean(clicks)", "mean(click)")).fit(X, y)
    assert caught.value.code is not None


def test_scikit_learn_may_be_missing() -> None:
    program = "import sys; sys.modules['sklearn'] = None; import dinc.sklearn"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (
        "ImportError: dinc.sklearn needs scikit-learn 1.6 or newer: pip install 'dinc[sklearn]'" in ran.stderr
    )
