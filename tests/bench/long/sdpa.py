"""One process of `long`: the same layer in PyTorch, `sdpa.py STEPS ROWS COUNT`."""

import sys

import torch
from measured import print_measured
from torch.nn import functional

steps, rows, count = map(int, sys.argv[1:])
width, ids = 32, 1000
torch.set_num_threads(1)
torch.manual_seed(0)
table, split = torch.nn.Embedding(ids, width), torch.nn.Linear(width, 4 * width)
norm, mixed, head = torch.nn.LayerNorm(width), torch.nn.Linear(width, width), torch.nn.Linear(2 * width, 1)
layers = torch.nn.ModuleList([table, split, norm, mixed, head])
optimizer = torch.optim.Adam(layers.parameters(), lr=0.01)
history, item = torch.randint(0, ids, (rows, steps)), torch.randint(0, ids, (rows,))
label = torch.randint(0, 2, (rows,)).float()


def step() -> None:
    optimizer.zero_grad()
    x = table(history)
    gate, values, queries, keys = functional.silu(split(x)).chunk(4, -1)
    read = functional.scaled_dot_product_attention(
        queries[:, None], keys[:, None], values[:, None], is_causal=True
    )[:, 0]
    x = x + mixed(norm(read) * gate)
    logit = head(torch.cat([table(item), x.mean(1)], -1))[:, 0]
    functional.binary_cross_entropy_with_logits(logit, label).backward()
    optimizer.step()


print_measured(step, count, rows)
