"""FuxiCTR's models of fields that names and shapes do not map, with weights under the names of the zoo's."""

import importlib
import sys

import rows as made
import torch
from fuxictr.pytorch.layers import FeatureEmbedding
from fuxictr_models import ZOO, feature_map, model
from fuxictr_weights import linear_part, tables
from modules import Peer, positive_sizes
from weights import Weights, batch_norm, dense, eulernet, graph_layers, gru, layer_norm, mlp, numbered, of_linear

MLP = [64, 32]
# The groups of FLEN's spec, of which FuxiCTR has three by these names.
GROUPS = {
    "user_id": "user",
    **dict.fromkeys(["gender", "age", "occupation"], "item"),
    **dict.fromkeys(made.ITEM, "context"),
}


def flen(weights: Weights) -> Weights:
    given = tables(weights, "embedding_layer") | linear_part(weights, "lr_layer")
    parts = [weights["r_ij.weight"], weights["r_mm.weight"] / 2]
    given |= {"net.first.bias_1.bias": weights["lr_layer.bias"], **dense("net.fwbi.mix_1", torch.cat(parts, 1))}
    given |= of_linear("net.pooled.linear_1", weights, "w_FwBI.0") | mlp(
        "net.deep.mlp", weights, ["dnn.mlp.0", "dnn.mlp.2"]
    )
    return given | of_linear("net.like.linear_1", weights, "w_F")


def kernel(weight: torch.Tensor) -> torch.Tensor:
    """A convolution along the fields, [maps, channels, height, 1], as a layer that reads them by height, then channel."""
    return weight[:, :, :, 0].permute(2, 1, 0).reshape(-1, weight.shape[0])


def by_place(weight: torch.Tensor, maps: int, places: int) -> torch.Tensor:
    """A layer that reads [maps, places, width] as one that reads [places, maps, width]."""
    return weight.reshape(weight.shape[0], maps, places, -1).transpose(1, 2).reshape(weight.shape[0], -1)


def fgcnn(weights: Weights) -> Weights:
    given = tables(weights)
    for field, table in tables(weights, "fg_embedding_layer.embedding_layer").items():
        given[f"{field}.embed_8.generation"] = table
    for layer, (name, places) in enumerate([("first", 3), ("second", 1)]):
        given[f"net.{name}.pooled.kernel.mix_1.kernel"] = kernel(weights[f"fgcnn_layer.conv_layers.{layer}.0.weight"])
        at = f"fgcnn_layer.recombine_layers.{layer}.0"
        part = f"net.fields.{numbered('generated', layer + 1)}.dense_1"
        given |= dense(part, by_place(weights[f"{at}.weight"], 4, places), weights[f"{at}.bias"])
    return (
        given
        | mlp("net.like.mlp", weights, ["dnn.mlp.0", "dnn.mlp.2"])
        | of_linear("net.like.dense_1", weights, "dnn.mlp.4")
    )


def ccpm(weights: Weights) -> Weights:
    given = tables(weights)
    for name, at in [("first", "conv_layer.conv_layer.1"), ("second", "conv_layer.conv_layer.5")]:
        given[f"net.{name}.convolved.kernel.mix_1.kernel"] = kernel(weights[f"{at}.weight"])
        given[f"net.{name}.convolved.kernel.parameter_1.value"] = weights[f"{at}.bias"][:, None]
    return given | dense("net.like.dense_1", by_place(weights["fc.weight"], 2, 3), weights["fc.bias"])


