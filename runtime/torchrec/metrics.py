"""Metrics of all rows of a split, exact, by dinc's definitions (grammar/SPEC.md, 3.3). They are computed on rank 0."""

import math
from collections.abc import Callable, Iterator

import numpy as np
import torch.distributed as dist

from .distributed import rank, ranks
from .objective import Metric

#: So that one confident mistake shows as a large number, not as an infinite mean.
LARGEST_LOGIT = 1e4


def gathered(local: np.ndarray) -> np.ndarray | None:
    """The values of all ranks, in the order of the ranks, on rank 0; None elsewhere."""
    if ranks() == 1:
        return local
    parts: list[np.ndarray | None] | None = [None for _ in range(ranks())] if rank() == 0 else None
    dist.gather_object(local, parts, dst=0)
    return None if parts is None else np.concatenate([part for part in parts if part is not None])


class Measured:
    """Rows of a label with their scores. All arrays are [rows], logits of classes [rows, classes]; groups by feature."""

    def __init__(
        self,
        logits: np.ndarray,
        labels: np.ndarray,
        groups: dict[str, np.ndarray],
        outcome: str,
        counts: np.ndarray | None = None,
    ) -> None:
        """`counts`: the weights of rows if they differ from 1; rows of weight 0 are left out."""
        if counts is not None and not counts.all():
            there = counts != 0
            logits, labels, counts = logits[there], labels[there], counts[there]
            groups = {name: column[there] for name, column in groups.items()}
        self.logits, self.labels, self.groups, self.outcome = logits, labels, groups, outcome
        self.counts = np.ones(len(labels)) if counts is None else counts.astype(np.float64)

    def only(self, feature: str, value: int) -> "Measured":
        """The rows with this value of a feature."""
        return Measured(
            self.logits, self.labels, self.groups, self.outcome, self.counts * (self.groups[feature] == value)
        )


def measured(metric: Metric, rows: Measured) -> float:
    """NaN where it is not defined."""
    if metric.per is not None:
        rows = rows.only(metric.per, metric.id)
    logits, labels, counts, outcome = rows.logits, rows.labels, rows.counts, rows.outcome
    if len(logits) == 0 or np.isnan(logits).any():
        return math.nan
    if metric.kind == "calibration":
        return calibration(logits if outcome == "number" else _sigmoid(logits), labels, counts)
    if outcome == "number":
        return _of_numbers(metric.kind, logits.astype(np.float64), labels.astype(np.float64), counts)
    if outcome == "class":
        return _of_classes(metric.kind, logits.astype(np.float64), labels.astype(np.int64), counts)
    clicks = labels > 0.5 if outcome == "binary" else labels.astype(np.float64)
    match metric.kind:
        case "auc":
            return auc(logits, clicks, counts)
        case "pr_auc":
            return average_precision(logits, clicks, counts)
        case "log_loss":
            return log_loss(logits, clicks, counts)
        case "ne":
            return normalised_entropy(logits, clicks, counts)
        case "accuracy":
            least = math.log(metric.threshold / (1 - metric.threshold))
            return _average((logits >= least) == clicks, counts)
        case "ece":
            return calibration_error(logits, clicks, counts, metric.bins, metric.equal)
    assert metric.by is not None
    by_group = list(_groups(rows.groups[metric.by], logits, clicks, counts))
    match metric.kind:
        case "gauc":
            weights = {
                "impressions": lambda _, own, counts: counts.sum(),
                "clicks": lambda _, own, counts: counts[own].sum(),
                "none": lambda *_: 1,
            }
            return _mean(by_group, auc, weights[metric.weight])
        # A ranking has each row once.
        case "ndcg":
            return _mean(by_group, lambda scores, own, _: ndcg(scores, own, metric.at))
        case "hit_rate":
            return _mean(by_group, lambda scores, own, _: hit(scores, own, metric.at))
        case "mrr":
            return _mean(by_group, lambda scores, own, _: reciprocal_rank(scores, own))
    raise ValueError(f"no metric {metric.kind}")


def _average(values: np.ndarray, counts: np.ndarray) -> float:
    """The mean over the rows, each with its weight."""
    return float(np.average(values, weights=counts))


