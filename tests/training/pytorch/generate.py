"""Writes pytorch.json: what PyTorch's optimizers, clipping and losses make of made-up numbers.

The tests of optimizers, clipping and losses compare dinc's with it; nothing else of PyTorch is needed to run them. Made with
torch 1.12.1, whose wheel on PyPI runs without a GPU and without further packages:

    python3.10 -m venv /tmp/torch && /tmp/torch/bin/pip install torch==1.12.1 'numpy<2'
    /tmp/torch/bin/python tests/training/pytorch/generate.py && npx biome check --write tests/training/pytorch

All in f64, so that what differs is dinc's own rounding. Gradients are given, not computed: an optimizer knows nothing else of
a model. Rows that a step does not name have no gradient there; `Adagrad` and `SGD` without momentum leave them alone, as dinc
does. Of the others the fixture names every row in every step, since PyTorch's dense forms are not lazy; its lazy Adam is
`SparseAdam`, whose epsilon is not corrected for the start as Adam's is, and so is next to nothing here.
"""

import json
import pathlib

import torch

STEPS = 6
ROWS, WIDTH = 4, 3

torch.manual_seed(5)
torch.set_default_dtype(torch.float64)


def numbers(*shape):
    # Few digits, so that the file is short and f32 holds them nearly.
    return (torch.randn(*shape) * 100).round() / 100


def optimizer_case(name, make, settings, sparse, lazy=False):
    start = numbers(ROWS, WIDTH)
    weight = torch.nn.Parameter(start.clone())
    optimizer = make([weight])
    steps = []
    for step in range(STEPS):
        rows = [row for row in range(ROWS) if not sparse or (row + step) % 3 > 0]
        gradient = torch.zeros(ROWS, WIDTH)
        gradient[rows] = numbers(len(rows), WIDTH)
        weight.grad = gradient.clone() if not lazy else torch.sparse_coo_tensor(
            torch.tensor([rows]), gradient[rows], gradient.shape
        )
        optimizer.step()
        steps.append(
            {
                "rows": rows,
                "gradients": gradient[rows].flatten().tolist(),
                "values": weight.detach().flatten().tolist(),
            }
        )
    return {"name": name, "settings": settings, "start": start.flatten().tolist(), "steps": steps}


def optimizers():
    optim = torch.optim
    adam = {"learningRate": 0.05, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3}
    betas = {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-3}
    momentum = {"kind": "momentum", "learningRate": 0.1, "momentum": 0.7}
    adagrad = {
        "kind": "adagrad",
        "learningRate": 0.1,
        "initialAccumulator": 0.2,
        "epsilon": 1e-3,
        "rowWise": False,
    }
    return [
        optimizer_case("SGD", lambda w: optim.SGD(w, 0.1), {"kind": "sgd", "learningRate": 0.1}, True),
        optimizer_case(
            "SGD with momentum",
            lambda w: optim.SGD(w, 0.1, momentum=0.7),
            {**momentum, "nesterov": False},
            False,
        ),
        optimizer_case(
            "SGD with Nesterov momentum",
            lambda w: optim.SGD(w, 0.1, momentum=0.7, nesterov=True),
            {**momentum, "nesterov": True},
            False,
        ),
        optimizer_case("Adam", lambda w: optim.Adam(w, **betas), {"kind": "adam", **adam}, False),
        optimizer_case(
            "AdamW",
            lambda w: optim.AdamW(w, **betas, weight_decay=0.3),
            {"kind": "adamw", **adam, "weightDecay": 0.3},
            False,
        ),
        optimizer_case(
            "Adagrad",
            lambda w: optim.Adagrad(w, 0.1, initial_accumulator_value=0.2, eps=1e-3),
            adagrad,
            True,
        ),
    ]


def l2():
    """Adam with its own weight_decay, which is added to the gradient: what `regularize l2` does."""
    return optimizer_case(
        "Adam with weight_decay",
        lambda w: torch.optim.Adam(w, 0.05, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.3),
        {"kind": "adam", "learningRate": 0.05, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3},
        False,
    )


def lazy_adam():
    return optimizer_case(
        "SparseAdam",
        lambda w: torch.optim.SparseAdam(w, 0.05, betas=(0.8, 0.95), eps=1e-12),
        {"kind": "adam", "learningRate": 0.05, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-12},
        True,
        lazy=True,
    )


PRICES = [0.5, -1.0, 2.0]
KINDS = [0, 1, 0]
CLICKS = [1.0, 0.0, 1.0]
KERNEL = [[0.7], [-0.2]]
BIAS = [0.1]
TABLE = [[0.3], [-0.4]]


def clipping():
    """Logistic regression on a number and an embedding of one number, as tests/training/step.test.ts has it."""
    cases = []
    for most in [0.05, 0.2, 100.0]:
        layer = torch.nn.Linear(2, 1)
        table = torch.nn.Embedding(2, 1)
        with torch.no_grad():
            layer.weight.copy_(torch.tensor(KERNEL).T)
            layer.bias.copy_(torch.tensor(BIAS))
            table.weight.copy_(torch.tensor(TABLE))
        x = torch.cat([torch.tensor(PRICES).unsqueeze(1), table(torch.tensor(KINDS))], dim=1)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            layer(x).squeeze(1), torch.tensor(CLICKS)
        )
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_([*layer.parameters(), *table.parameters()], most)
        cases.append(
            {
                "most": most,
                "norm": norm.item(),
                "kernel": layer.weight.grad.flatten().tolist(),
                "bias": layer.bias.grad.tolist(),
                "table": table.weight.grad.flatten().tolist(),
            }
        )
    return {
        "prices": PRICES,
        "kinds": KINDS,
        "clicks": CLICKS,
        "kernel": [row[0] for row in KERNEL],
        "bias": BIAS,
        "table": [row[0] for row in TABLE],
        "cases": cases,
    }


def losses():
    logits = torch.tensor([0.3, -1.2, 2.5, -0.7, 20.0, -30.0], requires_grad=True)
    clicks = torch.tensor([1.0, 1.0, 0.0, 0.0, 1.0, 0.0])
    cases = []
    for smoothing, positive in [(0.0, 2.0), (0.1, 1.0), (0.2, 3.5)]:
        logits.grad = None
        truth = clicks * (1 - smoothing) + smoothing / 2
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            logits, truth, pos_weight=torch.tensor(positive)
        )
        loss.backward()
        cases.append(
            {
                "smoothing": smoothing,
                "positive": positive,
                "loss": loss.item(),
                "gradient": logits.grad.tolist(),
            }
        )
    return {"logits": logits.tolist(), "clicks": clicks.tolist(), "cases": cases}


path = pathlib.Path(__file__).with_name("pytorch.json")
content = {
    "torch": torch.__version__,
    "rows": ROWS,
    "width": WIDTH,
    "optimizers": optimizers(),
    "l2": l2(),
    "lazy_adam": lazy_adam(),
    "clipping": clipping(),
    "losses": losses(),
}
path.write_text(json.dumps(content, indent=1) + "\n")
