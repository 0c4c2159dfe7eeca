"""LongCTR's models, FuxiCTR's for long histories, with weights under the names of the zoo's. Its loader has the candidate
as the last step, and fills histories up to the longest of a batch; here each batch is one row, so that none is filled up."""

from functools import partial
from unittest import mock

import rows as made
import torch
from fuxictr_models import model
from fuxictr_weights import tables
from modules import Peer
from weights import Weights, dense, layer_norm, mlp, numbered, of_linear

MLP = [64, 32]
HISTORY = list(made.HISTORIES)
# Of the first layer's columns: of user and candidate 48, then 16 from each of two attentions.
FIELDS, FIRST, SECOND = slice(0, 48), slice(48, 64), slice(64, 80)


def long(name: str, **settings):
    """Builds the model of that name, whose description of columns has no history: a step has the columns of the candidate."""
    build = model(f"LongCTR/{name}/{name}.py", dnn_hidden_units=MLP, attention_dim=16, short_seq_len=3, **settings)

    def built(columns: list[str]) -> torch.nn.Module:
        module = build([column for column in columns if column not in HISTORY])
        module.forward = partial(row_by_row, module.forward)
        return module

    return built


def topk(values: torch.Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True):
    """`Tensor.topk`, which takes any of equal numbers, with the later ones, as dinc."""
    found, places = values.flip(dim).sort(dim=dim, descending=largest, stable=True)
    return found.narrow(dim, 0, k), values.shape[dim] - 1 - places.narrow(dim, 0, k)


