"""FuxiCTR's models of histories, with weights under the names of the zoo's."""

import rows as made
import torch
from fuxictr_models import model
from fuxictr_weights import dice, tables
from modules import Peer
from weights import Weights, attention, dense, encoder, gru, layer_norm, mlp, of_linear

MLP = [64, 32]
HISTORY = list(made.HISTORIES)
FIELDS = {"target_field": [tuple(made.ITEM)], "sequence_field": [tuple(HISTORY)]}
VECTORS = "embedding_layer"


def fields(model_name: str) -> dict[str, list]:
    """The columns of candidate and history, as FuxiCTR names the settings of each model."""
    return {f"{model_name}_{key}": value for key, value in FIELDS.items()}


def block(name: str, weights: Weights, at: str) -> Weights:
    """BST's block of a transformer."""
    given = attention(f"{name}.mixed.multi_head", weights, f"{at}.attention")
    given |= layer_norm(f"{name}.mixed.layer_norm_1", weights, f"{at}.layer_norm1")
    given |= of_linear(f"{name}.fed.dense_1", weights, f"{at}.ffn.0")
    given |= of_linear(f"{name}.fed.dense_2", weights, f"{at}.ffn.2")
    return given | layer_norm(f"{name}.layer_norm_1", weights, f"{at}.layer_norm2")


def bst(weights: Weights) -> Weights:
    at = "transformer_encoders.0"
    given = tables(weights, VECTORS) | block("net.encoded.encoder", weights, f"{at}.transformer_blocks.0")
    # The library counts positions from the first place of the padded history, dinc from the last.
    given["net.placed.position_1.vectors"] = weights[f"{at}.position_emb"].flip(0)
    given |= mlp("net.like.mlp", weights, ["dnn.mlp.0", "dnn.mlp.2", "dnn.mlp.4"])
    return given | of_linear("net.like.dense_1", weights, "dnn.mlp.6")