def fignn(weights: Weights) -> Weights:
    given = tables(weights) | of_linear("net.edge.linear_1", weights, "fignn.W_attn")
    parts = (weights[f"fignn.gru.{part}"] for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    given |= gru("net.cell.gru_cell", *parts)
    given |= graph_layers(weights, "fignn.gnn")
    given |= dense("net.weights.dense_1", weights["fc.mlp2.0.weight"], torch.zeros(6))
    return given | dense("net.like.dense_1", weights["fc.mlp1.weight"], torch.zeros(1))


def sam(weights: Weights) -> Weights:
    given = tables(weights) | of_linear("net.like.dense_1", weights, "fc")
    for layer in range(2):
        name, at = f"net.like.{numbered('attended', layer + 1)}", f"block.layers.{layer}"
        given |= of_linear(f"{name}.keys.linear_1", weights, f"{at}.K")
        given |= {f"{name}.linear_{field + 1}.kernel": weights[f"{at}.W"][field] for field in range(6)}
        given |= of_linear(f"{name}.linear_7", weights, f"{at}.Q")
    return given


def aoanet(weights: Weights) -> Weights:
    given = tables(weights) | mlp("net.deep.mlp", weights, ["dnn.mlp.0", "dnn.mlp.2"])
    for layer, maps in enumerate([6, 4]):
        name, at = f"net.crossed.{numbered('generalized', layer + 1)}", f"gin.layers.{layer}"
        w, h, alpha = (weights[f"{at}.{part}"] for part in ("W", "h", "alpha"))
        # The library has the pairs by map, dinc by field.
        alpha = alpha.reshape(maps, 6, 4).transpose(0, 1).reshape(-1, 4)
        for s in range(4):
            given |= dense(f"{name}.linear_{s + 1}", w[s] * h[s].T)
            given[f"{name}.mix_{s + 1}.kernel"] = alpha[:, s : s + 1]
    return given | of_linear("net.like.dense_1", weights, "fc")


def destine(weights: Weights) -> Weights:
    given = tables(weights) | linear_part(weights, "lr") | mlp("net.deep.mlp", weights, ["dnn.mlp.0", "dnn.mlp.2"])
    for layer in range(2):
        name, at = f"net.crossed.{numbered('disentangled', layer + 1)}", f"self_attns.{layer}"
        for part, theirs in [("queries", "q"), ("keys", "k"), ("values", "v"), ("unary", "unary")]:
            given |= of_linear(f"{name}.head.{part}.dense_1", weights, f"{at}.W_{theirs}")
        given |= of_linear(f"{name}.dense_1", weights, f"{at}.W_res")
    given |= dense("net.deep.linear_1", weights["dnn.mlp.4.weight"])
    bias = weights["attn_fc.bias"] + weights["dnn.mlp.4.bias"] + weights["lr.bias"]
    return given | dense("net.like.dense_1", weights["attn_fc.weight"], bias)


def deep_im(weights: Weights) -> Weights:
    given = tables(weights) | mlp("net.deep.mlp", weights, ["dnn.mlp.0", "dnn.mlp.2"])
    given |= of_linear("net.orders.dense_1", weights, "im_layer.fc")
    return given | of_linear("net.deep.dense_1", weights, "dnn.mlp.4")


def qnn_module(columns: list[str]) -> torch.nn.Module:
    module = model("QNN/src/QNN_alpha.py", num_layers=2)(columns)
    # Its file gives the embedding layer an argument that the released package does not have.
    forward = module.embedding_layer.forward
    module.embedding_layer.forward = lambda inputs, dynamic_emb_dim: forward(inputs, flatten_emb=dynamic_emb_dim)
    return module


def qnn(weights: Weights) -> Weights:
    given = tables(weights) | of_linear("net.network.dense_1", weights, "qnn.fc")
    for layer in range(2):
        name = f"net.network.{numbered('quadratic', layer + 1)}.rows.dense_1"
        given |= of_linear(name, weights, f"qnn.layer.{layer}.linear.0")
    return given


def wukong(weights: Weights) -> Weights:
    given = (
        tables(weights)
        | mlp("net.like.mlp", weights, ["fc.mlp.0"])
        | of_linear("net.like.dense_1", weights, "fc.mlp.2")
    )
    for layer in range(2):
        name, at = f"net.deep.{numbered('wukong_layer', layer + 1)}", f"wukong_stack.{layer}"
        given[f"{name}.pairs.mix_1.kernel"] = weights[f"{at}.fmb.proj_Y"]
        given |= layer_norm(f"{name}.pairs.layer_norm_1", weights, f"{at}.fmb.layer_norm")
        given |= mlp(f"{name}.machines.mlp", weights, [f"{at}.fmb.mlp.mlp.0"])
        given |= of_linear(f"{name}.machines.dense_1", weights, f"{at}.fmb.mlp.mlp.2")
        given |= of_linear(f"{name}.mix_1", weights, f"{at}.lcb.linear")
        given |= layer_norm(f"{name}.layer_norm_1", weights, f"{at}.layer_norm")
    return given


def apg_module(columns: list[str]) -> torch.nn.Module:
    """FuxiCTR has APG's layers inside of other models alone."""
    sys.path.insert(0, str(ZOO / "APG"))
    layers = importlib.import_module("src.APG")
    sys.path.pop(0)
    features = feature_map(columns)

    class APG(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding_layer = FeatureEmbedding(features, 8)
            self.mlp = layers.APG_MLP(
                *(48, MLP),
                output_dim=1,
                output_activation="sigmoid",
                condition_dim=16,
                condition_mode="group-wise",
                rank_k=4,
                generate_bias=False,
            )

        def forward(self, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
            fields = self.embedding_layer({name: ids.reshape(-1) for name, ids in inputs.items()})
            who = torch.cat([fields[:, 0], fields[:, 3]], 1)
            return {"y_pred": self.mlp(fields.flatten(1), who)}

    return APG()


def apg(weights: Weights) -> Weights:
    given = tables(weights) | of_linear("net.like.dense_1", weights, "mlp.dense_layers.out_proj")
    for layer in range(2):
        name, at = f"net.deep.{numbered('generated', layer + 1)}", f"mlp.dense_layers.linear_{layer + 1}"
        # The library's S has what it reads in its rows, dinc's what it gives.
        turned = torch.arange(16).reshape(4, 4).T.flatten()
        s = (weights[f"{at}.hypernet.mlp.0.{part}"][turned] for part in ("weight", "bias"))
        given |= dense(f"{name}.specific.dense_1", *s)
        given[f"{name}.linear_1.kernel"] = weights[f"{at}.U"]
        given |= dense(f"{name}.dense_1", weights[f"{at}.V"].T, weights[f"{at}.bias"].reshape(-1))
    return given


def above_floor(module: torch.nn.Module) -> None:
    """AFN: no number below dinc's floor, and scales of 1."""
    with torch.no_grad():
        for table in module.embedding_layer.embedding_layer.embedding_layers.values():
            table.weight.copy_(torch.where(table.weight < 0, -1.0, 1.0) * table.weight.abs().clamp(min=0.02))
        for norm in (module.log_batch_norm, module.exp_batch_norm):
            norm.weight.fill_(1)


def afn(weights: Weights) -> Weights:
    given = tables(weights) | batch_norm("net.logarithms.batch_norm_1", weights, "log_batch_norm")
    given |= dense("net.products.dense_1", weights["coefficient_W.weight"], torch.zeros(16))
    given |= batch_norm("net.products.batch_norm_1", weights, "exp_batch_norm")
    # The library has a product's numbers side by side, dinc the products of a number.
    moved = {**weights, "first.weight": by_place(weights["dense_layer.mlp.0.weight"], 16, 8)}
    moved["first.bias"] = weights["dense_layer.mlp.0.bias"]
    return (
        given
        | mlp("net.like.mlp", moved, ["first", "dense_layer.mlp.2"])
        | of_linear("net.like.dense_1", weights, "dense_layer.mlp.4")
    )


def spread(module: torch.nn.Module) -> None:
    """InterHAt: what its norms leave alike is told apart by the last layer."""
    with torch.no_grad():
        module.mlp.mlp[2].weight.mul_(8)
        module.mlp.mlp[2].bias.fill_(5.8)


def interhat(weights: Weights) -> Weights:
    given = tables(weights)
    at = "multi_head_attention"
    name = "net.first.transformed"
    for number, part in enumerate("qkv", 1):
        given |= of_linear(f"{name}.mixed.multi_head.linear_{number}", weights, f"{at}.W_{part}")
    given |= dense(f"{name}.mixed.multi_head.linear_4", torch.eye(8))
    given |= layer_norm(f"{name}.mixed.layer_norm_1", weights, f"{at}.layer_norm")
    given |= of_linear(f"{name}.dense_1", weights, "feedforward.ffn.0") | of_linear(
        f"{name}.dense_2", weights, "feedforward.ffn.2"
    )
    given |= layer_norm(f"{name}.layer_norm_1", weights, "feedforward.layer_norm")
    scores = [f"aggregation_layers.{order}" for order in range(3)] + ["attentional_score"]
    for part, theirs in zip(["about_first", "about_second", "orders", "like"], scores, strict=True):
        given |= of_linear(f"net.{part}.aggregated.dense_1", weights, f"{theirs}.agg.0")
        given |= of_linear(f"net.{part}.aggregated.linear_1", weights, f"{theirs}.agg.2")
    return given | mlp("net.like.mlp", weights, ["mlp.mlp.0"]) | of_linear("net.like.dense_1", weights, "mlp.mlp.2")


peers = {
    "flen": Peer(model("FLEN/src/FLEN.py", dnn_hidden_units=MLP, sources=GROUPS), mapped=flen),
    "fgcnn": Peer(
        model(
            "FGCNN/src/FGCNN.py",
            channels=[4, 4],
            kernel_heights=[3, 3],
            pooling_sizes=[2, 3],
            recombined_channels=[1, 1],
            conv_batch_norm=False,
            dnn_hidden_units=MLP,
        ),
        mapped=fgcnn,
        zero=["fgcnn_layer.conv_layers.0.0.bias", "fgcnn_layer.conv_layers.1.0.bias"],
        spec=[("join(x, [0 * x[1], 0 * x[1]])", "join([0 * x[1]], x, [0 * x[1]])")],
        note="FuxiCTR's kernels begin one field earlier than the paper's, with a bias, which is zero here",
    ),
    "ccpm": Peer(model("CCPM/src/CCPM.py", channels=[4, 2], kernel_heights=[3, 2]), mapped=ccpm),
    "fignn": Peer(
        model("FiGNN/src/FiGNN.py", gnn_layers=2),
        mapped=fignn,
        spec=[
            (
                "let mixed  = attention(linear(inputs, 8), linear(inputs, 8), linear(inputs, 8), 2)\n"
                "  let fields = relu(mixed + linear(inputs, 8))",
                "let fields = inputs",
            )
        ],
        note="FuxiCTR has no attention before the graph, and neither has the spec here. Its last two layers have no bias, so "
        "dinc's are zero",
    ),
    "sam": Peer(
        model("SAM/src/SAM.py", interaction_type="SAM3A", num_interaction_layers=2, use_residual=True), mapped=sam
    ),
    "aoanet": Peer(
        model("AOANet/src/AOANet.py", dnn_hidden_units=MLP, num_interaction_layers=2, num_subspaces=4), mapped=aoanet
    ),
    "eulernet": Peer(
        model("EulerNet/src/EulerNet.py", shape=[3]),
        mapped=lambda weights: tables(weights) | eulernet(weights),
        arrange=lambda module: positive_sizes(module, scale=1.0, bias=0.0),
    ),
    "destine": Peer(
        model(
            "DESTINE/src/DESTINE.py", attention_dim=16, num_heads=1, dnn_hidden_units=MLP, net_dropout=0, att_dropout=0
        ),
        mapped=destine,
        spec=[("concat(head(fields, width), head(fields, width))", "head(fields, 2 * width)")],
        note="With one head: FuxiCTR's several heads mix numbers of different fields, as it views a tensor by heads first",
    ),
    "deep_im": Peer(model("DeepIM/src/DeepIM.py", im_order=3, hidden_units=MLP), mapped=deep_im),
    "qnn": Peer(qnn_module, mapped=qnn),
    "wukong": Peer(
        model(
            "WuKong/src/WuKong.py",
            num_wukong_layers=2,
            lcb_features=3,
            fmb_features=3,
            fmb_mlp_units=[32],
            fmp_rank_k=4,
            mlp_hidden_units=[32],
            mlp_batch_norm=False,
        ),
        mapped=wukong,
        spec=[("dense(3 * d)", "dense(3 * d, relu)")],
        note="FuxiCTR has a ReLU after the last layer of a factorization machine's network, and so has the spec here",
    ),
    "apg": Peer(apg_module, mapped=apg),
    "afn": Peer(
        model("AFN/src/AFN.py", ensemble_dnn=False, afn_hidden_units=MLP, logarithmic_neurons=16, batch_norm=False),
        mapped=afn,
        arrange=above_floor,
        note="FuxiCTR's products have no bias, so dinc's is zero here; numbers are above the floor of both",
    ),
    "interhat": Peer(
        model("InterHAt/src/InterHAt.py", order=3, attention_dim=8, hidden_dim=16, hidden_units=[16]),
        mapped=interhat,
        spec=[("32, heads: 2", "16, heads: 1")],
        arrange=spread,
        note="With one head: FuxiCTR's several heads mix numbers of different fields, as it views a tensor by heads first",
    ),
}
