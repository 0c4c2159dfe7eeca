"""Weights of FuxiCTR's modules under the names of the zoo's models, where names and shapes do not decide."""

from itertools import combinations

import rows as made
import torch
from weights import Weights, dense, layer_norm, mlp, numbered, of_linear

FIELDS = [*made.USER, *made.ITEM]
# Those of DLRM, whose ages are numbers.
CATEGORIES = [field for field in FIELDS if field != "age"]


def tables(weights: Weights, at: str = "embedding_layer.embedding_layer") -> Weights:
    return {field: weights[f"{at}.embedding_layers.{field}.weight"] for field in FIELDS}


def linear_part(weights: Weights, at: str) -> Weights:
    """The weights of ids of a `LogisticRegression`."""
    given = tables(weights, f"{at}.embedding_layer.embedding_layer")
    return {f"{field}.weight": weight for field, weight in given.items()}


def dice(name: str, weights: Weights, at: str) -> Weights:
    parts = {"alpha": "alpha", "mean": "bn.running_mean", "variance": "bn.running_var"}
    return {f"{name}.{part}": weights[f"{at}.{theirs}"] for part, theirs in parts.items()}


def masknet(weights: Weights) -> Weights:
    given = tables(weights)
    for field in range(6):
        given |= layer_norm(f"net.normed.layer_norm_{field + 1}", weights, f"emb_norm.{field}")
    for block in range(3):
        name, at = f"net.blocks.{numbered('mask_block', block + 1)}", f"mask_net.mask_blocks.{block}"
        given |= of_linear(f"{name}.instance_mask.dense_1", weights, f"{at}.mask_layer.0")
        given |= of_linear(f"{name}.instance_mask.dense_2", weights, f"{at}.mask_layer.2")
        given |= of_linear(f"{name}.linear_1", weights, f"{at}.hidden_layer.0")
        given |= layer_norm(f"{name}.layer_norm_1", weights, f"{at}.hidden_layer.1")
    given |= mlp("net.like.mlp", weights, ["mask_net.dnn.mlp.0"])
    return given | of_linear("net.like.dense_1", weights, "mask_net.dnn.mlp.2")


def finalmlp(weights: Weights) -> Weights:
    given = tables(weights)
    for number, (name, columns) in enumerate([("net.by_user", made.USER), ("net.by_item", made.ITEM)], 1):
        context = f"fs_module.fs{number}_ctx_emb.embedding_layer.embedding_layers"
        given |= {f"{column}.embed_8.gate": weights[f"{context}.{column}.weight"] for column in columns}
        given |= mlp(f"{name}.selected.mlp", weights, [f"fs_module.fs{number}_gate.mlp.0"])
        given |= of_linear(f"{name}.selected.dense_1", weights, f"fs_module.fs{number}_gate.mlp.2")
        given |= mlp(f"{name}.mlp", weights, [f"mlp{number}.mlp.0", f"mlp{number}.mlp.2"])
    forms = weights["fusion_module.w_xy"].reshape(2, 8, 8)
    given |= {f"net.agree.linear_{head + 1}.kernel": forms[head] for head in range(2)}
    given |= dense("net.like.linear_1", weights["fusion_module.w_x.weight"])
    given |= dense("net.like.linear_2", weights["fusion_module.w_y.weight"])
    return given | {"net.like.bias_1.bias": weights["fusion_module.w_x.bias"] + weights["fusion_module.w_y.bias"]}


def one_position(module: torch.nn.Module) -> None:
    """DMIN: heads with the same vectors of positions, as the authors have; scales at 1."""
    for part in module.modules():
        if isinstance(part, torch.nn.LayerNorm):
            torch.nn.init.ones_(part.weight)
    [*filter(lambda part: isinstance(part, torch.nn.Linear), module.dnn.mlp)][-1].weight.data.mul_(0.1)
    # PyTorch adds a mask of numbers to the scores: the library adds 1 where nothing is to be seen.
    module.behavior_refiner[0].attention.register_forward_pre_hook(
        lambda _, given, named: (given, {**named, "attn_mask": named["attn_mask"].bool()}), with_kwargs=True
    )
    first, *others = module.multi_interest_extractor[0].target_attention
    for each in others:
        each.pos_emb.data.copy_(first.pos_emb.data)


