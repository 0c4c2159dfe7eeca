"""PyTorch modules with random weights, saved with their scores: what every library's file here shares."""

import json
import random
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

import rows as made
import torch
from weights import Weights

ROWS = 64
ZOO = Path(__file__).parents[3] / "examples/zoo"


# NARM over the ids of items alone, as libraries have it.
ITEMS_ALONE = [
    ("features user { user_id : id(min_count: 5)  embed 8 }\n", ""),
    ("  genre   : id  embed 8\n", ""),
    ("  genre   <-> hist_genre\n", ""),
    ("concat(item_id, genre)", "item_id"),
    ("dot(linear(session, 16), target) + weight(user_id) + weight(item_id)", "dot(linear(session, 8), target)"),
]


@dataclass
class Peer:
    """A library's model that is compared with a model of the zoo."""

    # The module for the columns that it reads.
    build: Callable[[list[str]], torch.nn.Module]
    # Columns beside those of user and item.
    histories: list[str] = field(default_factory=list)
    # Expressions by weight of the zoo's model, and weights that no score needs.
    weights: dict[str, str] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)
    # Weights that the published model does not have, by the beginnings of their names: they are zero here.
    zero: list[str] = field(default_factory=list)
    # The weights of the zoo's model by name, computed from the module's, where names and shapes do not decide.
    mapped: Callable[[Weights], Weights] | None = None
    # Sets weights of the module after they were drawn.
    arrange: Callable[[torch.nn.Module], None] = lambda module: None
    # Texts of the zoo's spec and what stands in their place here, for parts that only one side has.
    spec: list[tuple[str, str]] = field(default_factory=list)
    # Of the random weights: larger ones where scores would hardly differ.
    deviation: float = 0.3
    # What a reader of the table must know: a part that only one side has, the reason of a difference.
    note: str = ""
    # Columns of the user and the item that it reads.
    columns: list[str] = field(default_factory=lambda: [*made.USER, *made.ITEM])
    # Those of them that it reads as numbers.
    numbers: tuple[str, ...] = ()
    # The steps that a history has at least.
    shortest: int = 1


def randomize(module: torch.nn.Module, seed: int, zero: tuple[str, ...], deviation: float) -> None:
    """Draws every weight and statistic, so that none is at its harmless initial value. Row 0 of a table is padding."""
    chance = torch.Generator().manual_seed(seed)
    done = set()
    with torch.no_grad():
        for name, value in [*module.named_parameters(), *module.named_buffers()]:
            is_constant = isinstance(value, torch.nn.Parameter) and not value.requires_grad
            if is_constant or not value.is_floating_point() or value.data_ptr() in done:
                continue
            done.add(value.data_ptr())
            drawn = torch.randn(value.shape, generator=chance) * deviation
            value.copy_(drawn.abs() + 0.5 if name.endswith("running_var") else drawn)
        for name, value in module.named_parameters():
            if name.startswith(zero):
                value.zero_()
        for part in module.modules():
            if isinstance(part, torch.nn.Embedding):
                part.weight[0] = 0


def normal(module: torch.nn.Module) -> None:
    """Scales of normalisations at 1, which leave more of what they normalise than those that are drawn."""
    for part in module.modules():
        if isinstance(part, torch.nn.BatchNorm1d):
            torch.nn.init.ones_(part.weight)


def positive_sizes(module: torch.nn.Module, scale: float, bias: float) -> None:
    """EulerNet: μ, of which dinc has the logarithm; and a last layer that keeps probabilities away from 0 and 1."""
    with torch.no_grad():
        module.mu.copy_(module.mu.abs() + 0.5)
        module.reg.weight.mul_(scale)
        module.reg.bias.fill_(bias)


def padded_behind(ids: torch.Tensor) -> torch.Tensor:
    """Histories with their padding behind the steps."""
    length = (ids != 0).sum(1, keepdim=True)
    return ids.gather(1, (torch.arange(made.STEPS) - length) % made.STEPS)


def named(scores: torch.Tensor) -> dict[str, torch.Tensor]:
    """The columns of scored.csv: one, or one for each of the labels like and love."""
    if scores.dim() == 1 or scores.shape[1] == 1:
        return {"score": scores}
    return dict(zip(["score_like", "score_love"], scores.T, strict=True))


def changed_spec(name: str, changes: list[tuple[str, str]]) -> str:
    text = (ZOO / f"{name}.din").read_text()
    for before, after in changes:
        assert text.count(before) == 1, f"{name}.din has {before!r} {text.count(before)} times"
        text = text.replace(before, after)
    return text


def write_peers(
    peers: dict[str, Peer],
    out: Path,
    score: Callable[[torch.nn.Module, dict[str, torch.Tensor]], dict[str, torch.Tensor]],
    only: list[str],
) -> None:
    """For each model a folder with its checkpoint, vocabularies, scored rows and map of weights."""
    for index, (name, peer) in enumerate(peers.items()):
        if only and name not in only:
            continue
        folder = out / name
        folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(index)
        tables = made.vocabularies(random.Random(index))
        rows = made.made_rows(ROWS, index, peer.shortest)
        columns = [*peer.columns, *peer.histories]
        module = peer.build(columns).eval()
        randomize(module, index, tuple(peer.zero), peer.deviation)
        peer.arrange(module)
        inputs = {
            column: torch.tensor([made.encoded(column, row[column], tables, peer.numbers) for row in rows])
            for column in columns
        }
        with torch.no_grad():
            scores = {label: values.reshape(-1).tolist() for label, values in score(module, inputs).items()}
        spread = min(max(values) - min(values) for values in scores.values())
        assert spread > 0.05, f"{name}: the scores hardly differ, so they compare nothing"
        state, weights = module.state_dict(), peer.weights
        unused = [*peer.unused, *(f"{each}*" for each in peer.zero)]
        if peer.mapped is not None:
            state = {key: value.clone().contiguous() for key, value in peer.mapped(state).items()}
            weights, unused = {key: key for key in state} | weights, []
        torch.save(state, folder / "checkpoint.model")
        if peer.spec:
            (folder / "model.din").write_text(changed_spec(name, peer.spec))
        made.write_vocabularies(folder, tables)
        made.write_rows(folder, rows, scores)
        (folder / "weights.yaml").write_text(json.dumps({"weights": weights, "unused": unused}, indent=1))
        # Some modules of the libraries score all items, and stand in one that scores the row's.
        title = type(getattr(module, "scorer", module)).__name__
        (folder / "peer.json").write_text(json.dumps({"module": title, "note": peer.note}))
        print(f"{name}: {title}", file=sys.stderr)