def calibration(predicted: np.ndarray, labels: np.ndarray, counts: np.ndarray) -> float:
    """|Σ prediction / Σ label − 1|."""
    of = float((counts * labels).sum())
    return math.nan if of == 0 else abs(float((counts * predicted).sum()) / of - 1)


def _of_numbers(kind: str, predicted: np.ndarray, labels: np.ndarray, counts: np.ndarray) -> float:
    match kind:
        case "rmse":
            return math.sqrt(_average((predicted - labels) ** 2, counts))
        case "mae":
            return _average(np.abs(predicted - labels), counts)
        case "r2":
            centred = labels - labels[0]
            squares = _average(centred**2, counts)
            variance = squares - _average(centred, counts) ** 2
            if variance <= 1e-12 * squares:
                return math.nan
            return 1 - _average((predicted - labels) ** 2, counts) / variance
        case "xauc":
            return xauc(predicted, labels, counts)
    raise ValueError(f"no metric {kind} of numbers")


def xauc(predicted: np.ndarray, labels: np.ndarray, counts: np.ndarray) -> float:
    """The share of pairs with different labels that are in the right order; a tie counts one half."""
    _, ranks = np.unique(predicted, return_inverse=True)
    right, pairs, seen = 0.0, 0.0, np.zeros(ranks.max() + 2)
    for label in np.unique(labels):
        own, weights, before = ranks[labels == label], counts[labels == label], seen.sum()
        below = np.concatenate([[0.0], seen.cumsum()])
        right += (weights * (below[own] + below[own + 1])).sum()
        pairs += before * weights.sum()
        np.add.at(seen, own, weights)
    return math.nan if pairs == 0 else float(right / 2 / pairs)


def _of_classes(kind: str, logits: np.ndarray, labels: np.ndarray, counts: np.ndarray) -> float:
    rows, classes = logits.shape
    match kind:
        case "accuracy":
            return _average(logits.argmax(1) == labels, counts)
        case "log_loss":
            return _average(_log_sum_exp(logits) - logits[np.arange(rows), labels], counts)
    against = np.stack([logits[:, i] - _log_sum_exp(np.delete(logits, i, 1)) for i in range(classes)], 1)
    against = against.astype(np.float32)
    match kind:
        case "macro_auc":
            each = [auc(against[:, i], labels == i, counts) for i in range(classes)]
            found = [area for area in each if not math.isnan(area)]
            return sum(found) / len(found) if found else math.nan
        case "micro_auc":
            happened = (labels[:, None] == np.arange(classes)).reshape(-1)
            return auc(against.reshape(-1), happened, np.repeat(counts, classes))
    raise ValueError(f"no metric {kind} of classes")


def _log_sum_exp(logits: np.ndarray) -> np.ndarray:
    most = logits.max(1)
    return most + np.log(np.exp(logits - most[:, None]).sum(1))


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    z = logits.astype(np.float64)
    return np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), 1 - 1 / (1 + np.exp(-np.abs(z))))


def auc(logits: np.ndarray, clicks: np.ndarray, counts: np.ndarray) -> float:
    """The share of pairs of a clicked row and another that are in the right order; a tie counts one half."""
    _, places = np.unique(logits, return_inverse=True)
    own, others = np.bincount(places, weights=counts * clicks), np.bincount(places, weights=counts * ~clicks)
    pairs = own.sum() * others.sum()
    if pairs == 0:
        return math.nan
    return float((own * (others.cumsum() - others / 2)).sum() / pairs)


def average_precision(logits: np.ndarray, clicks: np.ndarray, counts: np.ndarray) -> float:
    """Σ (recallᵢ − recallᵢ₋₁)·precisionᵢ over the distinct scores from the highest down; ties enter together."""
    _, places = np.unique(-logits, return_inverse=True)
    tied, rows = np.bincount(places, weights=counts * clicks), np.bincount(places, weights=counts)
    found = tied.cumsum()
    return float((tied * found / rows.cumsum()).sum() / found[-1]) if found[-1] > 0 else math.nan


def log_loss(logits: np.ndarray, clicks: np.ndarray, counts: np.ndarray) -> float:
    z = np.clip(logits.astype(np.float64), -LARGEST_LOGIT, LARGEST_LOGIT)
    return _average(np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))) - clicks * z, counts)


