"""Weights of a PyTorch module under the names of a zoo model's layers."""

import torch

Weights = dict[str, torch.Tensor]


def numbered(name: str, number: int) -> str:
    """The layer of that number among those with one name in a spec: `mlp`, `mlp_2`, …"""
    return name if number == 1 else f"{name}_{number}"


def dense(name: str, kernel: torch.Tensor, bias: torch.Tensor | None = None) -> Weights:
    """A layer of PyTorch, whose kernel is [out, in]; without a bias it is a `linear`."""
    given = {f"{name}.kernel": kernel.T}
    return given if bias is None else {**given, f"{name}.bias": bias}


def of_linear(name: str, weights: Weights, at: str) -> Weights:
    """`nn.Linear` at `at`."""
    return dense(name, weights[f"{at}.weight"], weights.get(f"{at}.bias"))


def mlp(name: str, weights: Weights, at: list[str]) -> Weights:
    """The layers of an `mlp`, each an `nn.Linear`."""
    return {
        key: value
        for number, layer in enumerate(at, 1)
        for key, value in of_linear(f"{name}.dense_{number}", weights, layer).items()
    }


def folded(name: str, weights: Weights, linear: str, norm: str) -> Weights:
    """`nn.Linear` and the `nn.BatchNorm1d` after it, which the zoo's model does not have, as one layer."""
    scale = weights[f"{norm}.weight"] / (weights[f"{norm}.running_var"] + 1e-5).sqrt()
    shift = weights[f"{linear}.bias"] - weights[f"{norm}.running_mean"]
    return dense(name, weights[f"{linear}.weight"] * scale[:, None], shift * scale + weights[f"{norm}.bias"])


def layer_norm(name: str, weights: Weights, at: str) -> Weights:
    """`nn.LayerNorm` at `at`."""
    return {f"{name}.gamma": weights[f"{at}.weight"], f"{name}.beta": weights[f"{at}.bias"]}


def batch_norm(name: str, weights: Weights, at: str) -> Weights:
    """`nn.BatchNorm1d` at `at`."""
    parts = {"gamma": "weight", "beta": "bias", "mean": "running_mean", "variance": "running_var"}
    return {f"{name}.{part}": weights[f"{at}.{theirs}"] for part, theirs in parts.items()}


def gru(name: str, weight_ih: torch.Tensor, weight_hh: torch.Tensor, bias_ih, bias_hh) -> Weights:
    """A cell of PyTorch's GRU, whose gates are in the order reset, update, candidate."""
    given = {}
    for gate, kernels in zip(
        ("reset", "update", "candidate"),
        zip(*(each.chunk(3) for each in (weight_ih, bias_ih, weight_hh, bias_hh)), strict=True),
        strict=True,
    ):
        of_x, b_x, of_h, b_h = kernels
        given |= dense(f"{name}.{gate}.dense_1", of_x, b_x) | dense(f"{name}.{gate}.dense_2", of_h, b_h)
    return given


def eulernet(weights: Weights) -> Weights:
    """EulerNet of one layer, as two libraries name its parts, without its tables."""
    at = "Euler_interaction_layers.0"
    return {
        "net.sizes.parameter_1.value": weights["mu"].log().reshape(6, 1),
        "net.orders.mix_1.kernel": weights[f"{at}.inter_orders"],
        "net.grown.parameter_1.value": weights[f"{at}.bias_lam"][0].T,
        "net.turned.parameter_1.value": weights[f"{at}.bias_theta"][0].T,
        **of_linear("net.implicit.dense_1", weights, f"{at}.im"),
        **of_linear("net.like.dense_1", weights, "reg"),
    }


def graph_layers(weights: Weights, at: str) -> Weights:
    """The two steps of FiGNN between its six nodes, as two libraries name their parts."""
    given = {}
    for layer in range(2):
        for node in range(6):
            for name, kernels in [("told", "W_out"), ("heard", "W_in")]:
                part = f"net.states.{numbered(name, layer + 1)}.linear_{node + 1}"
                given |= dense(part, weights[f"{at}.{layer}.{kernels}"][node])
        given[f"net.states.bias_{layer + 1}.bias"] = weights[f"{at}.{layer}.bias_p"]
    return given


def attention(name: str, weights: Weights, at: str) -> Weights:
    """`nn.MultiheadAttention` at `at`, as four layers without biases."""
    parts = [*weights[f"{at}.in_proj_weight"].chunk(3), weights[f"{at}.out_proj.weight"]]
    return {
        key: value
        for number, part in enumerate(parts, 1)
        for key, value in dense(f"{name}.linear_{number}", part).items()
    }


def encoder(name: str, weights: Weights, at: str) -> Weights:
    """`nn.TransformerEncoderLayer` at `at`."""
    given = attention(f"{name}.mixed.multi_head", weights, f"{at}.self_attn")
    given |= layer_norm(f"{name}.mixed.layer_norm_1", weights, f"{at}.norm1")
    given |= mlp(f"{name}.fed", weights, [f"{at}.linear1", f"{at}.linear2"])
    return given | layer_norm(f"{name}.layer_norm_1", weights, f"{at}.norm2")