def dien(weights: Weights) -> Weights:
    states = (weights[f"extraction_modules.0.{part}_l0"] for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    # The library's gates are in the order update, reset, candidate.
    at = "evolving_modules.0.gru_cell"
    parts = [weights[f"{at}.{part}"] for part in ("x2h.weight", "h2h.weight", "x2h.bias", "h2h.bias")]
    ordered = [torch.cat([part[16:32], part[:16], part[32:]]) for part in parts]
    # The library has the interest first, then the fields.
    first = weights["dnn.mlp.0.weight"]
    moved = {**weights, "dnn.mlp.0.weight": torch.cat([first[:, 16:], first[:, :16]], 1)}
    given = tables(weights, VECTORS) | gru("net.states.gru.gru_cell", *states)
    given |= gru("net.evolved.augru.augru_cell", *ordered) | mlp("net.like.mlp", moved, ["dnn.mlp.0", "dnn.mlp.2"])
    for number, layer in enumerate(["dnn.mlp.1", "dnn.mlp.3"], 1):
        given |= dice(f"net.like.mlp.dice_{number}", weights, layer)
    given["net.matters.linear_1.kernel"] = weights["attention_modules.0.W_kernel"]
    return given | of_linear("net.like.dense_1", weights, "dnn.mlp.4")


def transact(weights: Weights) -> Weights:
    at = "transformer_encoders.0"
    given = tables(weights, VECTORS) | of_linear("net.x.dense_1", weights, f"{at}.out_linear")
    for layer, name in enumerate(["net.encoded.encoder", "net.encoded.encoder_2"]):
        given |= encoder(name, weights, f"{at}.transformer_encoder.layers.{layer}")
    # The library has the four latest steps in their order, dinc the last one first.
    places = torch.arange(208)
    places[48:176] = places[48:176].reshape(4, 32).flip(0).flatten()
    first = weights["parallel_dnn.mlp.0.weight"][:, places]
    last = weights["mlp.mlp.0.weight"]
    moved = {**weights, "parallel_dnn.mlp.0.weight": first}
    given |= mlp("net.like.mlp", moved, ["parallel_dnn.mlp.0", "parallel_dnn.mlp.2"])
    for layer in range(2):
        kernel, bias = (weights[f"crossnet.cross_layers.{layer}.{part}"] for part in ("weight", "bias"))
        given |= dense(f"net.like.cross.dense_{layer + 1}", kernel[places][:, places], bias[places])
    last = torch.cat([last[:, :208][:, places], last[:, 208:]], 1)
    return given | dense("net.like.dense_1", last, weights["mlp.mlp.0.bias"])


def embedding_mlp(weights: Weights) -> Weights:
    given = tables(weights) | mlp("net.like.mlp", weights, ["mlp.mlp.0", "mlp.mlp.2"])
    for number, at in enumerate(["mlp.mlp.1", "mlp.mlp.3"], 1):
        given[f"net.like.mlp.prelu_{number}.alpha"] = weights[f"{at}.weight"]
    return given | of_linear("net.like.dense_1", weights, "mlp.mlp.4")


def dmr(weights: Weights) -> Weights:
    given = tables(weights, VECTORS) | {"item_id.embed_8.output": weights["output_emb_layer.item_id.weight"]}
    # The library counts positions from the first place of the padded history, dinc from the last.
    given["net.place.position_1.vectors"] = weights["u2i_net.0.pos_emb"].flip(0)
    for name, at in (("matters", "u2i_net.0"), ("fits", "i2i_net.0")):
        given |= of_linear(f"net.{name}.asked.query.dense_1", weights, f"{at}.W_q.0")
        given |= of_linear(f"net.{name}.asked.dense_1", weights, f"{at}.attn_mlp.mlp.0")
        given |= of_linear(f"net.{name}.asked.dense_2", weights, f"{at}.attn_mlp.mlp.2")
    given |= dense("net.users.dense_1", *(weights[f"u2i_net.0.W_o.0.{part}"][:8] for part in ("weight", "bias")))
    given["net.users.prelu_1.alpha"] = torch.zeros(8)
    # The library has what it found first, then the fields: 16 of the interest, the sum of scores, and the product.
    first = weights["dnn.mlp.0.weight"]
    columns = (first[:, 18:], first[:, :16], first[:, 17:18], first[:, 16:17])
    moved = {**weights, "dnn.mlp.0.weight": torch.cat(columns, 1)}
    given |= mlp("net.like.mlp", moved, ["dnn.mlp.0", "dnn.mlp.2"])
    for number, at in enumerate(["dnn.mlp.1", "dnn.mlp.3"], 1):
        given[f"net.like.mlp.prelu_{number}.alpha"] = weights[f"{at}.weight"]
    return given | of_linear("net.like.dense_1", weights, "dnn.mlp.4")


def one_place(module: torch.nn.Module) -> None:
    """DMR: both networks with the same vectors of positions, and no output vectors of genres."""
    module.i2i_net[0].pos_emb.data.copy_(module.u2i_net[0].pos_emb)
    module.output_emb_layer["genre"].weight.data.zero_()


ASKED = """/// How much each step matters, by a network over what is asked for, the step, their difference and their product.
block asked(about: Seq[h, a], steps: Seq[h, d]) {
  let query = dense(about, 16, relu)
  concat(query, steps, query - steps, query * steps) |> dense(16, tanh) |> dense(1)
}

net {
"""
BLOCK = "transformer_encoders.0.transformer_blocks.0.attention"
LAYERS = [f"transformer_encoders.0.transformer_encoder.layers.{layer}.self_attn" for layer in range(2)]
peers = {
    "bst": Peer(
        model(
            "BST/src/BST.py",
            dnn_hidden_units=[64, 32, 16],
            dnn_activations="LeakyReLU",
            num_heads=4,
            seq_pooling_type="target",
            **fields("bst"),
        ),
        HISTORY,
        mapped=bst,
        zero=[f"{BLOCK}.in_proj_bias", f"{BLOCK}.out_proj.bias"],
        spec=[
            ("concat(user_id, gender, age, occupation)", "concat(user_id, gender, age, occupation, item_id, genre)"),
            ("encoder(placed, 48,", "encoder(placed, 24,"),
        ],
        note="FuxiCTR's attention has biases, which the paper lacks and which are zero here; its last layers also read "
        "the candidate's own vectors, and its two layers over each step are as wide as the step, so that both are so in "
        "the spec here",
    ),
    "dien": Peer(
        model(
            "DIEN/src/DIEN.py",
            dnn_hidden_units=MLP,
            dnn_activations="Dice",
            batch_norm=False,
            dien_neg_seq_field=[],
            **fields("dien"),
        ),
        HISTORY,
        mapped=dien,
    ),
    "transact": Peer(
        model(
            "TransAct/src/TransAct.py",
            dcn_cross_layers=2,
            dcn_hidden_units=MLP,
            dim_feedforward=32,
            transformer_layers=2,
            first_k_cols=4,
            target_item_field=FIELDS["target_field"],
            sequence_item_field=FIELDS["sequence_field"],
        ),
        HISTORY,
        mapped=transact,
        arrange=lambda module: module.mlp.mlp[0].weight.data.mul_(0.02),
        zero=[f"{at}.{part}" for at in LAYERS for part in ("in_proj_bias", "out_proj.bias")],
        note="FuxiCTR's attention has biases, which are zero here",
    ),
    "embedding_mlp": Peer(
        model(
            "DNN/DNN_torch/src/DNN.py",
            hidden_units=MLP,
            hidden_activations="PReLU",
            encoder="layers.MaskedSumPooling()",
        ),
        HISTORY,
        mapped=embedding_mlp,
    ),
    "dmr": Peer(
        model(
            "DMR/src/DMR.py",
            dnn_hidden_units=MLP,
            dnn_activations="PReLU",
            batch_norm=False,
            neg_seq_field=None,
            context_field=None,
            enable_i2i_rel=True,
            attention_hidden_units=[16],
            attention_activation="Tanh",
            **FIELDS,
        ),
        HISTORY,
        mapped=dmr,
        arrange=one_place,
        spec=[
            ("net {\n", ASKED),
            ("concat(liked, place) |> dense(16, tanh) |> linear(1)", "asked(place, liked)"),
            ("concat(target, liked, place) |> dense(16, tanh) |> linear(1)", "asked(concat(target, place), liked)"),
        ],
        note="As the authors' code, FuxiCTR has a network over query, step, difference and product, where the paper's attention "
        "is additive: so has the spec here. FuxiCTR has output vectors of all of a candidate's columns: those of genres are "
        "zero here",
    ),
}
