"""Long calls show a bar in a terminal, and nothing where standard error is read by a program."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SPEC

PROGRAM = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import dinc, os, signal, warnings
from conftest import clicks
warnings.simplefilter("ignore")
frame = clicks(400)
model = dinc.Model({SPEC!r})
"""
TRAIN = "model.train(frame[:300], valid=frame[300:], backend='wasm', progress={progress})\nprint('after')\n"
STOP = """
def stop(event):
    if event["kind"] == "epoch" and event["epoch"]["epoch"] == 1:
        os.kill(os.getpid(), signal.SIGINT)
try:
    model.train(frame[:300], valid=frame[300:], epochs=500, backend="wasm", on_event=stop)
except dinc.Stopped:
    print("after")
"""


def in_terminal(program: str) -> list[str]:
    """What a terminal shows: its lines, each as it was at last."""
    pty = pytest.importorskip("pty")
    termios = pytest.importorskip("termios")
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, 160))
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM + program], stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:  # Linux's end of a terminal
            pass
        finally:
            os.close(ours)
    assert process.returncode == 0, shown.decode()
    lines = shown.decode().replace("\r\n", "\n").split("\n")
    return [line.rstrip("\r").split("\r")[-1].rstrip() for line in lines if line]


def test_a_terminal_keeps_a_line_of_each_training() -> None:
    silent, bar, after, stopped, last = in_terminal(
        TRAIN.format(progress=False) + TRAIN.format(progress=None) + STOP
    )
    assert silent == after == last == "after"
    assert re.fullmatch(
        r"train: 100%\|█+\| 10/10 \[\d\d:\d\d<00:00, .*step/s, loss=\S+, auc=\S+, gauc=\S+, log_loss=\S+\]",
        bar,
    )
    assert re.match(r"train, stopped: +\d+%\|.*\| \d+/2500 \[", stopped)


def test_a_pipe_gets_a_bar_only_if_told_so() -> None:
    program = (
        PROGRAM
        + TRAIN.format(progress=None)
        + "print('told', file=sys.stderr)\n"
        + TRAIN.format(progress=True)
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    untold, told = ran.stderr.split("told\n")
    assert untold == ""
    assert "train: 100%" in told
