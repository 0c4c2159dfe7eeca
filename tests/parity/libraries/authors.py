"""Code that came with papers, with random weights. usage: authors.py OUT [MODEL …]; AUTHORS_DIR has the checkouts FCN and
ComiRec."""

import os
import sys
from itertools import count
from pathlib import Path

# Its own folder comes last: FuxiCTR, with which DCNv3 is written, has the name of a file here.
sys.path.append(sys.path.pop(0))
SOURCE = Path(os.environ["AUTHORS_DIR"])
os.environ.setdefault("FUXICTR_DIR", str(SOURCE))

import rows as made  # noqa: E402
import torch  # noqa: E402
import tensorflow_1  # noqa: E402
from fuxictr_models import model  # noqa: E402
from fuxictr_weights import tables  # noqa: E402
from modules import Peer, write_peers  # noqa: E402
from weights import Weights, layer_norm, numbered, of_linear  # noqa: E402

HISTORY = list(made.HISTORIES)


def dcn_v3(weights: Weights) -> Weights:
    given = tables(weights, "embedding_layer.embedding_layer.embedding_layer")
    for name, network, last in (("net.linearly", "LCN", "sfc"), ("net.doubling", "ECN", "dfc")):
        for layer, number in zip(range(3), count(1)):
            given |= of_linear(f"{name}.linear_{number}", weights, f"{network}.w.{layer}")
            thinned = f"{name}.{numbered('thinned', number)}"
            given |= layer_norm(f"{thinned}.layer_norm_1", weights, f"{network}.layer_norm.{layer}")
            given[f"{name}.bias_{number}.bias"] = weights[f"{network}.b.{layer}"]
        given |= of_linear(f"{name}.dense_1", weights, f"{network}.{last}")
    return given


class MIND(torch.nn.Module):
    """ComiRec's capsules between the zoo's tables and its logit. A row has as many interests as the paper gives it, where the
    code has one count for all."""

    def __init__(self):
        super().__init__()
        sizes = {field: len(made.VALUES[field]) + 2 for field in made.ITEM}
        self.embed = torch.nn.ModuleDict({field: torch.nn.Embedding(size, 8) for field, size in sizes.items()})
        self.votes = torch.nn.Linear(16, 16, bias=False)
        self.shaped = torch.nn.Linear(16, 16)
        self.start = torch.nn.Parameter(torch.zeros(made.STEPS, 4))
        self.code = tensorflow_1.load(SOURCE / "ComiRec/src/model.py")
        self.code.get_shape = lambda tensor: list(tensor.shape)

    def forward(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        vectors = {column: self.embed[made.HISTORIES.get(column, column)](ids) for column, ids in inputs.items()}
        items = torch.cat([vectors[column] for column in made.ITEM], -1)
        mask = (inputs[HISTORY[0]] != 0).float()
        steps = torch.cat([vectors[column] for column in HISTORY], -1) * mask[:, :, None]
        return torch.cat([self.score(*row) for row in zip(steps.split(1), items.split(1), mask.split(1), strict=True)])

    def score(self, steps: torch.Tensor, item: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        interests = min(4, max(1, int(mask.sum().log2())))
        options = {"bilinear_type": 0, "num_interest": interests, "hard_readout": False, "relu_layer": True}
        capsules = self.code.CapsuleNetwork(16, made.STEPS, **options)
        with tensorflow_1.given([self.votes, self.shaped], self.start[:, :interests].T[None]):
            _, read = capsules.call(steps, item, mask)
        return torch.sigmoid((read * item).sum(1))


def mind(weights: Weights) -> Weights:
    given = {field: weights[f"embed.{field}.weight"] for field in made.ITEM}
    given |= of_linear("net.votes.linear_1", weights, "votes") | of_linear("net.shaped.mlp.dense_1", weights, "shaped")
    # dinc counts places from the last step.
    return given | {"net.start.position_1.vectors": weights["start"].flip(0)}


peers = {
    "dcn_v3": Peer(
        model(SOURCE / "FCN/src/DCNv3.py", num_deep_cross_layers=3, num_shallow_cross_layers=3),
        mapped=dcn_v3,
        note="Of its authors: salmon1802/FCN at 1835ffe",
    ),
    "mind": Peer(
        lambda _columns: MIND(),
        HISTORY,
        columns=made.ITEM,
        mapped=mind,
        spec=[
            ("layer shaped  = mlp([32, 16])", "layer shaped  = mlp([16])"),
            ("shaped(concat(user, capsule(votes, weights[k])))", "shaped(capsule(votes, weights[k]))"),
            ("pow(dot(interests, target), 2)", "dot(interests, target)"),
        ],
        note="Of the authors of ComiRec, THUDM/ComiRec at a576eed; none was found of MIND's own. Its routing and what reads the "
        "interests, whose calls of TensorFlow 1 PyTorch answers here, between dinc's tables and logit. As in the code, the "
        "user has no columns, one layer shapes an interest, and the weights of interests are not sharpened: so in the spec "
        "here. Both sides have the same first logits, and as many interests as the paper gives a row",
    ),
}


def score(module: torch.nn.Module, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    found = module(inputs)
    return {"score": found["y_pred"] if isinstance(found, dict) else found}


if __name__ == "__main__":
    write_peers(peers, Path(sys.argv[1]), score, sys.argv[2:])
