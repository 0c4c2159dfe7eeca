"""Torch-RecHub's models of histories and of two towers, with weights under the names of the zoo's."""

import rows as made
import torch
from modules import ITEMS_ALONE, Peer, normal, padded_behind
from torch_rechub.basic.features import SequenceFeature, SparseFeature
from torch_rechub.basic.layers import HSTUBlock
from torch_rechub.models.matching.dssm import DSSM
from torch_rechub.models.matching.narm import NARM
from torch_rechub.models.matching.sasrec import SASRec
from torch_rechub.models.matching.youtube_dnn import YoutubeDNN
from torch_rechub.models.ranking.bst import BST
from torch_rechub_models import FIELDS, feature, features, mlp, tables
from weights import Weights, attention, dense, encoder, gru, layer_norm, of_linear
from weights import mlp as linears

ITEMS = len(made.VALUES["item_id"]) + 2
HISTORY = list(made.HISTORIES)
# No score depends on how often an item occurs.
FREQUENCY = {"item_id.frequency": torch.ones(ITEMS, 1)}


def history(column: str, width: int = 8, pooling: str = "concat", shared: str | None = None) -> SequenceFeature:
    size = len(made.VALUES[made.HISTORIES[column]]) + 2
    return SequenceFeature(column, size, width, pooling=pooling, padding_idx=0, shared_with=shared)


