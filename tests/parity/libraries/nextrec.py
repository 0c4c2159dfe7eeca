"""NextRec's PEPNet with random weights. usage: nextrec.py OUT [MODEL …]"""

import os
import sys
import tempfile
from pathlib import Path

# This file has the name of the package.
sys.path.append(sys.path.pop(0))
# Its models make a folder of logs.
logs = tempfile.TemporaryDirectory()
os.environ["NEXTREC_LOG_DIR"] = logs.name

import rows as made  # noqa: E402
import torch  # noqa: E402
from modules import Peer, named, write_peers  # noqa: E402
from nextrec.basic.features import SparseFeature  # noqa: E402
from nextrec.models.multitask.pepnet import PEPNet  # noqa: E402
from weights import Weights, dense, numbered, of_linear  # noqa: E402

LABELS = ["like", "love"]


def pepnet_module(columns: list[str]) -> PEPNet:
    return PEPNet(
        sparse_features=[SparseFeature(name, len(made.VALUES[name]) + 2, embedding_dim=8) for name in columns],
        target=LABELS,
        task=["binary", "binary"],
        mlp_params={"hidden_dims": [32, 16]},
        feature_gate_mlp_params={"hidden_dim": None},
        domain_features="genre",
        user_features="user_id",
        item_features="item_id",
    )


def as_the_paper(module: PEPNet) -> None:
    """Gates of layers that do not read the domain, none before the logit, and no bias after it."""
    module.head.prediction.bias.data.zero_()
    for task in module.ppnet_blocks:
        for layer in task.gate_layers:
            layer.gate.mlp[0].weight.data[:, :8] = 0
        logit = task.gate_layers[-1].gate.mlp[3]
        logit.weight.data.zero_()
        # Its sigmoid is 1.
        logit.bias.data.fill_(40)


def gate(name: str, weights: Weights, at: str, columns: list[slice]) -> Weights:
    """A gate, with those columns of what it reads."""
    first = torch.cat([weights[f"{at}.gate.mlp.0.weight"][:, each] for each in columns], 1)
    given = dense(f"{name}.gate.dense_1", first, weights[f"{at}.gate.mlp.0.bias"])
    return given | of_linear(f"{name}.gate.dense_2", weights, f"{at}.gate.mlp.3")


def pepnet(weights: Weights) -> Weights:
    given = {column: weights[f"embedding.embed_dict.{column}.weight"] for column in [*made.USER, *made.ITEM]}
    # The library has the domain behind what it gates.
    given |= gate("net.fitted.gated_by", weights, "epnet", [slice(48, 56), slice(0, 48)])
    for task, label in enumerate(LABELS):
        name, at = f"net.{label}.tower", f"ppnet_blocks.{task}"
        for layer in range(2):
            gated = f"{name}.ppnet.{numbered('gated_by', layer + 1)}"
            given |= gate(gated, weights, f"{at}.gate_layers.{layer}", [slice(8, None)])
            given |= of_linear(f"{name}.ppnet.dense_{layer + 1}", weights, f"{at}.mlp_layers.{layer}.0")
        given |= of_linear(f"{name}.dense_1", weights, f"{at}.mlp_layers.2")
    return given


peers = {
    "pepnet": Peer(
        pepnet_module,
        mapped=pepnet,
        arrange=as_the_paper,
        note="NextRec also has a gate between 0 and 1 before the logit, which is 1 here, and gates of layers that read the domain, "
        "whose weights for it are zero",
    )
}


def score(module: PEPNet, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return named(module.head(module(inputs)))


if __name__ == "__main__":
    write_peers(peers, Path(sys.argv[1]), score, sys.argv[2:])
