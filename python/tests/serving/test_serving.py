"""`dinc.load`: both back ends give the scores of `dinc predict` and the same errors."""

from __future__ import annotations

import datetime
import importlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from numpy.typing import NDArray
from shop import CATEGORIES, ITEMS, SPEC, Shop

import dinc
from dinc.serving import Scores

# A logit may differ by 2e-5 (docs/commands.md), so a probability by a fourth of it.
CLOSE = 5e-6

USER: dict[str, Any] = {
    "user": {"user_id": 3, "age": None},
    "context": {"hour": 5},
    "history": {
        "clicks": [{"item_id": "B001", "cate_id": "Hair"}, {"item_id": "B002", "cate_id": "Nails & more"}]
    },
}
CANDIDATES: list[dict[str, Any]] = [
    {"item_id": "B003", "cate_id": "Düfte", "price": 1.5, "tags": ["new"]},
    {"item_id": "never seen", "cate_id": "Hair", "price": 2, "tags": []},
    {"item_id": "B003", "cate_id": "Düfte", "price": 1.5, "tags": ["new"]},
]
COLUMNS: dict[str, Any] = {name: [each[name] for each in CANDIDATES] for name in CANDIDATES[0]}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with pytest.MonkeyPatch.context() as patch:
        # Compiled without optimisation the library has the same bits.
        patch.setenv("CC", f"{os.environ.get('CC', 'cc')} -O0")
        patch.setenv("DINC_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield Shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(params=["c", "onnx"])
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ranker(shop: Shop, backend: str) -> dinc.Ranker:
    return dinc.load(shop.folder / f"monday-{backend}")


def clicks(scores: Scores) -> NDArray[np.float32]:
    assert isinstance(scores, dict)
    return scores["click"]


def assert_same(found: Any, expected: Any) -> None:
    for label in ("click", "rating"):
        assert_array_equal(found[label], expected[label])


def test_frames_of_every_kind_have_the_scores_of_predict(shop: Shop, ranker: dinc.Ranker) -> None:
    expected = pd.DataFrame(shop.predictions(shop.rows))
    frame = pl.DataFrame(shop.rows)
    pandas = pd.DataFrame(shop.rows)
    tables = [
        {name: [row[name] for row in shop.rows] for name in shop.rows[0]},
        pandas,
        pandas.set_index("user_id", drop=False).astype({"cate_id": "category", "age": "Float64"}),
        frame,
        frame.to_arrow(),
    ]
    for table in tables:
        scores = ranker.score(table)
        assert isinstance(scores, dict)
        np.testing.assert_allclose(scores["click"], expected["click_probability"], atol=CLOSE, rtol=0)
        classes = expected[[f"rating_probability_{i}" for i in range(1, 6)]]
        np.testing.assert_allclose(scores["rating"], classes, atol=CLOSE, rtol=0)
        assert scores["click"].dtype == np.float32


ids = st.sampled_from([*ITEMS, "", "unknown", "Ünïcode 😀", "7", " B001"]) | st.integers(-5, 2**40)
history = st.lists(st.tuples(ids, st.sampled_from([*CATEGORIES, "other"])), max_size=9)
row = st.fixed_dictionaries(
    {
        "user_id": st.integers(0, 60),
        "age": st.none() | st.floats(-1e6, 1e6) | st.integers(0, 99),
        "hour": st.integers(0, 23),
        "item_id": ids.map(str),
        "cate_id": st.sampled_from([*CATEGORIES, "other"]),
        "price": st.floats(0, 1e9),
        "tags": st.lists(st.sampled_from(["new", "sale", "eco", "odd"]), max_size=5),
        "history": history,
    }
)


@settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # Each example starts Node, so none is made smaller.
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(row, min_size=100, max_size=150))
def test_any_rows_have_the_scores_of_predict(shop: Shop, drawn: list[dict[str, Any]]) -> None:
    rows = [
        {
            **{name: value for name, value in each.items() if name != "history"},
            "hist_item_id": [str(item) for item, _ in each["history"]],
            "hist_cate_id": [category for _, category in each["history"]],
        }
        for each in drawn
    ]
    expected = [each["click_probability"] for each in shop.predictions(rows)]
    for name in ("c", "onnx"):
        ranker = dinc.load(shop.folder / f"monday-{name}", check=False)
        scores = ranker.score({name: [each[name] for each in rows] for name in rows[0]})
        assert isinstance(scores, dict)
        np.testing.assert_allclose(scores["click"], expected, atol=CLOSE, rtol=0)
        # A request of its own has the bits of its row.
        each = rows[0]
        steps = {"item_id": each["hist_item_id"], "cate_id": each["hist_cate_id"]}
        user = {"user": each, "context": each, "history": {"clicks": steps}}
        assert_array_equal(clicks(ranker.rank(user, [each])), scores["click"][:1])


