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
}
