"""RecBole's models with random weights. usage: recbole.py OUT [MODEL …]

The package's trainers, and their many dependencies, are left out: its files of models are imported one by one."""

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy
import torch

here = Path(__file__).parent
# This file has the name of the package.
sys.path = [path for path in sys.path if Path(path or ".").resolve() != here.resolve()]
sys.modules.pop("recbole", None)
package = Path(importlib.util.find_spec("recbole").origin).parent
sys.path.append(str(here))
import rows as made  # noqa: E402
from modules import ITEMS_ALONE, Peer, named, normal, padded_behind, write_peers  # noqa: E402
from weights import Weights, batch_norm, dense, folded, gru, numbered, of_linear  # noqa: E402

# RecBole was written for NumPy 1.
numpy.long = numpy.int64
for name in ("", "model", "model.context_aware_recommender", "model.sequential_recommender"):
    module = ModuleType(".".join(["recbole", name]).strip("."))
    module.__path__ = [str(package.joinpath(*name.split(".")))]
    sys.modules[module.__name__] = module
spec = importlib.util.spec_from_file_location("recbole.utils", package / "utils/enum_type.py")
utils = importlib.util.module_from_spec(spec)
spec.loader.exec_module(utils)
utils.set_color = lambda text, *_: text
sys.modules["recbole.utils"] = utils

FIELDS = [*made.USER, *made.ITEM]
SIZES = [len(made.VALUES[field]) + 2 for field in FIELDS]


class Config(dict):
    """Settings by name; those that are absent are None."""

    def __missing__(self, key):
        return None

    def __getattr__(self, key):
        return self[key]


class Dataset:
    field2type = dict.fromkeys(FIELDS, utils.FeatureType.TOKEN)

    def fields(self, source=None) -> list[str]:
        return FIELDS

    def num(self, field: str) -> int:
        return dict(zip(FIELDS, SIZES, strict=True))[field]


def class_of(file: str, name: str):
    return getattr(importlib.import_module(f"recbole.model.{file}"), name)


def model(file: str, name: str, **settings):
    """Builds a class of `recbole.model.context_aware_recommender`."""
    defaults = {"embedding_size": 8, "device": "cpu", "dropout_prob": 0.0, "numerical_features": []}
    config = Config({**defaults, **settings})
    return lambda columns: class_of(f"context_aware_recommender.{file}", name)(config, Dataset())


def tables(weights: Weights, *, linear: bool = False) -> Weights:
    parts = weights["token_embedding_table.embedding.weight"].split(SIZES)
    given = dict(zip(FIELDS, parts, strict=True))
    if linear:
        first = weights["first_order_linear.token_embedding_table.embedding.weight"].split(SIZES)
        given |= {f"{field}.weight": part for field, part in zip(FIELDS, first, strict=True)}
    return given


def mlp(name: str, weights: Weights, count: int, *, normed: bool = False) -> Weights:
    """`MLPLayers`; a normalisation, which the zoo's model does not have, is a part of its layer."""
    given = {}
    for layer in range(count):
        at, norm = (f"mlp_layers.mlp_layers.{(4 if normed else 3) * layer + offset}" for offset in (1, 2))
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


def positive_sizes(module: torch.nn.Module) -> None:
    """μ, of which dinc has the logarithm; and a last layer that keeps probabilities away from 0 and 1."""
    with torch.no_grad():
        module.mu.copy_(module.mu.abs() + 0.5)
        module.reg.weight.mul_(3)
        module.reg.bias.fill_(3.7)


def eulernet(weights: Weights) -> Weights:
    at = "Euler_interaction_layers.0"
    return {
        **tables(weights),
        "net.sizes.parameter_1.value": weights["mu"].log().reshape(6, 1),
        "net.orders.mix_1.kernel": weights[f"{at}.inter_orders"],
        "net.grown.parameter_1.value": weights[f"{at}.bias_lam"][0].T,
        "net.turned.parameter_1.value": weights[f"{at}.bias_theta"][0].T,
        **of_linear("net.implicit.dense_1", weights, f"{at}.im"),
        **of_linear("net.like.dense_1", weights, "reg"),
    }


class NARM(torch.nn.Module):
    """The score of the row's item, which is the product of its vector and that of the session."""

    def __init__(self, scorer: torch.nn.Module):
        super().__init__()
        self.scorer = scorer

    def predict(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        steps = padded_behind(inputs["hist_item_id"])
        session = self.scorer(steps, (steps != 0).sum(1))
        return torch.sigmoid((session * self.scorer.item_embedding(inputs["item_id"])).sum(1))


def narm_module(_columns: list[str]) -> torch.nn.Module:
    config = Config(
        **{"embedding_size": 8, "hidden_size": 16, "n_layers": 1, "dropout_probs": [0.0, 0.0], "device": "cpu"},
        **{"loss_type": "CE", "ITEM_ID_FIELD": "item_id", "LIST_SUFFIX": "_list", "NEG_PREFIX": "neg_"},
    )
    return NARM(class_of("sequential_recommender.narm", "NARM")(config, Dataset()))


def narm(weights: Weights) -> Weights:
    # The library has what matters in the session first, then its end.
    both = weights["scorer.b.weight"]
    nothing = torch.zeros(48)
    return {
        "item_id": weights["scorer.item_embedding.weight"],
        **gru(
            "net.states.gru.gru_cell",
            weights["scorer.gru.weight_ih_l0"],
            weights["scorer.gru.weight_hh_l0"],
            nothing,
            nothing,
        ),
        **dense("net.matters.linear_1", weights["scorer.a_2.weight"]),
        **dense("net.matters.linear_2", weights["scorer.a_1.weight"]),
        **dense("net.matters.linear_3", weights["scorer.v_t.weight"]),
        **dense("net.score.linear_1", torch.cat([both[:, 16:], both[:, :16]], 1)),
        "net.like.bias_1.bias": torch.zeros(1),
    }


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
        mapped=eulernet,
        arrange=positive_sizes,
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
    "narm": Peer(
        narm_module,
        ["hist_item_id"],
        mapped=narm,
        spec=ITEMS_ALONE,
        note="Over ids of items alone, without weights of user and item",
    ),
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
}


def score(module: torch.nn.Module, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return named(module.predict(inputs))


if __name__ == "__main__":
    write_peers(peers, Path(sys.argv[1]), score, sys.argv[2:])