def test_requests_of_every_form_have_the_same_bits(ranker: dinc.Ranker) -> None:
    expected = ranker.rank(USER, CANDIDATES)
    assert isinstance(expected, dict)
    assert [each.shape for each in expected.values()] == [(3,), (3, 5)]
    arrays = {name: np.array(each) for name, each in COLUMNS.items() if name != "tags"}
    for candidates in (
        COLUMNS,
        {**arrays, "tags": COLUMNS["tags"]},
        pd.DataFrame(COLUMNS),
        pl.DataFrame(COLUMNS),
        pl.DataFrame(COLUMNS).to_arrow(),
        tuple(CANDIDATES),
    ):
        assert_same(ranker.rank(USER, candidates), expected)
    steps = USER["history"]["clicks"]
    for table in (
        pd.DataFrame(steps),
        pl.DataFrame(steps),
        {name: np.array([each[name] for each in steps]) for name in steps[0]},
    ):
        assert_same(ranker.rank({**USER, "history": {"clicks": table}}, CANDIDATES), expected)
    assert_same(ranker.rank({**USER, "candidates": CANDIDATES}, CANDIDATES), expected)
    assert all(len(each) == 0 for each in ranker.rank(USER, []).values())  # type: ignore[union-attr]


texts = st.lists(st.sampled_from(list(ITEMS)) | st.text(max_size=5), max_size=12)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(texts, st.booleans(), st.booleans())
def test_arrays_of_texts_are_read_like_lists(
    shop: Shop, given: list[str], apart: bool, swapped: bool
) -> None:
    ranker = dinc.load(shop.folder / "monday-c", check=False)
    array = np.array(given, np.str_) if given else np.array([], "U1")
    array = np.repeat(array, 2)[::2] if apart else array
    array = array.astype(array.dtype.newbyteorder(">")) if swapped else array
    others = {"cate_id": ["Hair"] * len(given), "price": np.arange(len(given)), "tags": [[]] * len(given)}
    expected = ranker.rank(USER, {**others, "item_id": array.tolist()})
    assert_same(ranker.rank(USER, {**others, "item_id": array}), expected)


def test_sessions_and_the_best(ranker: dinc.Ranker) -> None:
    scores = ranker.rank(USER, CANDIDATES)
    assert isinstance(scores, dict)
    with ranker.session(USER) as session:
        assert_same(session.rank(CANDIDATES), scores)
        assert_same(session.rank(CANDIDATES[:1]), {name: each[:1] for name, each in scores.items()})
        best = session.rank(CANDIDATES, 10, label="click")
        logits = session.logits(CANDIDATES)
        assert isinstance(logits, dict)
        np.testing.assert_allclose(1 / (1 + np.exp(-logits["click"])), scores["click"], rtol=1e-6)
    with pytest.raises(ValueError, match="the session is closed"):
        session.rank(CANDIDATES)
    assert best == ranker.rank(USER, CANDIDATES, 3, label="click")
    order = sorted(range(3), key=lambda i: -scores["click"][i])  # Stable: of equal ones the first.
    assert [each.index for each in best] == order
    np.testing.assert_allclose([each.score for each in best], scores["click"][order], rtol=1e-6)
    [rated] = ranker.rank(USER, CANDIDATES, 1, label="rating")
    expected = scores["rating"].astype(np.float64) @ np.arange(1, 6)
    assert rated.score == pytest.approx(expected.max(), rel=1e-6)


