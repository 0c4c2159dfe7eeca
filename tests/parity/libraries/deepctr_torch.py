"""DeepCTR-Torch's models with random weights. usage: deepctr_torch.py OUT [MODEL …]"""

import importlib
import sys
from pathlib import Path

import torch

here = Path(__file__).parent
# This file has the name of the package.
sys.path = [path for path in sys.path if Path(path or ".").resolve() != here.resolve()]
sys.modules.pop("deepctr_torch", None)
from deepctr_torch.inputs import SparseFeat, VarLenSparseFeat  # noqa: E402

sys.path.append(str(here))
import rows as made  # noqa: E402
from modules import Peer, named, padded_behind, write_peers  # noqa: E402
from weights import Weights, batch_norm, dense, folded, gru, mlp, numbered, of_linear  # noqa: E402

FIELDS = [*made.USER, *made.ITEM]
MLP = (64, 32)
LENGTH = "steps"


def feature(column: str, width: int = 8) -> SparseFeat:
    return SparseFeat(column, len(made.VALUES[column]) + 2, width)


def history(column: str) -> VarLenSparseFeat:
    owner = made.HISTORIES[column]
    shared = SparseFeat(column, len(made.VALUES[owner]) + 2, 8, embedding_name=owner)
    return VarLenSparseFeat(shared, made.STEPS, length_name=LENGTH)


def model(file: str, name: str, *, linear: bool | None = None, positional: tuple = (), **settings):
    """Builds a class of `deepctr_torch.models`. `linear` says whether it has a linear part; None, that it takes none."""

    def build(columns: list[str]) -> torch.nn.Module:
        features = [history(each) if each in made.HISTORIES else feature(each) for each in columns]
        parts = [features] if linear is None else [features if linear else [], features]
        module = importlib.import_module(f"deepctr_torch.models.{file}")
        return getattr(module, name)(*parts, *positional, **settings)

    return build


def tables(weights: Weights, *, linear: bool = False) -> Weights:
    given = {name: weights[f"embedding_dict.{name}.weight"] for name in FIELDS}
    if linear:
        given |= {f"{name}.weight": weights[f"linear_model.embedding_dict.{name}.weight"] for name in FIELDS}
    return given


def linears(at: str, count: int) -> list[str]:
    return [f"{at}.linears.{number}" for number in range(count)]


def ending(name: str, weights: Weights, kernel: torch.Tensor) -> Weights:
    """The last layer: its bias is that of the library's output."""
    return dense(name, kernel, weights["out.bias"])


def afm(weights: Weights) -> Weights:
    return {
        **tables(weights, linear=True),
        "net.second.afm.scores.dense_1.kernel": weights["fm.attention_W"],
        "net.second.afm.scores.dense_1.bias": weights["fm.attention_b"],
        "net.second.afm.scores.linear_1.kernel": weights["fm.projection_h"],
        "net.second.linear_1.kernel": weights["fm.projection_p"],
        "net.like.bias_1.bias": weights["out.bias"],
    }


def alike(module: torch.nn.Module) -> None:
    """AFN: no number below dinc's floor, and one statistic for all channels of a normalisation."""
    with torch.no_grad():
        for table in module.embedding_dict.values():
            table.weight.copy_(torch.where(table.weight < 0, -1.0, 1.0) * table.weight.abs().clamp(min=0.02))
        for norm in [*module.ltl.bn, *module.afn_dnn.bn]:
            norm.weight.fill_(1)
        for norm in module.ltl.bn:
            for value in (norm.weight, norm.bias, norm.running_mean, norm.running_var):
                value.fill_(value[0])


def afn(weights: Weights) -> Weights:
    def normed(name: str, at: str, size: int) -> Weights:
        return {key: value[:1].expand(size) for key, value in batch_norm(name, weights, at).items()}

    given = {
        **tables(weights),
        **normed("net.logarithms.batch_norm_1", "ltl.bn.0", 6),
        "net.products.dense_1.kernel": weights["ltl.ltl_weights"],
        "net.products.dense_1.bias": weights["ltl.ltl_biases"].reshape(-1),
        **normed("net.products.batch_norm_1", "ltl.bn.1", 16),
    }
    # The norm of a hidden layer, which the zoo's model does not have, is a part of its kernel and bias.
    for layer in range(2):
        given |= folded(f"net.like.mlp.dense_{layer + 1}", weights, f"afn_dnn.linears.{layer}", f"afn_dnn.bn.{layer}")
    bias = weights["out.bias"] + weights["afn_dnn_linear.bias"]
    return given | dense("net.like.dense_1", weights["afn_dnn_linear.weight"], bias)


