"""DeepCTR's DeepFEFM with random weights. usage: deepctr.py OUT [MODEL …]"""

import itertools
import os
import sys
from pathlib import Path

# This file has the name of the package.
sys.path.append(sys.path.pop(0))
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import rows as made  # noqa: E402
import torch  # noqa: E402
from deepctr.feature_column import SparseFeat  # noqa: E402
from deepctr.models import DeepFEFM as Published  # noqa: E402
from modules import Peer, named, write_peers  # noqa: E402
from weights import Weights, dense, numbered  # noqa: E402

FIELDS = [*made.USER, *made.ITEM]


class DeepFEFM(torch.nn.Module):
    """The model of Keras, whose weights are parameters here."""

    def __init__(self, columns: list[str]):
        super().__init__()
        features = [SparseFeat(name, len(made.VALUES[name]) + 2, embedding_dim=8) for name in columns]
        self.model = Published(features, features, dnn_hidden_units=(64, 32))
        for weight in self.model.weights:
            value = torch.tensor(weight.numpy())
            self.register_parameter(weight.name.removesuffix(":0"), torch.nn.Parameter(value))

    def forward(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        self.model.set_weights([value.detach().numpy() for value in self.parameters()])
        return torch.tensor(self.model({name: ids.numpy() for name, ids in inputs.items()}).numpy())


def deep_fefm(weights: Weights) -> Weights:
    given = {name: weights[f"sparse_emb_{name}/embeddings"] for name in FIELDS}
    given |= {f"{name}.weight": weights[f"linear0sparse_emb_{name}/embeddings"] for name in FIELDS}
    for number, (one, other) in enumerate(itertools.combinations(range(len(FIELDS)), 2), 1):
        name = f"net.embedded.{numbered('symmetric', number)}.linear_1"
        given |= dense(name, weights[f"fefm_layer/field_embeddings{one}-{other}"].T)
    for layer in range(2):
        kernel, bias = weights[f"dnn/kernel{layer}"], weights[f"dnn/bias{layer}"]
        given |= dense(f"net.deep.mlp.dense_{layer + 1}", kernel.T, bias)
    given |= dense("net.deep.linear_1", weights["dense/kernel"].T)
    return given | {"net.like.bias_1.bias": weights["prediction_layer/global_bias"]}


peers = {"deep_fefm": Peer(DeepFEFM, mapped=deep_fefm)}


def score(module: DeepFEFM, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return named(module(inputs))


if __name__ == "__main__":
    write_peers(peers, Path(sys.argv[1]), score, sys.argv[2:])