def dmin(weights: Weights) -> Weights:
    def fed(name: str, norm: str, layers: str) -> Weights:
        given = layer_norm(f"{name}.added.layer_norm_1", weights, norm)
        return given | mlp(name, weights, [f"{layers}.0", f"{layers}.2"])

    refiner, extractor = "behavior_refiner.0", "multi_interest_extractor.0"
    given = tables(weights, "embedding_layer") | fed("net.refined.fed", f"{refiner}.layer_norm", f"{refiner}.ffn")
    parts = [*weights[f"{refiner}.attention.in_proj_weight"].chunk(3), weights[f"{refiner}.attention.out_proj.weight"]]
    for number, part in enumerate(parts, 1):
        given |= dense(f"net.refined.causal_multi_head.linear_{number}", part)
    given |= of_linear("net.q_k_v.linear_1", weights, f"{extractor}.W_qkv")
    # The library counts positions from the first place of the padded history, dinc from the last.
    given["net.places.position_1.vectors"] = weights[f"{extractor}.target_attention.0.pos_emb"].flip(0)
    for head in range(4):
        name, at = f"net.interests.{numbered('interest', head + 1)}", f"{extractor}.target_attention.{head}"
        given |= of_linear(f"{name}.steps.linear_1", weights, f"{extractor}.W_o.{head}")
        given |= fed(f"{name}.steps.fed", f"{extractor}.layer_norm.{head}", f"{extractor}.ffn.{head}")
        given |= of_linear(f"{name}.query.dense_1", weights, f"{at}.W_proj")
        given |= mlp(f"{name}.activation_score.mlp", weights, [f"{at}.attn_mlp.mlp.0", f"{at}.attn_mlp.mlp.2"])
        given |= of_linear(f"{name}.activation_score.dense_1", weights, f"{at}.attn_mlp.mlp.4")
    # The library has the interests first, dinc the fields.
    first = weights["dnn.mlp.0.weight"]
    moved = {**weights, "dnn.mlp.0.weight": torch.cat([first[:, 64:], first[:, :64]], 1)}
    given |= mlp("net.like.mlp", moved, ["dnn.mlp.0", "dnn.mlp.2"])
    for number, at in enumerate(["dnn.mlp.1", "dnn.mlp.3"], 1):
        given |= dice(f"net.like.mlp.dice_{number}", weights, at)
    return given | of_linear("net.like.dense_1", weights, "dnn.mlp.4")


def dlrm(weights: Weights) -> Weights:
    given = {field: weights[f"embedding_layer.embedding_layer.embedding_layers.{field}.weight"] for field in CATEGORIES}
    given |= mlp("net.bottom.mlp", weights, ["bottom_mlp.mlp.0", "bottom_mlp.mlp.2"])
    # The library has the numbers' vector last, both among the fields and beside their products; dinc has it first.
    fields = [*range(5)]
    theirs = {pair: place for place, pair in enumerate(combinations([*fields, "numbers"], 2))}
    pairs = [theirs.get(pair, theirs.get(pair[::-1])) for pair in combinations(["numbers", *fields], 2)]
    first = weights["top_mlp.mlp.0.weight"]
    moved = {**weights, "top_mlp.mlp.0.weight": torch.cat([first[:, 15:], first[:, pairs]], 1)}
    given |= mlp("net.like.mlp", moved, ["top_mlp.mlp.0", "top_mlp.mlp.2"])
    return given | of_linear("net.like.dense_1", weights, "top_mlp.mlp.4")


def small_numbers(module: torch.nn.Module) -> None:
    """DLRM: the first layer reads an age and a year as they are."""
    module.bottom_mlp.mlp[0].weight.data.mul_(0.001)


def dssm(weights: Weights) -> Weights:
    # No score depends on how often an item occurs.
    given = tables(weights, "embedding_layer") | {"item_id.frequency": torch.ones(len(made.VALUES["item_id"]) + 2, 1)}
    for side in ("user", "item"):
        given |= mlp(f"net.{side}.mlp", weights, [f"{side}_tower.mlp.0"])
        given |= of_linear(f"net.{side}.dense_1", weights, f"{side}_tower.mlp.2")
    return given


def finalnet(weights: Weights) -> Weights:
    given = tables(weights) | of_linear("net.gates.dense_1", weights, "feature_gating.linear")
    for number, name in enumerate(["net.first", "net.second"], 1):
        for layer in range(2):
            part = numbered("factorized", layer + 1)
            given |= of_linear(f"{name}.{part}.both.dense_1", weights, f"block{number}.layer.{layer}.linear")
        given |= of_linear(f"{name}.dense_1", weights, f"fc{number}")
    return given