def autoint(weights: Weights) -> Weights:
    given = tables(weights) | ending("net.like.dense_1", weights, weights["dnn_linear.weight"])
    for layer, name in enumerate(["interacting", "interacting_2", "interacting_3"]):
        for number, theirs in enumerate(["W_Query", "W_key", "W_Value"], 1):
            given[f"net.crossed.{name}.mixed.linear_{number}.kernel"] = weights[f"int_layers.{layer}.{theirs}"]
        given[f"net.crossed.{name}.linear_1.kernel"] = weights[f"int_layers.{layer}.W_Res"]
    return given


def dcn(weights: Weights) -> Weights:
    given = tables(weights) | mlp("net.like.mlp", weights, linears("dnn", 2))
    for layer in range(3):
        given[f"net.crossed.linear_{layer + 1}.kernel"] = weights["crossnet.kernels"][layer]
        given[f"net.crossed.bias_{layer + 1}.bias"] = weights["crossnet.bias"][layer, :, 0]
    return given | ending("net.like.dense_1", weights, weights["dnn_linear.weight"])


def dcn_v2(weights: Weights) -> Weights:
    given = tables(weights) | mlp("net.like.mlp", weights, linears("dnn", 2))
    for layer in range(2):
        kernel, bias = weights["crossnet.kernels"][layer], weights["crossnet.bias"][layer, :, 0]
        given |= dense(f"net.like.cross.dense_{layer + 1}", kernel, bias)
    return given | ending("net.like.dense_1", weights, weights["dnn_linear.weight"])


def dcn_mix(weights: Weights) -> Weights:
    given = tables(weights) | mlp("net.like.mlp", weights, linears("dnn", 2))
    gate = torch.cat([weights[f"crossnet.gating.{expert}.weight"] for expert in range(4)])
    for layer in range(2):
        given |= dense(f"net.crossed.{numbered('gated', layer + 1)}.linear_1", gate)
        for expert in range(4):
            name = f"net.crossed.{numbered('low_rank', 4 * layer + expert + 1)}"
            v, c, u = (weights[f"crossnet.{part}_list"][layer, expert] for part in "VCU")
            given |= {f"{name}.linear_1.kernel": v} | dense(f"{name}.linear_2", c)
            given |= dense(f"{name}.dense_1", u, weights["crossnet.bias"][layer, :, 0])
    return given | ending("net.like.dense_1", weights, weights["dnn_linear.weight"])


def deepfm(weights: Weights) -> Weights:
    deep = mlp("net.deep.mlp", weights, linears("dnn", 2))
    return tables(weights, linear=True) | deep | ending("net.deep.dense_1", weights, weights["dnn_linear.weight"])


def difm(weights: Weights) -> Weights:
    at = "vector_wise_net"
    given = {f"net.mixed.linear_{i}.kernel": weights[f"{at}.W_{x}"] for i, x in enumerate(["Query", "key", "Value"], 1)}
    return {
        **tables(weights, linear=True),
        **given,
        "net.by_field.linear_1.kernel": weights[f"{at}.W_Res"],
        **of_linear("net.by_field.linear_2", weights, "transform_matrix_P_vec"),
        **mlp("net.by_bit.mlp", weights, linears("bit_wise_net", 1)),
        **of_linear("net.by_bit.linear_1", weights, "transform_matrix_P_bit"),
        "net.like.bias_1.bias": weights["out.bias"],
    }


def dice(name: str, weights: Weights, at: str) -> Weights:
    norm = {"mean": f"{at}.bn.running_mean", "variance": f"{at}.bn.running_var"}
    return {f"{name}.alpha": weights[f"{at}.alpha"].reshape(-1)} | {f"{name}.{k}": weights[v] for k, v in norm.items()}


def plain_dice(module: torch.nn.Module) -> None:
    """Dice's normalisation without a scale and a shift, which the paper does not have."""
    for part in module.modules():
        if type(part).__name__ == "Dice":
            torch.nn.init.ones_(part.bn.weight)
            torch.nn.init.zeros_(part.bn.bias)


