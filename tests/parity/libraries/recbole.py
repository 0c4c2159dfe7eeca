"""RecBole's models with random weights. usage: recbole.py OUT [MODEL …]"""

import sys
from pathlib import Path

import torch

here = Path(__file__).parent
# This file has the name of the package.
sys.path = [path for path in sys.path if Path(path or ".").resolve() != here.resolve()]
sys.modules.pop("recbole", None)
sys.path.append(str(here))
import recbole_sequences  # noqa: E402
import rows as made  # noqa: E402
from modules import Peer, named, normal, positive_sizes, write_peers  # noqa: E402
from recbole_models import FIELDS, SIZES, model  # noqa: E402
from weights import Weights, batch_norm, dense, eulernet, folded, graph_layers, gru, numbered, of_linear  # noqa: E402


def tables(weights: Weights, *, linear: bool = False) -> Weights:
    parts = weights["token_embedding_table.embedding.weight"].split(SIZES)
    given = dict(zip(FIELDS, parts, strict=True))
    if linear:
        first = weights["first_order_linear.token_embedding_table.embedding.weight"].split(SIZES)
        given |= {f"{field}.weight": part for field, part in zip(FIELDS, first, strict=True)}
    return given


def mlp(name: str, weights: Weights, count: int, *, normed: bool = False, of: str = "mlp_layers") -> Weights:
    """`MLPLayers`; a normalisation, which the zoo's model does not have, is a part of its layer."""
    given = {}
    for layer in range(count):
        at, norm = (f"{of}.mlp_layers.{(4 if normed else 3) * layer + offset}" for offset in (1, 2))
        part = f"{name}.dense_{layer + 1}"
        given |= folded(part, weights, at, norm) if normed else of_linear(part, weights, at)
    return given


def lr(weights: Weights) -> Weights:
    first = tables(weights, linear=True)
    given = {name: value for name, value in first.items() if name.endswith(".weight")}
    return given | {"net.like.bias_1.bias": weights["first_order_linear.bias"]}


def fm(weights: Weights) -> Weights:
    return tables(weights, linear=True) | {"net.like.bias_1.bias": weights["first_order_linear.bias"]}


def afm(weights: Weights) -> Weights:
    return {
        **fm(weights),
        **dense("net.second.afm.scores.dense_1", weights["attlayer.w.weight"], torch.zeros(4)),
        "net.second.afm.scores.linear_1.kernel": weights["attlayer.h"][:, None],
        "net.second.linear_1.kernel": weights["p"][:, None],
    }


def deepfm(weights: Weights) -> Weights:
    bias = weights["deep_predict_layer.bias"] + weights["first_order_linear.bias"]
    given = tables(weights, linear=True) | mlp("net.deep.mlp", weights, 2)
    return given | dense("net.deep.dense_1", weights["deep_predict_layer.weight"], bias)


def wide_and_deep(weights: Weights) -> Weights:
    bias = weights["deep_predict_layer.bias"] + weights["first_order_linear.bias"]
    given = tables(weights, linear=True) | mlp("net.deep.mlp", weights, 2)
    return given | dense("net.like.linear_1", weights["deep_predict_layer.weight"]) | {"net.like.bias_1.bias": bias}


def nfm(weights: Weights) -> Weights:
    return {
        **fm(weights),
        **batch_norm("net.deep.batch_norm_1", weights, "bn"),
        **mlp("net.deep.mlp", weights, 2, normed=True),
        **dense("net.deep.linear_1", weights["predict_layer.weight"]),
    }


def fnn(weights: Weights) -> Weights:
    given = tables(weights) | mlp("net.like.mlp", weights, 2)
    first = "net.like.mlp.dense_1.kernel"
    given[first] = torch.cat([torch.zeros(6, 64), given[first]])
    given |= {f"{field}.weight": torch.zeros(size, 1) for field, size in zip(FIELDS, SIZES, strict=True)}
    return given | of_linear("net.like.dense_1", weights, "predict_layer")


def pnn(weights: Weights) -> Weights:
    return tables(weights) | mlp("net.like.mlp", weights, 2) | of_linear("net.like.dense_1", weights, "predict_layer")


def fwfm_module(columns: list[str]) -> torch.nn.Module:
    module = model("fwfm", "FwFM")(columns)
    # The library does not register the weights of the pairs.
    drawn = module.weight.detach()
    del module.weight
    module.weight = torch.nn.Parameter(drawn)
    return module


