"""Writes all-rows.json: what PyTorch's optimizers make of a network with an `nn.Embedding` in some steps, for all-rows.test.ts.

    ~/.cache/dinc/torch/*/bin/python tests/training/pytorch/all_rows.py, or any Python with torch

Gradients of the table are dense, so that each step of Adam, AdamW and SGD with momentum moves each row. λ/2·‖W‖² is a part of
the loss, as FuxiCTR and BARS have it, so that `clip_grad_norm_` counts it. All in f64.
"""

import json
import pathlib

import torch
from torch import nn

IDS, WIDTH, BATCH, STEPS, CLICKS = 12, 3, 4, 8, 3

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)


def numbers(*shape):
    return (torch.randn(*shape) * 100).round() / 100


# Ids from 2: 0 pads, and 1 stands for unknown values. The last is in no batch.
STEPS_OF_ROWS = [
    [
        {
            "item": int(torch.randint(1, IDS - 1, ())),
            "clicked": torch.randint(2, IDS - 1, (int(torch.randint(0, CLICKS + 1, ())),)).tolist(),
            "click": int(torch.randint(0, 2, ())),
        }
        for _ in range(BATCH)
    ]
    for _ in range(STEPS)
]
TABLE = numbers(IDS, WIDTH)
TABLE[0] = 0
KERNEL, BIAS = numbers(2 * WIDTH, 1), numbers(1)
BETAS = {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-3}
ADAM = "0.05, beta1: 0.8, beta2: 0.95"


class Network(nn.Module):
    def __init__(self, sparse):
        super().__init__()
        self.table = nn.Embedding(IDS, WIDTH, padding_idx=0, sparse=sparse)
        self.layer = nn.Linear(2 * WIDTH, 1)
        with torch.no_grad():
            self.table.weight.copy_(TABLE)
            self.layer.weight.copy_(KERNEL.T)
            self.layer.bias.copy_(BIAS)

    def forward(self, rows):
        items = torch.tensor([row["item"] for row in rows])
        clicked = torch.tensor([row["clicked"] + [0] * (CLICKS - len(row["clicked"])) for row in rows])
        x = torch.cat([self.table(items), self.table(clicked).sum(1)], dim=1)
        return self.layer(x).squeeze(1)


def case(train, make, l2=0.0, most=None, sparse=False):
    network = Network(sparse)
    optimizers = make(network)
    for rows in STEPS_OF_ROWS:
        truth = torch.tensor([float(row["click"]) for row in rows])
        loss = nn.functional.binary_cross_entropy_with_logits(network(rows), truth)
        if l2 > 0:
            loss = loss + l2 / 2 * torch.norm(network.table.weight, 2) ** 2
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()
        if most is not None:
            nn.utils.clip_grad_norm_(network.parameters(), most)
        for optimizer in optimizers:
            optimizer.step()
    return {
        "train": train,
        "table": network.table.weight.detach().flatten().tolist(),
        "kernel": network.layer.weight.detach().flatten().tolist(),
        "bias": network.layer.bias.detach().tolist(),
    }


def one(make):
    return lambda network: [make(network.parameters())]


def decayed(network):
    """Biases do not decay in dinc."""
    matrices, biases = [network.table.weight, network.layer.weight], [network.layer.bias]
    return [
        torch.optim.AdamW([{"params": matrices, "weight_decay": 0.3}, {"params": biases, "weight_decay": 0}], **BETAS)
    ]


def sparse_adam(network):
    """SparseAdam for the table; for the layer the same formula, of dense gradients, does not exist in PyTorch."""
    return [
        torch.optim.SparseAdam([network.table.weight], **BETAS),
        torch.optim.SGD(network.layer.parameters(), 0.1),
    ]


CASES = [
    case(f"optimizer adam({ADAM}, epsilon: 1e-3, rows: all)", one(lambda p: torch.optim.Adam(p, **BETAS))),
    case(
        f"optimizer adam({ADAM}, epsilon: 1e-3)  regularize l2(tables: 0.2, rows: all)",
        one(lambda p: torch.optim.Adam(p, **BETAS)),
        l2=0.2,
    ),
    case(
        f"optimizer adam({ADAM}, epsilon: 1e-3, rows: all)  regularize l2(tables: 0.2, rows: all)  clip norm(0.4)",
        one(lambda p: torch.optim.Adam(p, **BETAS)),
        l2=0.2,
        most=0.4,
    ),
    case(f"optimizer adamw({ADAM}, epsilon: 1e-3, weight_decay: 0.3, rows: all)", decayed),
    case(
        "optimizer momentum(0.1, 0.7, rows: all)",
        one(lambda p: torch.optim.SGD(p, 0.1, momentum=0.7)),
    ),
    case(
        "optimizer sgd(0.1)  regularize l2(tables: 0.2, rows: all)  clip norm(0.4)",
        one(lambda p: torch.optim.SGD(p, 0.1)),
        l2=0.2,
        most=0.4,
    ),
    case(f"optimizer sgd(0.1), adam({ADAM}, epsilon_hat: 1e-3, for: tables)", sparse_adam, sparse=True),
]

pathlib.Path(__file__).with_name("all-rows.json").write_text(
    json.dumps(
        {
            **{"torch": torch.__version__, "ids": IDS, "width": WIDTH, "rows": STEPS_OF_ROWS},
            **{"table": TABLE.flatten().tolist(), "kernel": KERNEL.flatten().tolist(), "bias": BIAS.tolist()},
            "cases": CASES,
        }
    )
)
