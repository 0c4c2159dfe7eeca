"""RecBole's models of ids alone and of histories, with weights under the names of the zoo's."""

import rows as made
import torch
from modules import ITEMS_ALONE, Peer, padded_behind
from recbole_models import Config, Dataset, class_of
from weights import Weights, dense, gru, layer_norm, numbered, of_linear

NAMES = {"USER_ID_FIELD": "user_id", "ITEM_ID_FIELD": "item_id", "LIST_SUFFIX": "_list", "NEG_PREFIX": "neg_"}
HISTORY = ["hist_item_id"]


def built(path: str, **settings) -> torch.nn.Module:
    """A class of `recbole.model`: `sequential_recommender.narm.NARM`."""
    file, name = path.rsplit(".", 1)
    return class_of(file, name)(Config({"device": "cpu", "loss_type": "CE", **NAMES, **settings}), Dataset())


class Items(torch.nn.Module):
    """The score of the row's item, which is the product of its vector and that of the session."""

    def __init__(self, scorer: torch.nn.Module):
        super().__init__()
        self.scorer = scorer

    def session(self, history: torch.Tensor) -> torch.Tensor:
        steps = padded_behind(history)
        return self.scorer(steps, (steps != 0).sum(1))

    def predict(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        item = self.scorer.item_embedding(inputs["item_id"].reshape(-1))
        return torch.sigmoid((self.session(inputs["hist_item_id"]) * item).sum(1))


def narm_module(_columns: list[str]) -> torch.nn.Module:
    sizes = {"embedding_size": 8, "hidden_size": 16, "n_layers": 1, "dropout_probs": [0.0, 0.0]}
    return Items(built("sequential_recommender.narm.NARM", **sizes))


def without_bias(name: str, weights: Weights, at: str) -> Weights:
    """A GRU of PyTorch's that has no biases."""
    nothing = torch.zeros(weights[f"{at}.weight_ih_l0"].shape[0])
    return gru(name, weights[f"{at}.weight_ih_l0"], weights[f"{at}.weight_hh_l0"], nothing, nothing)


def narm(weights: Weights) -> Weights:
    # The library has what matters in the session first, then its end.
    both = weights["scorer.b.weight"]
    return {
        "item_id": weights["scorer.item_embedding.weight"],
        **without_bias("net.states.gru.gru_cell", weights, "scorer.gru"),
        **dense("net.matters.linear_1", weights["scorer.a_2.weight"]),
        **dense("net.matters.linear_2", weights["scorer.a_1.weight"]),
        **dense("net.matters.linear_3", weights["scorer.v_t.weight"]),
        **dense("net.score.linear_1", torch.cat([both[:, 16:], both[:, :16]], 1)),
        "net.like.bias_1.bias": torch.zeros(1),
    }


def gru4rec_module(_columns: list[str]) -> torch.nn.Module:
    sizes = {"embedding_size": 16, "hidden_size": 16, "num_layers": 1, "dropout_prob": 0.0}
    return Items(built("sequential_recommender.gru4rec.GRU4Rec", **sizes))


def gru4rec(weights: Weights) -> Weights:
    items = weights["scorer.item_embedding.weight"]
    return {
        "item_id": items,
        **without_bias("net.states.gru.gru_cell", weights, "scorer.gru_layers"),
        # A layer of the state before its product with an item is one of the item's vector.
        "item_id.embed_16.asked": items @ weights["scorer.dense.weight"],
        "item_id.weight": (items @ weights["scorer.dense.bias"])[:, None],
    }


class Masked(Items):
    """BERT4Rec, which is asked for the mask after the latest step."""

    def predict(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        mask = torch.full([len(inputs["hist_item_id"]), 1], self.scorer.mask_token)
        asked = self.scorer(torch.cat([inputs["hist_item_id"], mask], 1))[:, -1]
        item = inputs["item_id"].reshape(-1)
        score = (asked * self.scorer.item_embedding(item)).sum(1) + self.scorer.output_bias[item]
        return torch.sigmoid(score)


def bert4rec_module(_columns: list[str]) -> torch.nn.Module:
    sizes = {"hidden_size": 16, "inner_size": 64, "n_layers": 2, "n_heads": 2, "MAX_ITEM_LIST_LENGTH": made.STEPS + 1}
    rates = {"mask_ratio": 0.2, "hidden_dropout_prob": 0.0, "attn_dropout_prob": 0.0}
    rest = {"hidden_act": "gelu", "layer_norm_eps": 1e-5, "initializer_range": 0.02}
    module = Masked(built("sequential_recommender.bert4rec.BERT4Rec", **sizes, **rates, **rest))
    by_tanh = torch.nn.GELU(approximate="tanh")
    module.scorer.output_gelu = by_tanh
    for layer in module.scorer.trm_encoder.layer:
        layer.feed_forward.intermediate_act_fn = by_tanh
    return module


def bert4rec(weights: Weights) -> Weights:
    items = weights["scorer.item_embedding.weight"]
    given = {"item_id": items[:-1], "net.mask.parameter_1.value": items[-1]}
    given["item_id.weight"] = weights["scorer.output_bias"][:, None]
    # The library counts positions from the first place of the padded history, dinc from the last.
    given["net.placed.position_1.vectors"] = weights["scorer.position_embedding.weight"].flip(0)
    given |= layer_norm("net.placed.layer_norm_1", weights, "scorer.LayerNorm")
    for number in range(2):
        name, at = f"net.read.{numbered('encoder', number + 1)}", f"scorer.trm_encoder.layer.{number}"
        for part, theirs in enumerate(["query", "key", "value", "dense"], 1):
            kernel = weights[f"{at}.multi_head_attention.{theirs}.weight"]
            given |= dense(f"{name}.mixed.multi_head.linear_{part}", kernel)
        given |= layer_norm(f"{name}.mixed.layer_norm_1", weights, f"{at}.multi_head_attention.LayerNorm")
        for part in (1, 2):
            given |= of_linear(f"{name}.fed.dense_{part}", weights, f"{at}.feed_forward.dense_{part}")
        given |= layer_norm(f"{name}.layer_norm_1", weights, f"{at}.feed_forward.LayerNorm")
    given |= of_linear("net.read.dense_1", weights, "scorer.output_ffn")
    return given | layer_norm("net.read.layer_norm_1", weights, "scorer.output_ln")


class BPR(torch.nn.Module):
    def __init__(self, scorer: torch.nn.Module):
        super().__init__()
        self.scorer = scorer

    def predict(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        return torch.sigmoid(self.scorer.predict({name: ids.reshape(-1) for name, ids in inputs.items()}))


def bpr(weights: Weights) -> Weights:
    items = weights["scorer.item_embedding.weight"]
    users = weights["scorer.user_embedding.weight"]
    return {"user_id": users, "item_id": items, "item_id.weight": torch.zeros(len(items), 1)}


BIASES = [
    f"scorer.trm_encoder.layer.{layer}.multi_head_attention.{part}.bias"
    for layer in range(2)
    for part in ("query", "key", "value", "dense")
]
peers = {
    "narm": Peer(
        narm_module,
        HISTORY,
        mapped=narm,
        spec=ITEMS_ALONE,
        note="Over ids of items alone, without weights of user and item",
    ),
    "gru4rec": Peer(
        gru4rec_module,
        HISTORY,
        mapped=gru4rec,
        columns=["item_id"],
        note="RecBole has one table for the items of a session and those that are asked for, with a layer between: dinc's "
        "second table is the product of both here. Its GRU has no biases, so dinc's are zero",
    ),
    "bert4rec": Peer(
        bert4rec_module,
        HISTORY,
        mapped=bert4rec,
        columns=["item_id"],
        zero=BIASES,
        spec=[
            ("placed   = asked + position(asked, 16)", "placed   = asked + position(asked, 16) |> layer_norm"),
            ("dense(16, gelu)", "dense(16, gelu) |> layer_norm"),
        ],
        note="RecBole normalises what the first layer reads and what the last one gives, as BERT does, which the paper's "
        "section 3 does not: so has the spec here. Its attention has biases, which are zero, and both sides have the "
        "GELU by a tanh, as dinc",
    ),
    "bpr": Peer(
        lambda _columns: BPR(built("general_recommender.bpr.BPR", embedding_size=8)),
        mapped=bpr,
        columns=["user_id", "item_id"],
        note="RecBole's items have no bias, so dinc's is zero here",
    ),
}
