"""Shows the progress of a call as tqdm does, with a bar whose last state stays as a line.

Calls show it in a notebook and in a terminal, but not where standard error is a file or a pipe, unless `progress=True`.
`progress=False` and `TQDM_DISABLE=1` turn it off. A training or a search shows it from its first step, another call after a
second.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tqdm import tqdm

_SHOWN_AT_ONCE = frozenset({"train", "tune", "folds", "seeds", "each", "ablate"})
_DELAY = 1.0
_WITHOUT_TOTAL = "{desc} [{elapsed}]"


class Progress:
    """The progress of one call, told by its events.

    The bar counts the steps of a training, the trials of a search, or rows.
    """

    def __init__(self, method: str, wanted: bool | None) -> None:
        self._method = method
        self._wanted = wanted
        self._bar: tqdm[Any] | None = None
        self._begun = self._counted_since = time.time()
        self._part = ""
        self._doing = ""
        self._done = 0
        self._total: int | None = None
        self._unit = ""
        self._numbers: dict[str, float] = {}
        self._trials: set[int] = set()

    def tell(self, event: Mapping[str, Any]) -> None:
        """Shows what an event says."""
        match event["kind"]:
            case "diagnostics":
                # Python prints the warning on the line of the bar.
                if self._bar is not None:
                    self._bar.clear()
                return
            case "activity":
                self._doing = event["text"]
            case "fold" | "period" | "seed" | "ablating" as kind:
                self._part = f"{kind} {event['number']}/{event['of']}"
            case "linear":
                self._part = "linear model"
            case "study":
                self._count("trial", 0, event["trials"])
            case "trial":
                self._trials.add(event["line"]["trial"])
                self._count("trial", len(self._trials), self._total)
                if event["best"] is not None and event["best"]["value"] is not None:
                    self._numbers = {"best": event["best"]["value"]}
            case "chosen":
                self._part = "chosen settings"
            case "step":
                self._doing = f"epoch {event['epoch']}/{event['epochs']}"
                steps = event["steps"]
                self._count("step", steps * (event["epoch"] - 1) + event["step"], steps * event["epochs"])
                self._tell_numbers(loss=event["loss"])
            case "evaluation":
                self._doing = f"epoch {event['epoch']}, {_measuring(event['progress'], event['split'])}"
            case "epoch":
                epoch = event["epoch"]
                self._count("step", epoch["steps"] * epoch["epoch"], self._total)
                self._tell_numbers(loss=epoch["loss"], **_metrics(epoch))
            case "measuring":
                self._doing = _measuring(event["progress"], "")
                if event["progress"]["kind"] == "scoring":
                    self._count("row", event["progress"]["rows"], event["progress"]["of"])
            case "scored":
                self._doing, share = "", event["share"]
                self._count("row", event["rows"], round(event["rows"] / share) if share else self._total)
            case "rows-written":
                self._doing = f"{event['split']} rows"
                self._count("row", event["rows"], event["of"])
            case "writing":
                self._doing = "writing"
            case _:
                return
        self._show(event)

    def tick(self) -> None:
        """Shows the time that has passed."""
        self._show(None)

    def stopping(self) -> None:
        """Shows that the call is being stopped."""
        self._part, self._doing = "", "stopping"
        self._show(None)

    def close(self, is_complete: bool) -> None:
        """Leaves the last state as a line, if it counted something."""
        bar = self._bar
        if bar is None:
            return
        self._part, self._doing = "", "" if is_complete else "stopped"
        if is_complete and self._total is not None:
            # A training may stop early, and the number of rows of a text is an estimate.
            self._total = self._done
        self._show(None)
        bar.leave = self._done > 0
        bar.close()

    def _count(self, unit: str, done: int, total: int | None) -> None:
        # A search counts its trials, and not the steps and rows of each.
        if self._method == "tune" and unit != "trial":
            return
        if unit != self._unit or done < self._done:
            self._numbers = {}
            self._counted_since = time.time()
        self._unit, self._done, self._total = unit, done, total

    def _tell_numbers(self, **numbers: float) -> None:
        if self._method != "tune":
            self._numbers |= numbers

    def _show(self, event: Mapping[str, Any] | None) -> None:
        if self._wanted is False:
            return
        if self._bar is None:
            is_due = time.time() - self._begun >= _DELAY
            if not is_due and not (self._method in _SHOWN_AT_ONCE and self._total is not None):
                return
            self._bar = _bar(self._wanted)
        bar = self._bar
        if bar.disable:
            return
        what = ", ".join(each for each in (self._part, self._doing) if each)
        bar.set_description_str(f"{self._method}, {what}" if what else self._method, refresh=False)
        bar.bar_format = _WITHOUT_TOTAL if self._done == 0 and self._total is None else None
        if self._unit != bar.unit or self._done < bar.n:
            bar.unit, bar.unit_scale = self._unit, self._unit == "row"
            bar.total = self._total
            bar.reset()
            bar.start_t = bar.last_print_t = self._counted_since
        bar.total = self._total
        bar.set_postfix(self._numbers, refresh=False)
        if event is not None and hasattr(bar, "follow"):
            bar.follow(event)
        bar.update(self._done - bar.n)


def _bar(wanted: bool | None) -> tqdm[Any]:
    # Each update is shown, because events are a tenth of a second apart. The delay keeps tqdm from showing an empty bar.
    options: dict[str, Any] = {
        "mininterval": 0,
        "miniters": 0,
        "delay": 1e-9,
        "unit": "",
        "dynamic_ncols": True,
    }
    if _is_notebook():
        from .notebook.bar import NotebookBar

        return NotebookBar(**options)
    from tqdm import tqdm

    if wanted is None and not (sys.stderr is not None and sys.stderr.isatty()):
        options["disable"] = True
    return tqdm(**options)


def _is_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return shell is not None and hasattr(shell, "kernel")


def _measuring(progress: Mapping[str, Any], split: str) -> str:
    if progress["kind"] == "scoring":
        return f"{split} rows".strip()
    if progress["kind"] == "metric":
        return f"measuring {progress['title']}"
    return "resampling users"


def _metrics(epoch: Mapping[str, Any]) -> dict[str, float]:
    """The metrics of the validation rows, else of the others, by name; by prediction too if there are several."""
    evaluations = epoch["evaluations"]
    splits = {each["split"] for each in evaluations}
    shown = next((split for split in ("valid", "test", "train") if split in splits), None)
    chosen = [each for each in evaluations if each["split"] == shown]
    return {
        name if len(chosen) == 1 else f"{each['label']} {name}": value
        for each in chosen
        for name, value in each["values"].items()
        if value is not None
    }