class OfItem(torch.nn.Module):
    """The score of the row's item, of those that a model gives to all items."""

    def __init__(self, scorer: torch.nn.Module):
        super().__init__()
        self.scorer = scorer

    def forward(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        steps = {"hist_item_id": padded_behind(inputs["hist_item_id"])}
        return torch.sigmoid(self.scorer(steps).gather(1, inputs["item_id"].reshape(-1, 1)))


def narm(weights: Weights) -> Weights:
    parts = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    return {
        "item_id": weights["scorer.item_emb.weight"],
        **gru("net.states.gru.gru_cell", *(weights[f"scorer.gru.{part}"] for part in parts)),
        **dense("net.matters.linear_1", weights["scorer.a_1"]),
        **dense("net.matters.linear_2", weights["scorer.a_2"]),
        "net.matters.linear_3.kernel": weights["scorer.v"],
        **dense("net.score.linear_1", weights["scorer.b"]),
        "net.like.bias_1.bias": torch.zeros(1),
    }


class TwoTowers(torch.nn.Module):
    """The product of what the two towers give, which the library has for training alone."""

    def __init__(self, scorer: torch.nn.Module):
        super().__init__()
        self.scorer = scorer

    def forward(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        sides = []
        for side in ("user", "item"):
            self.scorer.mode = side
            sides.append(self.scorer(inputs))
        return torch.sigmoid((sides[0] * sides[1]).sum(1))


def youtube_module(_columns: list[str]) -> torch.nn.Module:
    user = [history("hist_item_id", pooling="mean"), *features(["gender", "age", "occupation"])]
    return TwoTowers(YoutubeDNN(user, [SparseFeature("item_id", ITEMS, 16)], [], {"dims": [32, 16]}))


def youtube_dnn(weights: Weights) -> Weights:
    at = "scorer.embedding.embed_dict"
    given = {name: weights[f"{at}.{name}.weight"] for name in ("gender", "age", "occupation")}
    given |= {
        "item_id": weights[f"{at}.hist_item_id.weight"],
        "item_id.embed_16.watched": weights[f"{at}.item_id.weight"],
    }
    return given | FREQUENCY | mlp("net.user.mlp", weights, "scorer.user_mlp", 2)


def dssm(weights: Weights) -> Weights:
    both = [mlp(f"net.{side}.mlp", weights, f"{side}_mlp", 2) for side in ("user", "item")]
    return tables(weights) | FREQUENCY | both[0] | both[1]


def bst_module(_columns: list[str]) -> torch.nn.Module:
    steps = [history(column, shared=owner) for column, owner in made.HISTORIES.items()]
    layers = {"dims": [64, 32, 16], "activation": "leakyrelu"}
    return BST(
        features(made.USER), steps, features(made.ITEM), layers, nhead=4, dropout=0.0, max_seq_len=made.STEPS + 1
    )


def bst(weights: Weights) -> Weights:
    given = tables(weights) | encoder("net.encoded.encoder", weights, "transformer_layers.layers.0")
    # The library counts positions from the first place of the padded history, dinc from the last.
    given["net.placed.position_1.vectors"] = weights["pos_embedding.weight"].flip(0)
    # The library has the interest, the item and the user's columns, in this order.
    first = weights["mlp.mlp.0.weight"]
    moved = {**weights, "mlp.mlp.0.weight": torch.cat([first[:, 32:], first[:, 16:32], first[:, :16]], 1)}
    return given | mlp("net.like.mlp", moved, "mlp", 3) | of_linear("net.like.dense_1", weights, "mlp.mlp.12")


class LastStep(torch.nn.Module):
    """SASRec's score of the row's item, from the state of the latest step."""

    def __init__(self, scorer: torch.nn.Module):
        super().__init__()
        self.scorer = scorer

    def forward(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        steps = padded_behind(inputs["hist_item_id"])
        rows = {"seq": steps}
        vectors = self.scorer.item_emb(rows, self.scorer.features)[:, 0]
        states = self.scorer.seq_forward(rows, vectors)
        latest = states[torch.arange(len(steps)), (steps != 0).sum(1) - 1]
        return torch.sigmoid((latest * self.scorer.item_emb.embed_dict["seq"](inputs["item_id"].reshape(-1))).sum(1))


def sasrec_module(_columns: list[str]) -> torch.nn.Module:
    steps = SequenceFeature("seq", ITEMS, 16, pooling="concat", padding_idx=0)
    return LastStep(SASRec([steps], max_len=made.STEPS, dropout_rate=0.0))


def one_position(module: torch.nn.Module) -> None:
    """SASRec: the same vector for all positions, which the library counts from the first step; dinc's epsilon."""
    places = module.scorer.position_emb.weight.data
    places.copy_(places[:1].expand_as(places).clone())
    for part in module.modules():
        if isinstance(part, torch.nn.LayerNorm):
            part.eps = 1e-5


def sasrec(weights: Weights) -> Weights:
    given = {"item_id": weights["scorer.item_emb.embed_dict.seq.weight"]}
    given["net.states.position_1.vectors"] = weights["scorer.position_emb.weight"]
    for layer, name in enumerate(["net.states.read", "net.states.read_2"]):
        given |= layer_norm(f"{name}.asked.layer_norm_1", weights, f"scorer.attention_layernorms.{layer}")
        given |= attention(f"{name}.mixed", weights, f"scorer.attention_layers.{layer}")
        given |= layer_norm(f"{name}.mixed.layer_norm_1", weights, f"scorer.forward_layernorms.{layer}")
        for part in (1, 2):
            at = f"scorer.forward_layers.{layer}.conv{part}"
            given |= dense(f"{name}.dense_{part}", weights[f"{at}.weight"][:, :, 0], weights[f"{at}.bias"])
    return given | layer_norm("net.states.layer_norm_1", weights, "scorer.last_layernorm")


class HSTU(torch.nn.Module):
    """The library's layers between the tables and the last layers of the zoo's model, as its own model has one column."""

    def __init__(self):
        super().__init__()
        self.embed_dict = torch.nn.ModuleDict(
            {column: torch.nn.Embedding(feature(column).vocab_size, 8) for column in FIELDS}
        )
        self.scorer = HSTUBlock(d_model=16, n_heads=1, n_layers=2, dqk=8, dv=8, dropout=0.0, max_seq_len=made.STEPS + 1)
        self.mlp = torch.nn.Sequential(
            *(
                torch.nn.Linear(48, 64),
                torch.nn.ReLU(),
                torch.nn.Linear(64, 32),
                torch.nn.ReLU(),
                torch.nn.Linear(32, 1),
            )
        )

    def forward(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        vectors = {column: self.embed_dict[made.HISTORIES.get(column, column)](ids) for column, ids in inputs.items()}
        users = [vectors[column].reshape(-1, 8) for column in made.USER]
        items = torch.cat([vectors[column].reshape(-1, 1, 8) for column in made.ITEM], 2)
        steps = torch.cat([torch.cat([vectors[column] for column in HISTORY], 2), items], 1)
        real = torch.cat([inputs["hist_item_id"] != 0, torch.ones(len(steps), 1, dtype=torch.bool)], 1)
        encoded = self.scorer(steps, padding_mask=real)
        return torch.sigmoid(self.mlp(torch.cat([*users, encoded[:, -1]], 1)))


def hstu(weights: Weights) -> Weights:
    given = {column: weights[f"embed_dict.{column}.weight"] for column in FIELDS}
    for layer, name in enumerate(["net.encoded.hstu", "net.encoded.hstu_2"]):
        at = f"scorer.layers.{layer}"
        given |= layer_norm(f"{name}.all.layer_norm_1", weights, f"{at}.norm_in")
        # The library's parts are queries, keys, gates, values; dinc's gates, values, queries, keys.
        parts = (
            torch.cat([part[16:], part[:16]]) for part in (weights[f"{at}.proj1.weight"], weights[f"{at}.proj1.bias"])
        )
        given |= dense(f"{name}.all.dense_1", *parts)
        given[f"{name}.scores.buckets_1.vectors"] = weights[f"{at}.rab.pos_w"][: made.STEPS + 1].flip(0)
        given |= layer_norm(f"{name}.layer_norm_1", weights, f"{at}.norm_attn")
        given |= of_linear(f"{name}.dense_1", weights, f"{at}.proj2")
    return (
        given | linears("net.like.mlp", weights, ["mlp.0", "mlp.2"]) | of_linear("net.like.dense_1", weights, "mlp.4")
    )


NORMS = "Torch-RecHub normalises each hidden layer; here that is a part of dinc's kernels"
UNIT = """/// x at the length 1.
block unit(x: Vec[d]) -> Vec[d] {
  x / sqrt(dot(x, x) + 1e-9)
}

net {"""
READ = """  let asked = layer_norm(x)
  let mixed = layer_norm(asked + (causal_attention(linear(asked, d), linear(x, d), linear(x, d), 1) |> linear(d)))
  mixed + (mixed |> dense(d, relu) |> dense(d))"""
peers = {
    "narm": Peer(
        lambda _columns: OfItem(NARM(SequenceFeature("hist_item_id", ITEMS, 8, padding_idx=0), 16, 0.0, 0.0)),
        ["hist_item_id"],
        mapped=narm,
        spec=[*ITEMS_ALONE, ("sum(matters * states)", "sum(softmax(matters) * states)")],
        note="Over ids of items alone, without weights of user and item; with the softmax that the authors' code has",
    ),
    "dssm": Peer(
        lambda _columns: DSSM(
            features(made.USER), features(made.ITEM), *[{"dims": [32, 16], "activation": torch.nn.Tanh}] * 2
        ),
        mapped=dssm,
        arrange=normal,
        spec=[("10 * dot(user, item)", "dot(user, item)")],
        note=f"{NORMS}. Its cosine is the logit, without a factor",
    ),
    "youtube_dnn": Peer(
        youtube_module,
        ["hist_item_id"],
        mapped=youtube_dnn,
        arrange=normal,
        columns=["gender", "age", "occupation", "item_id"],
        spec=[
            ("net {", UNIT),
            ("|> mlp([32, 16], relu)", "|> mlp([32, 16], relu) |> unit"),
            ('embed(item_id, 16, name: "watched")', 'embed(item_id, 16, name: "watched") |> unit'),
        ],
        note=f"{NORMS}. Its logit is a cosine, where the paper's is a product, and so it is in the spec here",
    ),
    "bst": Peer(
        bst_module,
        HISTORY,
        mapped=bst,
        arrange=normal,
        zero=[
            "transformer_layers.layers.0.self_attn.in_proj_bias",
            "transformer_layers.layers.0.self_attn.out_proj.bias",
        ],
        spec=[
            ("concat(user_id, gender, age, occupation)", "concat(user_id, gender, age, occupation, item_id, genre)"),
            ("concat(steps, position(steps, 8))", "steps + position(steps, 16)"),
            ("encoder(placed, 48,", "encoder(placed, 2048,"),
        ],
        note=f"{NORMS}. It adds positions, where the paper has them beside the steps; its last layers also read the "
        "candidate's own vectors, and so it is in the spec here. Its attention has biases, which are zero",
    ),
    "sasrec": Peer(
        sasrec_module,
        ["hist_item_id"],
        columns=["item_id"],
        mapped=sasrec,
        arrange=one_position,
        zero=[
            f"scorer.attention_layers.{layer}.{part}"
            for layer in range(2)
            for part in ("in_proj_bias", "out_proj.bias")
        ],
        spec=[
            ("liked + position(liked, 16)", "4 * liked + position(liked, 16)"),
            (
                "  let mixed = x + dropout(causal_multi_head(layer_norm(x)), 0.2)\n"
                "  mixed + dropout(layer_norm(mixed) |> dense(d, relu) |> dense(d), 0.2)",
                READ,
            ),
        ],
        note="As the authors' code, Torch-RecHub normalises queries alone, adds to what it normalised and scales the items' "
        "vectors, where the paper adds to what it read: so does the spec here. All positions have one vector, as the library "
        "counts them from the first step",
    ),
    "hstu": Peer(
        lambda _columns: HSTU(),
        HISTORY,
        mapped=hstu,
        spec=[("dot(all[3], facing(all[4]))", "dot(all[3], facing(all[4])) / 2.8284271247461903")],
        note="The library's layers between dinc's tables and last layers, without times. They divide scores by the root of "
        "the width, which the paper does not: so does the spec here",
    ),
}