def row_by_row(forward, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The scores of rows one by one, each with its own count of steps."""
    scores = []
    with mock.patch.object(torch.Tensor, "topk", topk):
        for row, steps in enumerate((inputs[HISTORY[0]] != 0).sum(1).tolist()):
            users = {column: inputs[column][row : row + 1] for column in made.USER}
            items = {
                column: torch.cat([inputs[history][row, -steps:], inputs[column][row : row + 1]])
                for history, column in made.HISTORIES.items()
            }
            scores.append(forward((users, items, torch.ones(1, steps)))["y_pred"])
    return {"y_pred": torch.cat(scores)}


def without_latest(module: torch.nn.Module) -> None:
    """The last layers do not read the attention over the latest steps, which the zoo's model does not have."""
    module.dnn.mlp[0].weight.data[:, FIRST] = 0


def attention(name: str, weights: Weights, at: str) -> Weights:
    given = {}
    for number, part in enumerate(("W_q", "W_k", "W_v", "W_o"), 1):
        given |= of_linear(f"{name}.linear_{number}", weights, f"{at}.{part}")
    return given


def last_layers(weights: Weights, *columns: torch.Tensor) -> Weights:
    """The first layer with those columns of its kernel, and the layers after it."""
    moved = {**weights, "dnn.mlp.0.weight": torch.cat(columns, 1)}
    given = mlp("net.like.mlp", moved, ["dnn.mlp.0", "dnn.mlp.2"])
    return given | of_linear("net.like.dense_1", weights, "dnn.mlp.4")


def of_fields(weights: Weights, *others: slice) -> Weights:
    first = weights["dnn.mlp.0.weight"]
    return last_layers(weights, first[:, FIELDS], *(first[:, each] for each in others))


def eta(weights: Weights) -> Weights:
    given = tables(weights) | {"net.hash.bits.parameter_1.value": weights["random_rotations"][0].T}
    given |= attention("net.interest.target_attention", weights, "long_attention")
    given |= attention("net.latest.target_attention", weights, "short_attention")
    return given | of_fields(weights, SECOND, FIRST)


def sdim(weights: Weights) -> Weights:
    given = tables(weights) | {"net.hash.bits.parameter_1.value": weights["random_rotations"][0].flatten(1).T}
    given |= attention("net.latest.target_attention", weights, "short_attention")
    return given | of_fields(weights, FIRST, SECOND)


def sim(weights: Weights) -> Weights:
    given = tables(weights)
    given |= dense("net.scores.linear_1", weights["W_a.weight"][:8])
    given |= dense("net.scores.linear_2", weights["W_b.weight"][:8])
    # The zoo's heads read the steps themselves, and steps' places: the library's values and outputs are a part of the
    # first layer's kernel here, as is the root by which it divides scores one of the queries'.
    query, key, value, out = (weights[f"long_attention.{part}.weight"] for part in ("W_q", "W_k", "W_v", "W_o"))
    first = weights["dnn.mlp.0.weight"]
    columns = [first[:, FIELDS]]
    for head in range(2):
        name, part = f"net.interest.{numbered('head', head + 1)}", slice(8 * head, 8 * head + 8)
        given |= dense(f"{name}.linear_1", query[part] / 8**0.5)
        given |= dense(f"{name}.linear_2", torch.cat([key[part], torch.zeros(8, 4)], 1))
        columns += [first[:, SECOND] @ out[:, part] @ value[part], torch.zeros(64, 4)]
    given["net.placed.position_1.vectors"] = torch.ones(3, 4)
    return given | last_layers(weights, *columns)


def twin(weights: Weights) -> Weights:
    given = tables(weights) | {"net.counts.linear_1.kernel": torch.zeros(1, 1)}
    given |= of_linear("net.asks.linear_1", weights, "long_attention.W_q")
    given |= of_linear("net.tells.linear_1", weights, "long_attention.W_h")
    given |= dense("net.interest.linear_1", weights["long_attention.W_v.weight"][:8])
    given |= dense("net.interest.linear_2", weights["long_attention.W_o.weight"][:, :8])
    return given | of_fields(weights, SECOND)


def mirrn(weights: Weights) -> Weights:
    given = tables(weights) | {"net.hash.bits.parameter_1.value": weights["random_rotations"].T}
    given["net.placed.position_1.vectors"] = weights["pos.weight"][1 : made.STEPS + 1]
    for search in range(3):
        at, name = f"MHFT_block.{search}", f"net.refined.{numbered('filtered', search + 1)}"
        given |= layer_norm(f"net.refined.layer_norm_{search + 1}", weights, f"{at}.LayerNorm")
        # Of its matrices the library's sum reads the diagonals alone, four of four numbers, which are here those of two.
        diagonals = weights[f"{at}.complex_weight"].diagonal(dim1=1, dim2=2).permute(1, 0, 2).reshape(2, 2, 8)
        for number, part in enumerate(("real", "imaginary")):
            for head in range(2):
                square = f"{name}.{part}.by_heads.{numbered('square', head + 1)}.linear_1"
                given |= dense(square, diagonals[number, head].diag())
    given |= attention("net.interest.target_attention", weights, "long_attention")
    return given | of_fields(weights, SECOND)


def narrow_search(module: torch.nn.Module) -> None:
    without_latest(module)
    module.W_a.weight.data[8:] = 0


def narrow_values(module: torch.nn.Module) -> None:
    without_latest(module)
    module.long_attention.W_v.weight.data[8:] = 0


def same_floor(module: torch.nn.Module) -> None:
    """MIRRN: normalisations with dinc's floor of a variance; the library has 1e-12."""
    without_latest(module)
    for filtered in module.MHFT_block:
        filtered.LayerNorm.variance_epsilon = 1e-5


SHORT = "It also has an attention over the latest steps, whose weights in the last layers are zero here"
ROWS = "Each row is a batch of its own, as the mask of LongCTR's latest steps is that of the steps before them"
peers = {
    "eta": Peer(
        long("ETA", num_heads=2, hash_bits=16, topk=3),
        HISTORY,
        shortest=3,
        mapped=eta,
        note=f"With the same random matrix. {ROWS}. Of steps that are equally near, the later ones, as dinc has them",
    ),
    "sdim": Peer(
        long("SDIM", num_heads=2, num_hashes=4, hash_bits=2, l2_norm=True),
        HISTORY,
        shortest=3,
        mapped=sdim,
        note=f"With the same random matrix. {ROWS}",
    ),
    "sim_soft": Peer(
        long("SIM", num_heads=2, topk=3),
        HISTORY,
        shortest=3,
        mapped=sim,
        arrange=narrow_search,
        note=f"Without the places of steps, which LongCTR does not have. {SHORT}. {ROWS}; with filled up histories it would "
        "score what is filled up with 0, above steps that do not go with the candidate",
    ),
    "twin": Peer(
        long("TWIN", topk=3),
        HISTORY,
        shortest=3,
        mapped=twin,
        arrange=narrow_values,
        note="Without what step and candidate have in common: LongCTR's weights for that cannot read more than one step. "
        f"{SHORT}. {ROWS}",
    ),
    "mirrn": Peer(
        long("MIRRN", num_heads=2, hash_bits=16, topk=4),
        HISTORY,
        shortest=4,
        mapped=mirrn,
        arrange=same_floor,
        spec=[("top(liked, 5)", "top(liked, 16)")],
        note="As the authors' code. With the same random matrix, and the latest 16 steps, which the code has as a number. "
        f"Variances have dinc's floor of 1e-5. {SHORT}. {ROWS}. Of steps that are equally near, the later ones, as dinc has them",
    ),
}
