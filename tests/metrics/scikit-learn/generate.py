"""Writes fixture.generated.json: rows and what scikit-learn says of them, for tests/metrics/scikit-learn.test.ts.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install scikit-learn numpy
    /tmp/venv/bin/python tests/metrics/scikit-learn/generate.py

Logits are rounded to 32 bits and to a grid, so that some tie.
"""

import json
from pathlib import Path

import numpy
import sklearn
from sklearn import metrics

USERS = 12
AT = 5


def rows(seed, grid, rate):
    """Rows of USERS users; logits are multiples of 1/grid, clicks about `rate` of them."""
    random = numpy.random.default_rng(seed)
    logits = numpy.round(random.normal(size=150) * grid) / grid
    chance = 1 / (1 + numpy.exp(-(1.5 * logits + numpy.log(rate / (1 - rate)))))
    labels = (random.random(150) < chance).astype(int)
    return logits.astype(numpy.float32), labels, random.integers(USERS, size=150)


def expected(logits, labels, users):
    probabilities = 1 / (1 + numpy.exp(-logits.astype(numpy.float64)))
    clicked = [own for own in (users == user for user in range(USERS)) if labels[own].sum() > 0]
    both = [own for own in clicked if labels[own].min() == 0]
    aucs = [metrics.roc_auc_score(labels[own], logits[own]) for own in both]
    # ndcg_score refuses a single row; no user has one here.
    ndcgs = [metrics.ndcg_score([labels[own]], [logits[own].astype(numpy.float64)], k=AT) for own in clicked]
    return {
        "auc": metrics.roc_auc_score(labels, logits),
        "gauc": float(numpy.average(aucs, weights=[own.sum() for own in both])),
        "pr_auc": metrics.average_precision_score(labels, logits),
        "log_loss": metrics.log_loss(labels, probabilities),
        "accuracy": metrics.accuracy_score(labels, probabilities >= 0.5),
        f"ndcg@{AT}": float(numpy.mean(ndcgs)),
    }


def case(seed, grid, rate):
    logits, labels, users = rows(seed, grid, rate)
    return {
        "logits": logits.tolist(),
        "labels": labels.tolist(),
        "users": users.tolist(),
        "expected": expected(logits, labels, users),
    }


fixture = {
    "made_by": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}",
    "cases": [case(1, 1000, 0.5), case(2, 4, 0.3), case(3, 2, 0.15)],
}
path = Path(__file__).with_name("fixture.generated.json")
path.write_text(json.dumps(fixture) + "\n")
