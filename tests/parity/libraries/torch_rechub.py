"""Torch-RecHub's models with random weights. usage: torch_rechub.py OUT [MODEL …]"""

import sys
from pathlib import Path

import torch

here = Path(__file__).parent
# This file has the name of the package.
sys.path = [path for path in sys.path if Path(path or ".").resolve() != here.resolve()]
sys.modules.pop("torch_rechub", None)
sys.path.append(str(here))
import rows as made  # noqa: E402
import torch_rechub_sequences  # noqa: E402
from modules import Peer, named, normal, write_peers  # noqa: E402
from torch_rechub_models import FIELDS, class_of, features, mlp, model, tables  # noqa: E402
from weights import Weights, dense, folded, numbered, of_linear  # noqa: E402

MLP = {"dims": [64, 32]}
TOWER = {"dims": [16]}
TASKS = ["classification", "classification"]


def without_gate_bias(module: torch.nn.Module) -> None:
    """Softmax gates whose normalised bias is zero, as the zoo's gates have none."""
    normal(module)
    for name, part in module.named_modules():
        if "gate" in name and isinstance(part, torch.nn.Sequential):
            torch.nn.init.zeros_(part[1].bias)
            part[0].bias.data.copy_(part[1].running_mean)


def autoint(weights: Weights) -> Weights:
    given = tables(weights, "sparse_embedding") | of_linear("net.like.dense_1", weights, "attn_linear")
    for layer in range(3):
        name, at = f"net.crossed.{numbered('interacting', layer + 1)}", f"interacting_layers.{layer}"
        # The library divides scores by the root of a head's width.
        given |= dense(f"{name}.mixed.linear_1", weights[f"{at}.W_Q.weight"] / 2)
        given |= of_linear(f"{name}.mixed.linear_2", weights, f"{at}.W_K")
        given |= of_linear(f"{name}.mixed.linear_3", weights, f"{at}.W_V")
        given |= of_linear(f"{name}.linear_1", weights, f"{at}.W_Res")
    return given


def dcn(weights: Weights) -> Weights:
    given = tables(weights) | mlp("net.like.mlp", weights, "mlp", 2)
    for layer in range(3):
        given |= of_linear(f"net.crossed.linear_{layer + 1}", weights, f"cn.w.{layer}")
        given[f"net.crossed.bias_{layer + 1}.bias"] = weights[f"cn.b.{layer}"]
    return given | of_linear("net.like.dense_1", weights, "linear.fc")


def dcn_v2(weights: Weights) -> Weights:
    given = tables(weights) | mlp("net.like.mlp", weights, "parallel_dnn", 2)
    for layer in range(2):
        kernel, bias = weights[f"crossnet.w.{layer}.weight"], weights[f"crossnet.b.{layer}"]
        given |= dense(f"net.like.cross.dense_{layer + 1}", kernel, bias)
    return given | of_linear("net.like.dense_1", weights, "linear.fc")


def dcn_mix(weights: Weights) -> Weights:
    given = tables(weights) | mlp("net.like.mlp", weights, "parallel_dnn", 2)
    gate = torch.cat([weights[f"crossnet.gating.{expert}.weight"] for expert in range(4)])
    for layer in range(2):
        given |= dense(f"net.crossed.{numbered('gated', layer + 1)}.linear_1", gate)
        for expert in range(4):
            name = f"net.crossed.{numbered('low_rank', 4 * layer + expert + 1)}"
            v, c, u = (weights[f"crossnet.{part}_list.{layer}"][expert] for part in "vcu")
            given |= {f"{name}.linear_1.kernel": v} | dense(f"{name}.linear_2", c)
            given |= dense(f"{name}.dense_1", u, weights[f"crossnet.bias.{layer}"].reshape(-1))
    return given | of_linear("net.like.dense_1", weights, "linear.fc")


def of_vectors(weights: Weights, linear: str = "linear.fc") -> Weights:
    """The linear part, which the library computes from the vectors, as a weight for each id."""
    kernel, own = weights[f"{linear}.weight"].reshape(6, 8), tables(weights)
    return {f"{name}.weight": own[name] @ kernel[index][:, None] for index, name in enumerate(FIELDS)}


