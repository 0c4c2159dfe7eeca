"""The process of Node.js: started by the first call, kept, and started again after a crash or a fork."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import SPEC

import dinc
from dinc import _session, frames
from dinc._progress import Progress


def python(program: str, *, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    # From 3.12 on Python warns of every fork beside threads.
    options = ["-W", "ignore:This process:DeprecationWarning"]
    return subprocess.run(
        [sys.executable, *options, "-c", program], capture_output=True, text=True, cwd=folder
    )


def process_id() -> int:
    assert _session._process is not None
    return _session._process.process.pid


def test_importing_starts_nothing_and_loads_no_library() -> None:
    printed = python(
        "import sys, dinc, dinc._session as s; "
        "print(s._process, [m for m in ('pandas', 'polars', 'pyarrow', 'numpy') if m in sys.modules])"
    )
    assert printed.stdout.strip() == "None []", printed.stderr


def test_node_loads_dinc_while_rows_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    running: list[bool] = []
    monkeypatch.setattr(_session, "_process", None)
    monkeypatch.setattr(frames, "write_parquet", lambda *_: running.append(_session._process is not None))
    try:
        with frames.Files() as files:
            files.path({"click": [1]}, "data")
    finally:
        _session._close()
    assert running == [True]


def test_calls_share_a_process() -> None:
    assert dinc.check(SPEC).ok
    first = process_id()
    assert dinc.check(SPEC).ok
    assert process_id() == first


def test_after_a_crash_the_next_call_starts_another() -> None:
    dinc.check(SPEC)
    first = process_id()
    assert _session._process is not None
    call = _session._process.expect(0)
    os.kill(first, signal.SIGKILL)
    with pytest.raises(dinc.SessionEnded, match="signal SIGKILL"):
        _session._answer(_session._process, 0, call, None, {}, Progress("check", False))
    assert dinc.check(SPEC).ok
    assert process_id() != first


def test_a_training_whose_process_was_killed_can_be_resumed(
    model: dinc.Model, frame: pd.DataFrame, tmp_path: Path
) -> None:
    whole = model.train(frame, epochs=6, out=tmp_path / "whole")

    def kill_after_the_second_epoch(event: Mapping[str, Any]) -> None:
        if event["kind"] == "epoch" and event["epoch"]["epoch"] == 2:
            os.kill(process_id(), signal.SIGKILL)

    with pytest.raises(dinc.SessionEnded, match="signal SIGKILL"):
        model.train(frame, epochs=6, out=tmp_path / "run", on_event=kill_after_the_second_epoch)
    resumed = model.train(frame, epochs=6, out=tmp_path / "run", resume=True)
    assert all((resumed.weights[name] == values).all() for name, values in whole.weights.items())


def test_the_process_ends_when_python_is_killed() -> None:
    program = f"import dinc, dinc._session as s; dinc.check({SPEC!r}); print(s._process.process.pid, flush=True); input()"
    kernel = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with kernel:
        assert kernel.stdout is not None
        node = int(kernel.stdout.readline())
        kernel.kill()
    for _ in range(1000):
        if not is_running(node):
            break
        time.sleep(0.01)
    assert not is_running(node)


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_another_process_scores_with_a_run(run: dinc.Run, frame: pd.DataFrame) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(run.predict, (frame,)).equals(run.predict(frame))


def test_threads_share_the_process(run: dinc.Run, frame: pd.DataFrame) -> None:
    expected = run.predict(frame)
    found: list[bool] = []

    def score() -> None:
        found.append(run.predict(frame).equals(expected))

    threads = [threading.Thread(target=score) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 4


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_has_a_process_of_its_own(tmp_path: Path) -> None:
    printed = python(
        f"""
import os, dinc, dinc._session as s
spec = {SPEC!r}
dinc.check(spec)
parent = s._process.process.pid
child = os.fork()
if child == 0:
    assert s._process is None
    assert dinc.check(spec).ok
    assert s._process.process.pid != parent
    s._close()
    os._exit(7)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
assert dinc.check(spec).ok
assert s._process.process.pid == parent
print("both")
"""
    )
    assert printed.stdout.strip() == "both", printed.stderr
    assert printed.stderr == ""


def test_the_process_ends_with_python() -> None:
    printed = python(f"import dinc, dinc._session as s; dinc.check({SPEC!r}); print(s._process.process.pid)")
    with pytest.raises(ProcessLookupError):
        os.kill(int(printed.stdout), 0)


def test_ctrl_c_stops_a_training_that_can_be_resumed(
    model: dinc.Model, frame: pd.DataFrame, tmp_path: Path
) -> None:
    whole = model.train(frame, epochs=40, out=tmp_path / "whole")

    def interrupt_after_the_second_epoch(event: object) -> None:
        assert isinstance(event, dict)
        if event["kind"] == "epoch" and event["epoch"]["epoch"] == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        model.train(frame, epochs=40, out=tmp_path / "run", on_event=interrupt_after_the_second_epoch)
    stopped = caught.value
    assert isinstance(stopped, dinc.Stopped)
    assert stopped.checkpoint == f"{tmp_path / 'run'}.checkpoint"
    so_far = stopped.run
    assert so_far is not None
    assert so_far.interrupted is not None
    # The training goes on until the interruption reaches it.
    assert 3 <= so_far.interrupted["epoch"] <= 40
    assert "stopped after " in repr(so_far)
    assert so_far.predict(frame).shape == (300, 2)
    assert len(so_far.history) == so_far.manifest["epoch"]
    assert so_far.evaluate(frame).rows == 300
    with pytest.warns(dinc.DincWarning, match="stopped by its user"):
        so_far.compile("ts", tmp_path / "module")
    with pytest.raises(dinc.DincError, match=r"run\.stopped has the weights so far"):
        dinc.Run.open(tmp_path / "run")
    resumed = model.train(frame, epochs=40, out=tmp_path / "run", resume=True)
    assert all((resumed.weights[name] == values).all() for name, values in whole.weights.items())
    assert resumed.interrupted is None
    assert not so_far.folder.exists()


def test_ctrl_c_before_the_first_step_leaves_no_run(
    model: dinc.Model, frame: pd.DataFrame, tmp_path: Path
) -> None:
    def interrupt(event: object) -> None:
        assert isinstance(event, dict)
        if event["kind"] == "backend":
            raise KeyboardInterrupt

    with pytest.raises(dinc.Stopped) as caught:
        model.train(frame, out=tmp_path / "run", on_event=interrupt)
    assert caught.value.checkpoint is None
    assert caught.value.run is None
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_a_listener_stops_the_training(
    model: dinc.Model, frame: pd.DataFrame, tmp_path: Path
) -> None:
    def fail(event: object) -> None:
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        model.train(frame, out=tmp_path / "run", on_event=fail)
    assert dinc.check(SPEC).ok


def test_paths_follow_the_current_folder(
    tmp_path: Path, frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    dinc.check(SPEC)
    monkeypatch.chdir(tmp_path)
    frame.to_parquet("rows.parquet", index=False)
    Path("model.din").write_text(SPEC)
    dinc.Model.from_file("model.din").train("rows.parquet", epochs=1, out="run")
    assert (tmp_path / "run" / "manifest.json").exists()