def din(weights: Weights) -> Weights:
    name, at = "net.interest.attend.activation_score", "attention.local_att"
    given = tables(weights) | mlp(f"{name}.mlp", weights, linears(f"{at}.dnn", 2))
    for layer in range(2):
        given |= dice(f"{name}.mlp.dice_{layer + 1}", weights, f"{at}.dnn.activation_layers.{layer}")
    given |= of_linear(f"{name}.dense_1", weights, f"{at}.dense")
    given |= mlp("net.like.mlp", weights, linears("dnn", 2))
    return given | ending("net.like.dense_1", weights, weights["dnn_linear.weight"])


def dien(weights: Weights) -> Weights:
    def cell(name: str, at: str, suffix: str = "") -> Weights:
        return gru(
            name, *(weights[f"{at}.{part}{suffix}"] for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
        )

    score = "net.matters.activation_score"
    at = "interest_evolution.attention.local_att"
    # The library has the interest first, then the fields.
    first = weights["dnn.linears.0.weight"]
    moved = {**weights, "dnn.linears.0.weight": torch.cat([first[:, 16:], first[:, :16]], 1)}
    return {
        **tables(weights),
        **cell("net.states.gru.gru_cell", "interest_extractor.gru", "_l0"),
        **mlp(f"{score}.mlp", weights, linears(f"{at}.dnn", 2)),
        **of_linear(f"{score}.dense_1", weights, f"{at}.dense"),
        **cell("net.evolved.augru.augru_cell", "interest_evolution.interest_evolution.rnn"),
        **mlp("net.like.mlp", moved, linears("dnn", 2)),
        **ending("net.like.dense_1", weights, weights["linear.weight"]),
    }


def fibinet(weights: Weights) -> Weights:
    first = weights["dnn.linears.0.weight"]
    # The library has the weighted fields' pairs first, and one kernel for both.
    moved = {**weights, "dnn.linears.0.weight": torch.cat([first[:, 120:], first[:, :120]], 1)}
    return {
        **tables(weights, linear=True),
        **of_linear("net.crossed.bilinear.linear_1", weights, "Bilinear.bilinear"),
        **of_linear("net.crossed.bilinear_2.linear_1", weights, "Bilinear.bilinear"),
        **of_linear("net.crossed.senet.weights.linear_1", weights, "SE.excitation.0"),
        **of_linear("net.crossed.senet.weights.linear_2", weights, "SE.excitation.2"),
        **mlp("net.like.mlp", moved, linears("dnn", 2)),
        **ending("net.like.dense_1", weights, weights["dnn_linear.weight"]),
    }


def ifm(weights: Weights) -> Weights:
    return {
        **tables(weights, linear=True),
        **mlp("net.factors.mlp", weights, linears("factor_estimating_net", 1)),
        **of_linear("net.factors.linear_1", weights, "transform_weight_matrix_P"),
        "net.like.bias_1.bias": weights["out.bias"],
    }


def mlr(weights: Weights) -> Weights:
    given = {"net.parts.bias_1.bias": torch.zeros(3)}
    for name in FIELDS:
        a, b = (weights[f"region_linear_model.{i}.embedding_dict.{name}.weight"] for i in range(2))
        given[f"{name}.embed_3"] = torch.cat([a - b, a, b], 1)
    return given


def nfm(weights: Weights) -> Weights:
    return {
        **tables(weights, linear=True),
        **mlp("net.deep.mlp", weights, linears("dnn", 2)),
        **of_linear("net.deep.linear_1", weights, "dnn_linear"),
        "net.like.bias_1.bias": weights["out.bias"],
    }


def pnn(weights: Weights) -> Weights:
    deep = mlp("net.like.mlp", weights, linears("dnn", 2))
    return tables(weights) | deep | ending("net.like.dense_1", weights, weights["dnn_linear.weight"])


def wide_and_deep(weights: Weights) -> Weights:
    return {
        **tables(weights, linear=True),
        **mlp("net.deep.mlp", weights, linears("dnn", 2)),
        **of_linear("net.like.linear_1", weights, "dnn_linear"),
        "net.like.bias_1.bias": weights["out.bias"],
    }


def xdeepfm(weights: Weights) -> Weights:
    both = torch.cat([weights["cin_linear.weight"], weights["dnn_linear.weight"]], 1)
    return {
        **tables(weights, linear=True),
        **mlp("net.deep.mlp", weights, linears("dnn", 2)),
        **dense("net.like.cin.layers.mix_1", weights["cin.conv1ds.0.weight"][:, :, 0]),
        **dense("net.like.cin.layers.mix_2", weights["cin.conv1ds.1.weight"][:, :, 0]),
        **ending("net.like.dense_1", weights, both),
    }


def esmm(weights: Weights) -> Weights:
    given = tables(weights)
    for task, name in [("ctr", "net.liked.tower"), ("cvr", "net.love.tower")]:
        given |= mlp(f"{name}.mlp", weights, linears(f"{task}_dnn", 1))
        given |= ending(f"{name}.dense_1", weights, weights[f"{task}_dnn_final_layer.weight"])
    return given


def towers(weights: Weights) -> Weights:
    given = tables(weights)
    for task, label in enumerate(["like", "love"]):
        given |= mlp(f"net.{label}.tower.mlp", weights, linears(f"tower_dnn.{task}", 1))
        last, bias = weights[f"tower_dnn_final_layer.{task}.weight"], weights[f"out.{task}.bias"]
        given |= dense(f"net.{label}.tower.dense_1", last, bias)
    return given


def shared_bottom(weights: Weights) -> Weights:
    return towers(weights) | mlp("net.bottom.mlp", weights, linears("bottom_dnn", 1))


def mmoe(weights: Weights) -> Weights:
    given = towers(weights)
    for expert in range(4):
        name = numbered("mlp", expert + 1)
        given |= mlp(f"net.tasks.mmoe.opinions.{name}", weights, linears(f"expert_dnn.{expert}", 1))
    for task in range(2):
        gate = f"net.tasks.mmoe.{numbered('gated', task + 1)}.linear_1"
        given |= of_linear(gate, weights, f"gate_dnn_final_layer.{task}")
    return given


def ple(weights: Weights) -> Weights:
    given = towers(weights)
    for level in range(2):
        name = f"net.tasks.ple.ends.{numbered('extraction', level + 1)}"
        given |= mlp(f"{name}.common.mlp", weights, linears(f"shared_experts.{level}.0.0", 1))
        for number in range(4):
            at = f"specific_experts.{level}.{number // 2}.{number % 2}"
            given |= mlp(f"{name}.special.{numbered('mlp', number + 1)}", weights, linears(at, 1))
        for task in range(2):
            gate = f"{name}.{numbered('gated', task + 1)}.linear_1"
            given |= of_linear(gate, weights, f"specific_gate_dnn_final_layer.{level}.{task}")
    # Nothing reads the shared gate of the last level.
    at = "net.tasks.ple.ends.extraction.gated_3.linear_1"
    gate = weights["shared_gate_dnn_final_layer.0.weight"]
    # The library has the shared experts last, dinc first.
    return given | dense(at, torch.cat([gate[4:], gate[:4]]))


TASKS = {"task_names": ("like", "love")}
RELU = ("mlp([64, 32], dice)", "mlp([64, 32])")
NO_DICE = "The library cannot have Dice in the last layers, so both sides have ReLU there"
peers = {
    "afm": Peer(model("afm", "AFM", linear=True, attention_factor=4), mapped=afm),
    "afn": Peer(
        model("afn", "AFN", linear=False, ltl_hidden_size=16, afn_dnn_hidden_units=MLP),
        mapped=afn,
        arrange=alike,
        note="DeepCTR-Torch has a mean for each number of the vectors, not for each field and product as the "
        "authors have; here all means and variances of a layer are one. It also normalises hidden layers",
    ),
    "autoint": Peer(
        model("autoint", "AutoInt", linear=False, att_layer_num=3, dnn_hidden_units=()),
        mapped=autoint,
        spec=[("width: 16", "width: 8")],
        note="DeepCTR-Torch's layers keep the width of the embeddings, 8 here",
    ),
    "dcn": Peer(model("dcn", "DCN", linear=False, cross_num=3, dnn_hidden_units=MLP), mapped=dcn),
    "dcn_mix": Peer(
        model("dcnmix", "DCNMix", linear=False, cross_num=2, low_rank=8, dnn_hidden_units=MLP),
        mapped=dcn_mix,
        note="DeepCTR-Torch's layers share a gate and its experts a bias, so those of dinc are equal here",
    ),
    "dcn_v2": Peer(
        model("dcn", "DCN", linear=False, cross_num=2, cross_parameterization="matrix", dnn_hidden_units=MLP),
        mapped=dcn_v2,
    ),
    "deepfm": Peer(model("deepfm", "DeepFM", linear=True, dnn_hidden_units=MLP), mapped=deepfm),
    "dien": Peer(
        model(
            *("dien", "DIEN"),
            positional=(made.ITEM,),
            gru_type="AUGRU",
            dnn_hidden_units=MLP,
            att_hidden_units=(16, 8),
        ),
        list(made.HISTORIES),
        mapped=dien,
        spec=[
            RELU,
            ("softmax(dot(linear(states, 16), target))", "softmax(activation_score(target, states, [16, 8], relu))"),
        ],
        note="DeepCTR-Torch's attention is a network; the paper's is bilinear. " + NO_DICE,
    ),
    "difm": Peer(model("difm", "DIFM", linear=True, att_head_num=2, dnn_hidden_units=(32,)), mapped=difm),
    "din": Peer(
        model(
            *("din", "DIN"),
            positional=(made.ITEM,),
            dnn_hidden_units=MLP,
            att_hidden_size=(16, 8),
        ),
        list(made.HISTORIES),
        mapped=din,
        arrange=plain_dice,
        spec=[RELU],
        note=NO_DICE,
    ),
    "fibinet": Peer(
        model("fibinet", "FiBiNET", linear=True, bilinear_type="all", dnn_hidden_units=MLP),
        mapped=fibinet,
        note="DeepCTR-Torch has one bilinear form for the fields and the weighted fields, so those of dinc are equal here",
    ),
    "ifm": Peer(model("ifm", "IFM", linear=True, dnn_hidden_units=(32,)), mapped=ifm),
    "mlr": Peer(
        model("mlr", "MLR", region_num=2),
        mapped=mlr,
        note="DeepCTR-Torch reads the weights of the regions as those of the linear models too, and dinc has the same here",
    ),
    "nfm": Peer(model("nfm", "NFM", linear=True, dnn_hidden_units=(32, 16)), mapped=nfm),
    "pnn": Peer(
        model("pnn", "PNN", dnn_hidden_units=MLP),
        mapped=pnn,
        spec=[(", outer_product(fields)", "")],
        note="With inner products alone: DeepCTR-Torch's outer products are of pairs, dinc's of the fields' sum, as in the paper",
    ),
    "wide_and_deep": Peer(
        model("wdl", "WDL", linear=True, dnn_hidden_units=MLP),
        mapped=wide_and_deep,
        weights={"gender_genre.weight": "0"},
        note="Without the cross-product of features, which DeepCTR-Torch leaves to the data",
    ),
    "xdeepfm": Peer(
        model(
            *("xdeepfm", "xDeepFM"),
            linear=True,
            dnn_hidden_units=MLP,
            cin_layer_size=(8, 8),
            cin_split_half=False,
            cin_activation="linear",
        ),
        mapped=xdeepfm,
        zero=["cin.conv1ds.0.bias", "cin.conv1ds.1.bias"],
        note="Without the bias of each feature map, which the paper does not have",
    ),
    "esmm": Peer(model("multitask.esmm", "ESMM", tower_dnn_hidden_units=(16,), **TASKS), mapped=esmm),
    "mmoe": Peer(
        model(
            *("multitask.mmoe", "MMOE"),
            num_experts=4,
            expert_dnn_hidden_units=(32,),
            gate_dnn_hidden_units=(),
            tower_dnn_hidden_units=(16,),
            **TASKS,
        ),
        mapped=mmoe,
    ),
    "ple": Peer(
        model(
            *("multitask.ple", "PLE"),
            shared_expert_num=1,
            specific_expert_num=2,
            num_levels=2,
            expert_dnn_hidden_units=(32,),
            gate_dnn_hidden_units=(),
            tower_dnn_hidden_units=(16,),
            **TASKS,
        ),
        mapped=ple,
    ),
    "shared_bottom": Peer(
        model(
            *("multitask.sharedbottom", "SharedBottom"),
            bottom_dnn_hidden_units=(32,),
            tower_dnn_hidden_units=(16,),
            **TASKS,
        ),
        mapped=shared_bottom,
    ),
}


def score(module: torch.nn.Module, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    # The library pads histories behind.
    behind = {}
    for column, ids in inputs.items():
        if column in made.HISTORIES:
            behind |= {column: padded_behind(ids), LENGTH: (ids != 0).sum(1, keepdim=True)}
        else:
            behind[column] = ids.reshape(-1, 1)
    scores = module(torch.cat([behind[name] for name in module.feature_index], 1).float())
    return named(scores)


if __name__ == "__main__":
    write_peers(peers, Path(sys.argv[1]), score, sys.argv[2:])