def deepfm(weights: Weights) -> Weights:
    given = tables(weights) | of_vectors(weights) | mlp("net.deep.mlp", weights, "mlp", 2)
    bias = weights["mlp.mlp.8.bias"] + weights["linear.fc.bias"]
    return given | dense("net.deep.dense_1", weights["mlp.mlp.8.weight"], bias)


def fibinet(weights: Weights) -> Weights:
    return {
        **tables(weights),
        **{f"{name}.weight": torch.zeros(len(made.VALUES[name]) + 2, 1) for name in FIELDS},
        **of_linear("net.crossed.bilinear.linear_1", weights, "bilinear_interaction.bilinear_layer"),
        **of_linear("net.crossed.bilinear_2.linear_1", weights, "bilinear_interaction.bilinear_layer"),
        **of_linear("net.crossed.senet.weights.linear_1", weights, "senet_layer.mlp.0"),
        **of_linear("net.crossed.senet.weights.linear_2", weights, "senet_layer.mlp.2"),
        **mlp("net.like.mlp", weights, "mlp", 2),
        **of_linear("net.like.dense_1", weights, "mlp.mlp.8"),
    }


def wide_and_deep(weights: Weights) -> Weights:
    return {
        **tables(weights),
        **of_vectors(weights),
        **mlp("net.deep.mlp", weights, "mlp", 2),
        **dense("net.like.linear_1", weights["mlp.mlp.8.weight"]),
        "net.like.bias_1.bias": weights["mlp.mlp.8.bias"] + weights["linear.fc.bias"],
    }


def tower(name: str, weights: Weights, at: str) -> Weights:
    return mlp(f"{name}.mlp", weights, at, 1) | of_linear(f"{name}.dense_1", weights, f"{at}.mlp.4")


def towers(weights: Weights) -> Weights:
    return tower("net.like.tower", weights, "towers.0") | tower("net.love.tower", weights, "towers.1")


def esmm(weights: Weights) -> Weights:
    both = tower("net.liked.tower", weights, "tower_ctr") | tower("net.love.tower", weights, "tower_cvr")
    return tables(weights) | both


def shared_bottom(weights: Weights) -> Weights:
    return tables(weights) | towers(weights) | mlp("net.bottom.mlp", weights, "bottom_mlp", 1)


def gate(name: str, weights: Weights, at: str) -> Weights:
    kernel = folded(name, weights, f"{at}.mlp.0", f"{at}.mlp.1")[f"{name}.kernel"]
    return {f"{name}.kernel": kernel}


def mmoe(weights: Weights) -> Weights:
    given = tables(weights) | towers(weights)
    for expert in range(4):
        given |= mlp(f"net.tasks.mmoe.opinions.{numbered('mlp', expert + 1)}", weights, f"experts.{expert}", 1)
    for task in range(2):
        given |= gate(f"net.tasks.mmoe.{numbered('gated', task + 1)}.linear_1", weights, f"gates.{task}")
    return given


def ple(weights: Weights) -> Weights:
    given = tables(weights) | towers(weights)
    for level in range(2):
        name, at = f"net.tasks.ple.ends.{numbered('extraction', level + 1)}", f"cgc_layers.{level}"
        given |= mlp(f"{name}.common.mlp", weights, f"{at}.experts_shared.0", 1)
        for number in range(4):
            part = f"{name}.special.{numbered('mlp', number + 1)}"
            given |= mlp(part, weights, f"{at}.experts_specific.{number}", 1)
        for task in range(2):
            part = f"{name}.{numbered('gated', task + 1)}.linear_1"
            given |= gate(part, weights, f"{at}.gates_specific.{task}")
    name = "net.tasks.ple.ends.extraction.gated_3.linear_1.kernel"
    kernel = gate("shared", weights, "cgc_layers.0.gate_shared")["shared.kernel"]
    # The library has the shared experts last, dinc first.
    return given | {name: torch.cat([kernel[:, 4:], kernel[:, :4]], 1)}


def aitm(weights: Weights) -> Weights:
    given = tables(weights)
    for name, at in [("net.first.mlp", "bottoms.0"), ("net.later.mlp", "bottoms.1")]:
        given |= mlp(name, weights, at, 2)
    given |= folded("net.later.dense_1", weights, "info_gates.0.mlp.0", "info_gates.0.mlp.1")
    for number, part in enumerate("qkv", 1):
        given |= of_linear(f"net.later.transfer.linear_{number}", weights, f"aits.0.{part}_layer")
    for name, at in [("net.liked.dense_1", "towers.0.mlp.0"), ("net.loved.dense_1", "towers.1.mlp.0")]:
        given |= of_linear(name, weights, at)
    return given


