"""FuxiCTR's models of several tasks, with weights under the names of the zoo's."""

from fuxictr_models import model
from fuxictr_weights import tables
from modules import Peer
from weights import Weights, mlp, numbered, of_linear

LABELS = ("like", "love")
SETTINGS = {"labels": LABELS, "task": ["binary_classification"] * 2, "num_tasks": 2, "tower_hidden_units": [16]}
EXPERTS = {"expert_hidden_units": [32], "gate_hidden_units": []}


def towers(weights: Weights) -> Weights:
    given = tables(weights)
    for task, label in enumerate(LABELS):
        given |= mlp(f"net.{label}.tower.mlp", weights, [f"tower.{task}.mlp.0"])
        given |= of_linear(f"net.{label}.tower.dense_1", weights, f"tower.{task}.mlp.2")
    return given


def shared_bottom(weights: Weights) -> Weights:
    return towers(weights) | mlp("net.bottom.mlp", weights, ["bottom.mlp.0"])


def gate(name: str, weights: Weights, at: str) -> Weights:
    return {f"{name}.kernel": weights[f"{at}.mlp.0.weight"].T}


def mmoe(weights: Weights) -> Weights:
    given = towers(weights)
    for expert in range(4):
        at = f"mmoe_layer.experts.{expert}.mlp.0"
        given |= mlp(f"net.tasks.mmoe.opinions.{numbered('mlp', expert + 1)}", weights, [at])
    for task in range(2):
        name = f"net.tasks.mmoe.{numbered('gated', task + 1)}.linear_1"
        given |= gate(name, weights, f"mmoe_layer.gate.{task}")
    return given


def ple(weights: Weights) -> Weights:
    name, at = "net.tasks.ple.ends.extraction", "cgc_layers.0"
    given = towers(weights) | mlp(f"{name}.common.mlp", weights, [f"{at}.shared_experts.0.mlp.0"])
    for number in range(4):
        expert = f"{at}.specific_experts.{number // 2}.{number % 2}.mlp.0"
        given |= mlp(f"{name}.special.{numbered('mlp', number + 1)}", weights, [expert])
    for task in range(2):
        given |= gate(f"{name}.{numbered('gated', task + 1)}.linear_1", weights, f"{at}.gate.{task}")
    return given


def ppnet(weights: Weights) -> Weights:
    given = tables(weights) | of_linear("net.like.tower.dense_3", weights, "ppn.mlp_layers.2")
    for field in ("user_id", "occupation"):
        given[f"{field}.embed_8.gate"] = weights[f"gate_embed_layer.embedding_layer.embedding_layers.{field}.weight"]
    for layer in range(2):
        name = f"net.like.tower.{numbered('gated_by', layer + 1)}.gate"
        given |= of_linear(f"net.like.tower.dense_{layer + 1}", weights, f"ppn.mlp_layers.{layer}.0")
        given |= mlp(name, weights, [f"ppn.gate_layers.{layer}.gate.0", f"ppn.gate_layers.{layer}.gate.2"])
    return given


peers = {
    "shared_bottom": Peer(
        model("multitask/ShareBottom/src/ShareBottom.py", bottom_hidden_units=[32], **SETTINGS), mapped=shared_bottom
    ),
    "mmoe": Peer(
        model("multitask/MMoE/src/MMoE.py", num_experts=4, **EXPERTS, **SETTINGS),
        mapped=mmoe,
        zero=[f"mmoe_layer.gate.{task}.mlp.0.bias" for task in range(2)],
        note="FuxiCTR's gates have a bias, which is zero here",
    ),
    "ple": Peer(
        model("multitask/PLE/src/PLE.py", num_specific_experts=2, **EXPERTS, **SETTINGS),
        mapped=ple,
        zero=[f"cgc_layers.0.gate.{task}.mlp.0.bias" for task in range(2)],
        spec=[("levels: 2", "levels: 1")],
        note="With one level: in others, FuxiCTR's shared gate reads the shared experts alone, where the paper's (section "
        "4.2) reads all. Its gates have a bias, which is zero here",
    ),
    "ppnet": Peer(
        model(
            "PEPNet/src/PPNet.py",
            gate_emb_dim=8,
            gate_priors=["user_id", "occupation"],
            gate_hidden_dim=None,
            hidden_units=[32, 16],
        ),
        mapped=ppnet,
        spec=[
            ("label love : binary\n", ""),
            ("  predict love = tower(x, prior)\n", ""),
            (
                "  ppnet(x, prior, [32, 16]) |> dense(1) |> sigmoid",
                "  let about = concat(stop_gradient(x), prior)\n"
                "  fold([32, 16], x, (h, n) => h |> dense(n) |> relu |> gated_by(about)) |> dense(1) |> sigmoid",
            ),
            (
                "concat(user_id, occupation)",
                'concat(embed(user_id, 8, name: "gate"), embed(occupation, 8, name: "gate"))',
            ),
        ],
        note="With one task, as FuxiCTR has. It gates what a layer gives, where dinc gates what it reads, and its gates read "
        "tables of their own: so does the spec here",
    ),
}