def test_what_it_reads_and_predicts(shop: Shop, ranker: dinc.Ranker) -> None:
    about = ranker.about
    manifest = json.loads((shop.folder / ranker._folder.name / "package.json").read_text())
    assert manifest["version"] == f"0.0.0-run-{about.run}"
    assert (about.model, about.version) == ("shop", manifest["generatedBy"].removeprefix("dinc "))
    assert [f"{each.part}.{each.name} {each.type} {each.column}" for each in ranker.inputs] == [
        "history.clicks.item_id id hist_item_id",
        "history.clicks.cate_id id hist_cate_id",
        "user.user_id id user_id",
        "user.age number age",
        "context.hour id hour",
        "candidates.item_id id item_id",
        "candidates.cate_id id cate_id",
        "candidates.price number price",
        "candidates.tags set tags",
    ]
    assert [tuple(each) for each in ranker.outputs] == [("click", ()), ("rating", ("1", "2", "3", "4", "5"))]


def test_explain(shop: Shop) -> None:
    [attention] = dinc.load(shop.folder / "monday-c").explain(USER, CANDIDATES)
    assert (attention.history, attention.head, attention.are_shares, attention.first) == (
        "clicks",
        0,
        True,
        0,
    )
    assert attention.code == "sum(softmax(unit(target, clicks)) * clicks)"
    assert attention.weights.shape == (3, 2)
    np.testing.assert_allclose(attention.weights.sum(1), 1, rtol=1e-6)
    long = {"clicks": USER["history"]["clicks"] * 5}
    [attention] = dinc.load(shop.folder / "monday-c").explain({**USER, "history": long}, CANDIDATES)
    assert (attention.first, attention.weights.shape) == (4, (3, 6))
    with pytest.raises(NotImplementedError, match="--target c --bindings python"):
        dinc.load(shop.folder / "monday-onnx").explain(USER, CANDIDATES)


HOSTILE: list[tuple[str, str, Callable[[dinc.Ranker], object]]] = [
    (
        "candidates[0].price must be a number",
        "candidates[0].price",
        lambda r: r.rank(USER, {**COLUMNS, "price": list("abc")}),
    ),
    (
        "candidates[1].item_id must be a whole number, not 1.5",
        "candidates[1].item_id",
        lambda r: r.rank(USER, [CANDIDATES[0], {**CANDIDATES[1], "item_id": 1.5}]),
    ),
    (
        "candidates[0].price must not be negative (log1p), but is -1",
        "candidates[0].price",
        lambda r: r.rank(USER, [{**CANDIDATES[0], "price": -1}]),
    ),
    (
        "candidates[0].cate_id is missing",
        "candidates[0].cate_id",
        lambda r: r.rank(USER, [{"item_id": "B001"}]),
    ),
    (
        "history is missing",
        "history",
        lambda r: r.rank({"user": USER["user"], "context": {"hour": 1}}, CANDIDATES),
    ),
    ("request must be an object", "request", lambda r: r.rank(3, CANDIDATES)),  # type: ignore[call-overload]
    ("candidates is missing: give [] for none", "candidates", lambda r: r.rank(USER, None)),
    ("label is missing: the model predicts click, rating", "label", lambda r: r.rank(USER, CANDIDATES, 1)),
    ("label must be one of click, rating", "label", lambda r: r.rank(USER, CANDIDATES, 1, label="buy")),
    ("k must be a whole number from 0, not -1", "k", lambda r: r.rank(USER, CANDIDATES, -1, label="click")),
    ("the rows have no column hist_item_id", "", lambda r: r.score({"price": [1]})),
]


@pytest.mark.parametrize(("message", "field", "call"), HOSTILE, ids=[message for message, _, _ in HOSTILE])
def test_mistakes_of_requests(
    ranker: dinc.Ranker, message: str, field: str, call: Callable[[dinc.Ranker], object]
) -> None:
    with pytest.raises(dinc.RankerInputError) as raised:
        call(ranker)
    assert (str(raised.value), raised.value.field) == (message, field)