NORMS = "Torch-RecHub normalises each hidden layer; here that is a part of dinc's kernels"
NO_PART = f"{NORMS}. It reads the linear part from the vectors, as dinc's weights here"
peers = {
    "aitm": Peer(
        model("multi_task.aitm.AITM", 2, {"dims": [32, 16]}, [{"dims": []}, {"dims": []}]),
        mapped=aitm,
        arrange=normal,
        note=NORMS,
    ),
    "autoint": Peer(
        lambda columns: class_of("ranking.autoint.AutoInt")(features(), [], num_layers=3),
        mapped=autoint,
        zero=["linear."],
        spec=[("width: 16", "width: 8")],
        note="Without Torch-RecHub's linear part; its layers keep the width of the embeddings, 8 here, and divide "
        "scores by the root of a head's width, which is a part of dinc's queries here",
    ),
    "dcn": Peer(model("ranking.dcn.DCN", 3, MLP), mapped=dcn, arrange=normal, note=NORMS),
    "dcn_mix": Peer(
        model("ranking.dcn_v2.DCNv2", 2, MLP, low_rank=8, num_experts=4),
        mapped=dcn_mix,
        arrange=normal,
        note=f"{NORMS}. Its layers share a gate and its experts a bias, so those of dinc are equal here",
    ),
    "dcn_v2": Peer(
        model("ranking.dcn_v2.DCNv2", 2, MLP, use_low_rank_mixture=False),
        mapped=dcn_v2,
        arrange=normal,
        zero=["crossnet.b."],
        note=f"{NORMS}. Its bias stands outside of the product, x₀ ⊙ W x + b, where the paper has x₀ ⊙ (W x + b); "
        "it is zero here",
    ),
    "deepfm": Peer(
        lambda columns: class_of("ranking.deepfm.DeepFM")(features(), features(), MLP),
        mapped=deepfm,
        arrange=normal,
        note=NO_PART,
    ),
    "esmm": Peer(
        lambda columns: class_of("multi_task.esmm.ESMM")(features(made.USER), features(made.ITEM), TOWER, TOWER),
        mapped=esmm,
        arrange=normal,
        note=NORMS,
    ),
    "fibinet": Peer(
        model("ranking.fibinet.FiBiNet", MLP, bilinear_type="field_all"),
        mapped=fibinet,
        arrange=normal,
        note=f"{NORMS}. It has no linear part, so dinc's is zero here, and one bilinear form for the fields and the "
        "weighted fields, so those of dinc are equal",
    ),
    "mmoe": Peer(
        model("multi_task.mmoe.MMOE", TASKS, 4, {"dims": [32]}, [TOWER, TOWER]),
        mapped=mmoe,
        arrange=without_gate_bias,
        note=f"{NORMS}. Its gates have a bias, which is zero here",
    ),
    "ple": Peer(
        model("multi_task.ple.PLE", TASKS, 2, 2, 1, {"dims": [32]}, [TOWER, TOWER]),
        mapped=ple,
        arrange=without_gate_bias,
        note=f"{NORMS}. Its gates have a bias, which is zero here",
    ),
    "shared_bottom": Peer(
        model("multi_task.shared_bottom.SharedBottom", TASKS, {"dims": [32]}, [TOWER, TOWER]),
        mapped=shared_bottom,
        arrange=normal,
        note=NORMS,
    ),
    "wide_and_deep": Peer(
        lambda columns: class_of("ranking.widedeep.WideDeep")(features(), features(), MLP),
        mapped=wide_and_deep,
        arrange=normal,
        weights={"gender_genre.weight": "0"},
        note=f"{NO_PART}. Without the cross-product of features",
    ),
    **torch_rechub_sequences.peers,
}


def score(module: torch.nn.Module, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    scores = module(inputs)
    # ESMM's first column is the probability of a conversion after a click.
    return named(scores[:, 1:] if type(module).__name__ == "ESMM" else scores)


if __name__ == "__main__":
    write_peers(peers, Path(sys.argv[1]), score, sys.argv[2:])