def normalised_entropy(logits: np.ndarray, clicks: np.ndarray, counts: np.ndarray) -> float:
    """The log loss over that of predicting the click rate for every row."""
    rate = _average(clicks, counts)
    if rate in (0.0, 1.0):
        return math.nan
    return log_loss(logits, clicks, counts) / -(rate * math.log(rate) + (1 - rate) * math.log1p(-rate))


def calibration_error(logits: np.ndarray, clicks: np.ndarray, counts: np.ndarray, bins: int, equal: str) -> float:
    """|mean probability − click rate| of bins of equal width or of equally many rows, weighted by their rows."""
    probability = _sigmoid(logits)
    if equal == "width":
        of_row = np.floor(probability * bins)
    else:
        _, places = np.unique(logits, return_inverse=True)
        tied = np.bincount(places, weights=counts)
        of_row = np.floor(bins * (2 * tied.cumsum() - tied) / (2 * tied.sum()))[places]
    of_row = np.minimum(of_row, bins - 1).astype(np.int64)
    gap = np.bincount(of_row, weights=counts * probability) - np.bincount(of_row, weights=counts * clicks)
    return float(np.abs(gap).sum() / counts.sum())


def _ties(logits: np.ndarray, clicks: np.ndarray) -> Iterator[tuple[int, int, int]]:
    """From the highest score down, of each distinct one: rows above it, its rows, its clicks."""
    _, places, counts = np.unique(-logits, return_inverse=True, return_counts=True)
    tied = np.bincount(places, weights=clicks, minlength=len(counts)).astype(np.int64)
    above = 0
    for rows, own in zip(counts.tolist(), tied.tolist(), strict=True):
        yield above, rows, own
        above += rows


def ndcg(logits: np.ndarray, clicks: np.ndarray, at: int) -> float:
    """The discounted gain of clicks among the first `at` rows over the largest possible; ties count their expectation."""
    all_clicks = int(clicks.sum())
    if all_clicks == 0:
        return math.nan
    first = np.concatenate([[0.0], (1 / np.log2(2 + np.arange(min(len(logits), at)))).cumsum()])

    def of_first(rows: int) -> float:
        return float(first[min(rows, at)])

    gain = sum(
        own / rows * (of_first(above + rows) - of_first(above)) for above, rows, own in _ties(logits, clicks) if own > 0
    )
    return gain / of_first(all_clicks)


def hit(logits: np.ndarray, clicks: np.ndarray, at: int) -> float:
    """1 if there is a click among the first `at` rows, else 0; with ties, the probability of a click among them."""
    if not clicks.any():
        return math.nan
    for above, rows, own in _ties(logits, clicks):
        if above >= at:
            return 0.0
        if own > 0:
            places = np.arange(min(rows, at - above))
            return 1.0 - float(np.prod((rows - own - places) / (rows - places)))
    return 0.0


def reciprocal_rank(logits: np.ndarray, clicks: np.ndarray) -> float:
    """1 / rank of the first click; with ties, its expected value."""
    for above, rows, own in _ties(logits, clicks):
        if own == 0:
            continue
        expected, missed = 0.0, 1.0
        for place in range(rows - own + 1):
            share = own / (rows - place)
            expected += missed * share / (above + place + 1)
            missed *= 1 - share
        return expected
    return math.nan


#: The scores of a group, its clicks, and how many rows each counts as.
Group = tuple[np.ndarray, np.ndarray, np.ndarray]


def _groups(column: np.ndarray, logits: np.ndarray, clicks: np.ndarray, counts: np.ndarray) -> Iterator[Group]:
    order = np.argsort(column, kind="stable")
    bounds = np.flatnonzero(np.diff(column[order])) + 1
    for rows in np.split(order, bounds):
        yield logits[rows], clicks[rows], counts[rows]


def _mean(
    groups: list[Group],
    of: Callable[[np.ndarray, np.ndarray, np.ndarray], float],
    weight: Callable[[np.ndarray, np.ndarray, np.ndarray], float] = lambda *_: 1,
) -> float:
    """The weighted mean over the groups in which it is defined."""
    values = [(of(*group), weight(*group)) for group in groups]
    known = [(value, share) for value, share in values if not math.isnan(value)]
    whole = sum(share for _, share in known)
    return sum(value * share for value, share in known) / whole if whole > 0 else math.nan