def test_a_mistake_of_rows_names_the_row(shop: Shop, ranker: dinc.Ranker) -> None:
    rows = {name: [row[name] for row in shop.rows] for name in shop.rows[0]}
    rows["price"] = [*rows["price"][:-1], -2]
    with pytest.raises(dinc.RankerInputError, match=r"^row 199: ") as raised:
        ranker.score(rows)
    assert raised.value.field == "candidates[0].price"
    rows["hist_item_id"] = [["B001"], *rows["hist_item_id"][1:]]
    rows["hist_cate_id"] = [[], *rows["hist_cate_id"][1:]]
    with pytest.raises(
        dinc.RankerInputError, match=r"^row 0: the columns of history.clicks have lists of diff"
    ):
        ranker.score(rows)


def test_folders_that_cannot_be_served(shop: Shop, tmp_path: Path) -> None:
    cases = {
        "there is no folder": tmp_path / "none",
        "isn't a folder that Python can serve": tmp_path,
        "has no code for Python: compile it again with --bindings python": copied(
            shop, "monday-c", tmp_path / "a"
        ),
        "inputs.bin: inputs.bin was changed": copied(shop, "monday-onnx", tmp_path / "b"),
        "model.onnx cannot be loaded": copied(shop, "monday-onnx", tmp_path / "c"),
        "shop.weights.bin: the weights file": copied(shop, "monday-c", tmp_path / "d"),
    }
    shutil.rmtree(tmp_path / "a" / "python")
    for name in ("b/inputs.bin", "c/model.onnx", "d/shop.weights.bin"):
        data = bytearray((tmp_path / name).read_bytes())
        data[len(data) // 2] ^= 1
        (tmp_path / name).write_bytes(data[: len(data) // 2] if name.startswith("c") else data)
    for message, folder in cases.items():
        with pytest.raises(dinc.RankerLoadError) as raised:
            dinc.load(folder)
        assert message in str(raised.value)
        assert str(folder) in str(raised.value)


def copied(shop: Shop, name: str, to: Path) -> Path:
    return Path(shutil.copytree(shop.folder / name, to))


def test_golden_requests_are_compared(shop: Shop, tmp_path: Path, backend: str) -> None:
    folder = copied(shop, f"monday-{backend}", tmp_path / "copy")
    file = folder / ("golden.json" if backend == "c" else "model.golden.json")
    golden = json.loads(file.read_text())
    logits = dict(golden["requests"][2]["logits"])
    right = logits["rating"][6]
    logits["rating"][6] += 1e-3
    golden["requests"][2]["logits"] = list(logits.items())
    file.write_text(json.dumps(golden))
    with pytest.raises(dinc.RankerLoadError) as raised:
        dinc.load(folder)
    said = r"golden request 2: candidate 1, class 1, has logit (\S+) for rating instead of (\S+)$"
    raised.match(said)
    found, expected = map(float, str(raised.value).replace(" for rating instead of", "").split()[-2:])
    assert found == pytest.approx(right, abs=3e-5)
    assert expected == logits["rating"][6]
    assert dinc.load(folder, check=False).rank(USER, CANDIDATES)
    file.unlink()
    with pytest.raises(dinc.RankerLoadError, match="compile it again, or load it with check=False"):
        dinc.load(folder)


def test_threads_share_a_ranker_while_weights_are_swapped(shop: Shop) -> None:
    folders = [shop.folder / f"{day}-c" for day in ("monday", "tuesday")]
    bits = [clicks(dinc.load(folder).rank(USER, CANDIDATES)).tobytes() for folder in folders]
    assert bits[0] != bits[1]
    ranker = dinc.load(folders[0])
    found: list[list[bytes]] = []

    def work() -> None:
        found.append([clicks(ranker.rank(USER, CANDIDATES)).tobytes() for _ in range(200)])

    threads = [threading.Thread(target=work) for _ in range(8)]
    session = ranker.session(USER)
    for thread in threads:
        thread.start()
    for i in range(1, 6):
        ranker.reload(folders[i % 2], check=False)
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert {each for own in found for each in own} <= set(bits)
    assert ranker.about.run == dinc.load(folders[1]).about.run
    assert clicks(ranker.rank(USER, CANDIDATES)).tobytes() == bits[1]
    # It began with the old weights.
    assert clicks(session.rank(CANDIDATES)).tobytes() == bits[0]


def test_threads_may_share_a_session(shop: Shop, ranker: dinc.Ranker) -> None:
    expected = ranker.rank(USER, CANDIDATES)
    with ranker.session(USER) as session:
        found: list[Any] = []
        threads = [
            threading.Thread(target=lambda: found.extend(session.rank(CANDIDATES) for _ in range(50)))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 400
    for each in found:
        assert_same(each, expected)


def test_onnxruntime_may_be_missing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(dinc.RankerLoadError, match=r"needs onnxruntime: pip install 'dinc\[onnx\]'"):
        dinc.load(shop.folder / "monday-onnx")


def test_another_model_is_no_reload(shop: Shop, tmp_path: Path) -> None:
    ranker = dinc.load(shop.folder / "monday-onnx")
    (shop.folder / "other.din").write_text(
        SPEC.replace("concat(user_id, age,", "concat(user_id,"), encoding="utf-8"
    )
    shop.dinc("compile", "other.din", "--target", "onnx", "--out", "other-onnx")
    with pytest.raises(dinc.RankerLoadError, match="has other inputs or outputs: load it as another ranker"):
        ranker.reload(shop.folder / "other-onnx")
    assert_same(ranker.rank(USER, CANDIDATES), dinc.load(shop.folder / "monday-onnx").rank(USER, CANDIDATES))


def test_a_library_in_the_folder_is_taken_and_new_weights_are_never_mixed_with_old_ones(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copied(shop, "monday-c", tmp_path / "copy")
    package = [sys.executable, "-m", "shop_ranker", "build"]
    built = subprocess.run(package, cwd=folder / "python", capture_output=True, text=True, check=True)
    library = Path(built.stdout.strip())
    assert library.parent == folder / "python" / "shop_ranker"
    # It needs neither a compiler nor a cache any more. The weights of the folder count, not their copy.
    shutil.copytree(shop.folder / "tuesday", tmp_path / "tuesday")
    shop.dinc("compile", str(tmp_path / "tuesday"), "--target", "c", "--weights-only", "--out", str(folder))
    program = """
import sys
sys.path.insert(0, "copy/python")
import shop_ranker
print(shop_ranker.Ranker().rank(**eval(sys.argv[1]))["click"][0])
import dinc
print(dinc.load("copy").about.run)
"""
    request = repr({**USER, "candidates": CANDIDATES})
    monkeypatch.setenv("CC", "no-such-compiler")
    monkeypatch.setenv("DINC_CACHE", str(tmp_path / "cache"))
    ran = subprocess.run(
        [sys.executable, "-c", program, request], cwd=tmp_path, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    score, run = ran.stdout.split()
    tuesday = dinc.load(shop.folder / "tuesday-c")
    assert np.float32(score) == clicks(tuesday.rank(USER, CANDIDATES))[0]
    assert run == tuesday.about.run
    assert not (tmp_path / "cache").exists()


def test_a_first_use_without_a_compiler(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    monkeypatch.setenv("DINC_CACHE", str(tmp_path / "cache"))
    folder = copied(shop, "monday-c", tmp_path / "copy")
    heading = folder / "python" / "shop_ranker" / "__init__.py"
    heading.write_text(heading.read_text(encoding="utf-8") + "\n", encoding="utf-8")  # Not loaded yet.
    with pytest.raises(dinc.RankerLoadError, match=r"shop\.c cannot be compiled into .*no-such-compiler"):
        dinc.load(folder)


def test_importing_dinc_loads_no_numpy() -> None:
    program = "import sys, dinc; assert 'numpy' not in sys.modules; dinc.load; assert 'numpy' in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_service_of_the_documentation(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "serving-in-python.md").read_text(encoding="utf-8")
    service = page.split("```python\n# service.py")[1].split("```")[0]
    (tmp_path / "service.py").write_text(f"# service.py{service}", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("MODEL", str(shop.folder / "monday-onnx"))
    from fastapi.testclient import TestClient

    app = importlib.import_module("service").app
    with TestClient(app) as client:
        answer = client.post("/rank", json={**USER, "candidates": CANDIDATES, "k": 2, "label": "click"})
        ranker = dinc.load(shop.folder / "monday-onnx")
        best = ranker.rank(USER, CANDIDATES, 2, label="click")
        assert answer.json() == [{"index": each.index, "score": each.score} for each in best]
        refused = client.post("/rank", json={**USER, "candidates": [{}], "label": "click"})
        assert refused.status_code == 422
        assert refused.json() == {
            "error": "candidates[0].item_id is missing",
            "field": "candidates[0].item_id",
        }
        assert client.get("/health").json()["run"] == ranker.about.run
        assert client.post("/reload").json()["run"] == ranker.about.run


def test_the_program_of_the_documentation(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "serving-in-python.md").read_text(encoding="utf-8")
    programs = [each.split("```")[0] for each in page.split("```python\n")[1:]]
    monkeypatch.chdir(shop.folder)
    shutil.copytree("monday-c", "din")
    program = "\n".join(each for each in programs if not each.startswith("# service.py"))
    exec(compile(program, "docs/serving-in-python.md", "exec"), {})


TIMED = """model timed
features context { now : time }
features item {
  item_id : int(0..9)  embed 2
  added   : hour_of_week(zone: "Europe/Berlin")  embed 2
  sold    : month(zone: "Europe/Berlin", missing: unknown)  embed 2
}
history clicks(max: 3) { item_id <-> clicked  at : time }
label click : binary
net {
  predict click = concat(item_id, added, sold, sum((now - clicks.at) * clicks)) |> dense(4, relu) |> dense(1) |> sigmoid
}
"""


def test_times_of_every_type(shop: Shop) -> None:
    (shop.folder / "timed.din").write_text(TIMED)
    added = ["2026-03-28T23:30:00Z", "2026-03-29T01:30:00Z", "2026-12-31T23:15:30Z"]
    sold = ["2026-02-28", "2026-01-31", None]
    clicked = ["2026-03-01T00:00:05Z", "2026-03-02T10:00:00Z"]
    stamps = pd.to_datetime(pd.Series(added))
    steps = pd.to_datetime(pd.Series(clicked))
    days = [None if each is None else datetime.date.fromisoformat(each) for each in sold]
    forms: list[tuple[Any, Any, Any]] = [
        (added, sold, clicked),
        (stamps, days, steps),
        (
            stamps.dt.tz_convert("Asia/Tokyo"),
            pd.Series(pd.to_datetime(sold)).dt.date,
            steps.dt.tz_localize(None),
        ),
        (stamps.dt.tz_localize(None).to_numpy(), np.array(sold, "M8[D]"), steps.to_list()),
        (pl.Series(added).str.to_datetime(), pl.Series(days), [each.to_pydatetime() for each in steps]),
        ([each.timestamp() for each in stamps], days, [int(1000 * each.timestamp()) for each in steps]),
    ]
    for target, options in (("c", ["--bindings", "python"]), ("onnx", [])):
        shop.dinc("compile", "timed.din", "--target", target, *options, "--out", f"timed-{target}")
        ranker = dinc.load(shop.folder / f"timed-{target}")
        found = [
            ranker.rank(
                {
                    "context": {"now": pd.Timestamp("2026-03-30", tz="UTC")},
                    "history": {"clicks": {"item_id": [1, 2], "at": at}},
                },
                {"item_id": [1, 2, 3], "added": time, "sold": day},
            )
            for time, day, at in forms
        ]
        for each in found:
            assert_array_equal(each, found[0])
