"""Draws the losses and metrics of a training as small SVGs side by side, in the colours of the page around them."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_WIDTH, _HEIGHT = 230, 130
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 22, 20
_PARTS = 50
"""The points of an epoch that isn't over."""
_MOST_POINTS = 400
_COLOURS = {"train": "#e07b39", "valid": "#4a90d9", "test": "#3fa06a"}
"""Readable on white and on black."""

Point = tuple[float, float]


@dataclass
class Curves:
    """The curves of one training, lengthened by its events. The horizontal axis counts epochs."""

    _epochs: list[Mapping[str, Any]] = field(default_factory=list)
    _running: dict[int, list[float]] = field(default_factory=dict)
    _planned: int = 1

    def add(self, event: Mapping[str, Any]) -> None:
        """Adds a step or an epoch; other events change nothing."""
        if event["kind"] == "training":
            self._epochs, self._running, self._planned = [], {}, event["epochs"]
        elif event["kind"] == "step":
            self._planned = event["epochs"]
            part = event["step"] * _PARTS // event["steps"]
            self._running.setdefault(part, []).append(event["stepLoss"])
        elif event["kind"] == "epoch":
            self._epochs.append(event["epoch"])
            self._running = {}

    def svg(self) -> str:
        """The curves as HTML."""
        loss = {"train": self._epochs[-1]["loss"]} if self._epochs else {}
        charts = [_chart("loss", {"train": self._losses()}, loss, self._planned)]
        for name, lines in self._metrics().items():
            last = {split: points[-1][1] for split, points in lines.items() if points}
            charts.append(_chart(name, lines, last, self._planned))
        style = "display:flex;flex-wrap:wrap;gap:4px 16px;margin-top:4px"
        return f'<div class="dinc-curves" style="{style}">{"".join(charts)}</div>'

    def _losses(self) -> list[Point]:
        points = [
            (epoch["epoch"] - 1 + (i + 1) / len(epoch["curve"]), loss)
            for epoch in self._epochs
            for i, loss in enumerate(epoch["curve"])
        ]
        before = self._epochs[-1]["epoch"] if self._epochs else 0
        points += [
            (before + part / _PARTS, sum(losses) / len(losses))
            for part, losses in sorted(self._running.items())
        ]
        every = math.ceil(len(points) / _MOST_POINTS) or 1
        return [_mean(points[i : i + every]) for i in range(0, len(points), every)]

    def _metrics(self) -> dict[str, dict[str, list[Point]]]:
        """By metric and split."""
        labels = {each["label"] for epoch in self._epochs for each in epoch["evaluations"]}
        found: dict[str, dict[str, list[Point]]] = {}
        for epoch in self._epochs:
            for evaluation in epoch["evaluations"]:
                for metric, value in evaluation["values"].items():
                    name = metric if len(labels) == 1 else f"{evaluation['label']} {metric}"
                    line = found.setdefault(name, {}).setdefault(evaluation["split"], [])
                    if value is not None:
                        line.append((epoch["epoch"], value))
        return found


def _chart(title: str, lines: Mapping[str, Sequence[Point]], last: Mapping[str, float], epochs: int) -> str:
    """A line for each split, with the number to show beside its name."""
    values = [y for line in lines.values() for _, y in line if math.isfinite(y)]
    if not values:
        return ""
    low, high = min(values), max(values)
    margin = (high - low) / 20 or abs(low) / 20 or 0.05
    low, high = low - margin, high + margin

    def x(epoch: float) -> float:
        return round(_LEFT + epoch / epochs * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(value: float) -> float:
        return round(_HEIGHT - _BOTTOM - (value - low) / (high - low) * (_HEIGHT - _TOP - _BOTTOM), 1)

    parts = []
    for value in _ticks(low, high):
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y(value)}" y2="{y(value)}" stroke="currentColor" opacity=".15"/>'
            f'<text x="{_LEFT - 6}" y="{y(value) + 4}" text-anchor="end" opacity=".7">{value:.4g}</text>'
        )
    every = math.ceil(epochs / 5)
    for epoch in range(every, epochs + 1, every):
        parts.append(
            f'<text x="{x(epoch)}" y="{_HEIGHT - 5}" text-anchor="middle" opacity=".7">{epoch}</text>'
        )
    keys = []
    for split, points in lines.items():
        shown = [(x(at), y(value)) for at, value in points if math.isfinite(value)]
        if not shown:
            continue
        colour = _COLOURS[split]
        path = " ".join(f"{at},{height}" for at, height in shown)
        at, height = shown[-1]
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
            f'<circle cx="{at}" cy="{height}" r="2.5" fill="{colour}"/>'
        )
        number = f" {last[split]:.4g}" if split in last else ""
        keys.append(f'<tspan fill="{colour}" dx="6">{split}{number}</tspan>')
    heading = (
        f'<text x="2" y="13"><tspan font-weight="bold">{html.escape(title)}</tspan>{"".join(keys)}</text>'
    )
    return (
        f'<svg width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-label="{html.escape(title)} by epoch" '
        f'fill="currentColor" font-family="sans-serif" font-size="11">{heading}{"".join(parts)}</svg>'
    )


def _mean(points: Sequence[Point]) -> Point:
    return points[-1][0], sum(value for _, value in points) / len(points)


def _ticks(low: float, high: float) -> list[float]:
    """Two to five round numbers between two values."""
    power = 10 ** math.floor(math.log10((high - low) / 2))
    step = next(power * each for each in (5, 2, 1) if (high - low) / (power * each) >= 2)
    first = math.ceil(low / step)
    return [each * step for each in range(first, math.floor(high / step) + 1)]