def fwfm(weights: Weights) -> Weights:
    pairs = [weights["weight"][i, j] for i in range(6) for j in range(i + 1, 6)]
    return fm(weights) | {"net.second.linear_1.kernel": torch.stack(pairs)}


def dcn(weights: Weights) -> Weights:
    given = tables(weights) | mlp("net.like.mlp", weights, 2, normed=True)
    for layer in range(3):
        given[f"net.crossed.linear_{layer + 1}.kernel"] = weights[f"cross_layer_w.{layer}"][:, None]
        given[f"net.crossed.bias_{layer + 1}.bias"] = weights[f"cross_layer_b.{layer}"]
    return given | of_linear("net.like.dense_1", weights, "predict_layer")


def dcn_v2(weights: Weights) -> Weights:
    given = tables(weights) | mlp("net.like.mlp", weights, 2, normed=True)
    for layer in range(2):
        kernel, bias = weights[f"cross_layer_w.{layer}"], weights[f"bias.{layer}"].reshape(-1)
        given |= dense(f"net.like.cross.dense_{layer + 1}", kernel, bias)
    return given | of_linear("net.like.dense_1", weights, "predict_layer")


def dcn_mix(weights: Weights) -> Weights:
    given = tables(weights) | mlp("net.like.mlp", weights, 2, normed=True)
    gate = torch.cat([weights[f"gating.{expert}.weight"] for expert in range(4)])
    for layer in range(2):
        given |= dense(f"net.crossed.{numbered('gated', layer + 1)}.linear_1", gate)
        for expert in range(4):
            name = f"net.crossed.{numbered('low_rank', 4 * layer + expert + 1)}"
            v, c, u = (weights[f"cross_layer_{part}.{layer}"][expert] for part in "vcu")
            given |= {f"{name}.linear_1.kernel": v} | dense(f"{name}.linear_2", c)
            given |= dense(f"{name}.dense_1", u, weights[f"bias.{layer}"].reshape(-1))
    return given | of_linear("net.like.dense_1", weights, "predict_layer")


def dssm(weights: Weights) -> Weights:
    # No score depends on how often an item occurs.
    given = tables(weights) | {"item_id.frequency": torch.ones(len(made.VALUES["item_id"]) + 2, 1)}
    for side in ("user", "item"):
        given |= mlp(f"net.{side}.mlp", weights, 2, normed=True, of=f"{side}_mlp_layers")
    return given


def ffm(weights: Weights) -> Weights:
    given = fm(weights)
    for other, name in enumerate(FIELDS):
        parts = weights[f"ffm.token_embeddings.{other}.weight"].split(SIZES)
        given |= {f"{field}.embed_4.{name}": part for field, part in zip(FIELDS, parts, strict=True) if field != name}
    return {name: value for name, value in given.items() if name not in FIELDS}


def one_output(module: torch.nn.Module) -> None:
    """FiGNN: heads side by side, without PyTorch's layer after them."""
    torch.nn.init.eye_(module.self_attn.out_proj.weight)


