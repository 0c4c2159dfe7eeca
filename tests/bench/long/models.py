"""One process of `long`'s models: a network of the zoo in PyTorch, `models.py MODEL STEPS ROWS COUNT`."""

import sys

import torch
from measured import print_measured
from torch import Tensor, nn
from torch.nn import functional

name = sys.argv[1]
steps, rows, count = map(int, sys.argv[2:])
WIDTH, IDS, GENRES, NEGATIVES = 16, 1000, 20, 256
torch.set_num_threads(1)
torch.manual_seed(0)


class Hstu(nn.Module):
    """SiLU of all pairs with numbers by distance, which no function of PyTorch fuses. `width` is that of queries, keys and values."""

    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.before, self.split = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 4 * width)
        self.after, self.out = nn.LayerNorm(width), nn.Linear(width, WIDTH)
        self.near = nn.Embedding(21, 1)
        place = torch.arange(steps)
        back = place[:, None] - place
        self.register_buffer("is_past", back >= 0)
        self.register_buffer("bucket", back.clamp(0, 20))

    def forward(self, x: Tensor) -> Tensor:
        gate, values, queries, keys = functional.silu(self.split(self.before(x))).chunk(4, -1)
        scores = queries @ keys.transpose(1, 2) + self.near(self.bucket)[..., 0]
        read = (functional.silu(scores) * self.is_past / steps) @ values
        return x + self.out(self.after(read) * gate)


class Attention(nn.Module):
    def __init__(self, is_causal: bool) -> None:
        super().__init__()
        self.is_causal = is_causal
        self.split, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        queries, keys, values = (part[:, None] for part in self.split(x).chunk(3, -1))
        read = functional.scaled_dot_product_attention(queries, keys, values, is_causal=self.is_causal)
        return self.out(read[:, 0])


class Sasrec(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in range(2))
        self.attention, self.drop = Attention(is_causal=True), nn.Dropout(0.2)
        self.fed = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH))

    def forward(self, x: Tensor) -> Tensor:
        mixed = x + self.drop(self.attention(self.norms[0](x)))
        return mixed + self.drop(self.fed(self.norms[1](mixed)))


class Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in range(2))
        self.attention, self.drop = Attention(is_causal=False), nn.Dropout(0.1)
        self.fed = nn.Sequential(nn.Linear(WIDTH, 32), nn.ReLU(), nn.Linear(32, WIDTH))

    def forward(self, x: Tensor) -> Tensor:
        mixed = self.norms[0](x + self.drop(self.attention(x)))
        return self.norms[1](mixed + self.drop(self.fed(mixed)))


layer = {"hstu": Hstu, "sasrec": Sasrec, "transact": Encoder}[name]
is_sasrec = name == "sasrec"
item = nn.Embedding(IDS, WIDTH if is_sasrec else 8)
genre, user = nn.Embedding(GENRES, 8), nn.Parameter(torch.randn(32) / 10)
layers, norm = nn.Sequential(layer(), layer()), nn.LayerNorm(WIDTH)
place = nn.Parameter(torch.zeros(steps, WIDTH))
widest = nn.Linear(WIDTH, 32)
size = 32 + WIDTH if name == "hstu" else 32 + WIDTH + 4 * WIDTH + 32
crosses = nn.ModuleList(nn.Linear(size, size) for _ in range(2))
mlp = nn.Sequential(nn.Linear(size, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
head = nn.Linear(32 if name == "hstu" else size + 32, 1)
model = nn.ModuleList([item, genre, layers, norm, widest, crosses, mlp, head])
optimizer = torch.optim.Adam([*model.parameters(), user, place])

ids, genres = torch.randint(0, IDS, (rows, steps)), torch.randint(0, GENRES, (rows, steps))
candidate, label = torch.randint(0, IDS, (rows,)), (torch.arange(rows) % 2).float()


def loss_of_sasrec() -> Tensor:
    vectors = item(ids)
    states = norm(layers(vectors + place))
    drawn = item(torch.randint(0, IDS, (NEGATIVES,)))
    asked, following = states[:, :-1], vectors[:, 1:]
    scores = torch.cat([(asked * following).sum(-1, keepdim=True), asked @ drawn.T], -1)
    logit = (states[:, -1] * item(candidate)).sum(-1)
    following_loss = functional.cross_entropy(
        scores.flatten(0, 1), torch.zeros(scores[..., 0].numel(), dtype=torch.long)
    )
    return functional.binary_cross_entropy_with_logits(logit, label) + following_loss


def loss_of_candidate() -> Tensor:
    """The last step is the candidate."""
    x = torch.cat([item(ids), genre(genres)], -1)
    encoded, own = layers(x), user.expand(rows, -1)
    if name == "hstu":
        out = mlp(torch.cat([own, encoded[:, -1]], -1))
    else:
        latest = encoded[:, -4:].flatten(1)
        first = torch.cat([own, x[:, -1], latest, widest(encoded.amax(1))], -1)
        crossed = first
        for cross in crosses:
            crossed = first * cross(crossed) + crossed
        out = torch.cat([crossed, mlp(first)], -1)
    return functional.binary_cross_entropy_with_logits(head(out)[:, 0], label)


def step() -> None:
    optimizer.zero_grad()
    (loss_of_sasrec() if is_sasrec else loss_of_candidate()).backward()
    optimizer.step()


print_measured(step, count, rows)