def fignn(weights: Weights) -> Weights:
    read = weights["att_embedding.weight"]
    given = tables(weights) | of_linear("net.edge.linear_1", weights, "W_attn")
    for number, part in enumerate(weights["self_attn.in_proj_weight"].chunk(3), 1):
        given |= dense(f"net.mixed.linear_{number}", part @ read)
    given |= dense("net.fields.linear_1", weights["v_res_embedding.weight"])
    parts = (weights[f"gru_cell.{part}"] for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    given |= gru("net.cell.gru_cell", *parts) | graph_layers(weights, "gnn")
    given |= dense("net.weights.dense_1", weights["mlp2.weight"], torch.zeros(6))
    return given | dense("net.like.dense_1", weights["mlp1.weight"], torch.zeros(1))


MLP = {"mlp_hidden_size": [64, 32]}
NORMS = "RecBole normalises each hidden layer; here that is a part of dinc's kernels"
peers = {
    "afm": Peer(
        model("afm", "AFM", attention_size=4),
        mapped=afm,
        note="RecBole's attention has no bias, so dinc's is zero here",
    ),
    "dcn": Peer(model("dcn", "DCN", cross_layer_num=3, **MLP), mapped=dcn, arrange=normal, note=NORMS),
    "dcn_mix": Peer(
        model(
            *("dcnv2", "DCNV2"), mixed=True, structure="parallel", cross_layer_num=2, expert_num=4, low_rank=8, **MLP
        ),
        mapped=dcn_mix,
        arrange=normal,
        zero=["gating.0.bias", "gating.1.bias", "gating.2.bias", "gating.3.bias"],
        note=f"{NORMS}. Its layers share a gate, whose bias is zero here, and its experts a bias, so those of dinc are equal",
    ),
    "dcn_v2": Peer(
        model("dcnv2", "DCNV2", mixed=False, structure="parallel", cross_layer_num=2, **MLP),
        mapped=dcn_v2,
        arrange=normal,
        note=NORMS,
    ),
    "deepfm": Peer(model("deepfm", "DeepFM", **MLP), mapped=deepfm),
    "eulernet": Peer(
        model("eulernet", "EulerNet", order_list=[3], apply_norm=False, drop_ex=0.0, drop_im=0.0),
        mapped=lambda weights: tables(weights) | eulernet(weights),
        arrange=lambda module: positive_sizes(module, scale=3.0, bias=3.7),
    ),
    "dssm": Peer(
        model("dssm", "DSSM", double_tower=True, mlp_hidden_size=[32, 16]),
        mapped=dssm,
        arrange=normal,
        spec=[("10 * dot(user, item)", "dot(user, item)")],
        note=f"{NORMS}. Its cosine is the logit, without a factor",
    ),
    "ffm": Peer(model("ffm", "FFM", embedding_size=4), mapped=ffm),
    "fignn": Peer(
        model(
            *("fignn", "FiGNN"),
            attention_size=8,
            n_layers=3,
            num_heads=2,
            hidden_dropout_prob=0.0,
            attn_dropout_prob=0.0,
        ),
        mapped=fignn,
        arrange=one_output,
        zero=["att_embedding.bias", "self_attn.in_proj_bias", "self_attn.out_proj.bias", "v_res_embedding.bias"],
        spec=[("dense(6, sigmoid)", "dense(6)")],
        note="RecBole has layers before and after the attention, biases in it, and no sigmoid in the weights of nodes: here "
        "the first layer is a part of dinc's kernels, the last one the identity, biases are zero, and so has the spec no sigmoid",
    ),
    "fm": Peer(model("fm", "FM"), mapped=fm),
    "fnn": Peer(
        model("fnn", "FNN", **MLP),
        mapped=fnn,
        note="RecBole's network reads the vectors alone, so dinc's weights of ids are zero here",
    ),
    "fwfm": Peer(
        fwfm_module,
        mapped=fwfm,
        spec=[("flatten(fields) |> linear(1)", "sum(each(fields, weight))")],
        note="With a weight for each id as the linear part, where the zoo has one for each number of the vectors. RecBole "
        "neither trains nor saves the weights of pairs: they are no parameter of its module",
    ),
    "lr": Peer(model("lr", "LR"), mapped=lr),
    "nfm": Peer(
        model("nfm", "NFM", mlp_hidden_size=[32, 16]),
        mapped=nfm,
        arrange=normal,
        spec=[
            (
                "bi_interaction(fields) |> mlp([32, 16])",
                "bi_interaction(fields) |> batch_norm |> mlp([32, 16], sigmoid)",
            )
        ],
        note=f"{NORMS}. It also normalises what the pairs have in common, and has sigmoids for ReLUs: so has the spec here",
    ),
    "pnn": Peer(
        model("pnn", "PNN", use_inner=True, use_outer=False, **MLP),
        mapped=pnn,
        spec=[(", outer_product(fields)", "")],
        note="With inner products alone: RecBole's outer products are of pairs, dinc's of the fields' sum, as in the paper",
    ),
    "wide_and_deep": Peer(
        model("widedeep", "WideDeep", **MLP),
        mapped=wide_and_deep,
        weights={"gender_genre.weight": "0"},
        note="Without the cross-product of features, which RecBole leaves to the data",
    ),
    **recbole_sequences.peers,
}


def score(module: torch.nn.Module, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return named(module.predict(inputs))


if __name__ == "__main__":
    write_peers(peers, Path(sys.argv[1]), score, sys.argv[2:])
