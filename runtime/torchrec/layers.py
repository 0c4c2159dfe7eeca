"""Layers with weights of their own. Their parameters have the names and shapes of dinc's weights."""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from .distributed import ranks, total

#: The share of the moving averages that each batch keeps. They replace batch statistics at inference.
MOMENTUM = 0.9

#: The least share of the rows by which something is divided.
LEAST_SHARE = 1e-12

#: The number of rows of a moving average if only the average is known: as after many batches.
MANY_ROWS = -1.0


class Dense(nn.Module):
    """x · kernel + bias: [..., inputs] to [..., outputs]. The kernel is [inputs, outputs], not nn.Linear's transpose."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.kernel = nn.Parameter(torch.empty(inputs, outputs))
        self.bias = nn.Parameter(torch.zeros(outputs))
        nn.init.normal_(self.kernel, std=math.sqrt(2 / (inputs + outputs)))

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() == 2:
            return torch.addmm(self.bias, x, self.kernel)
        return x @ self.kernel + self.bias


class Linear(nn.Module):
    """x · kernel: [..., inputs] to [..., outputs]."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.kernel = nn.Parameter(torch.empty(inputs, outputs))
        nn.init.normal_(self.kernel, std=math.sqrt(2 / (inputs + outputs)))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.kernel


class Bias(nn.Module):
    """x + bias: [..., width] to the same shape."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.bias


class Prelu(nn.Module):
    """x where x > 0 and α·x elsewhere: [..., width] to the same shape. He et al., ICCV 2015."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.alpha = nn.Parameter(torch.full((width,), 0.25))

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x) - torch.relu(-x) * self.alpha


class LayerNorm(nn.Module):
    """γ·(x − E) / √(Var + 1e-5) + β by the mean and variance of each vector: [..., width] to the same shape."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(width))
        self.beta = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.layer_norm(x, self.gamma.shape, self.gamma, self.beta, 1e-5)


_apart: Callable[[Tensor], Tensor] = torch.compiler.disable(total)  # pyright: ignore[reportArgumentType, reportAssignmentType]


def _summed(sums: Tensor) -> Tensor:
    """Over all ranks, in place: the one exchange of a layer in a direction, of which no compiled code is made."""
    return _apart(sums) if torch.compiler.is_compiling() else total(sums)


def _exchanged(x: Tensor, near: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """How many rows all ranks have, [1], and their mean and variance (of all rows, not one less), [width]."""
    shifted = x - near
    sums = torch.cat([x.new_full((1,), x.shape[0]), shifted.sum(0), (shifted * shifted).sum(0)])
    count, first, second = _summed(sums).split([1, near.numel(), near.numel()])
    rows = count.clamp(min=1)
    offset = first / rows
    return count, near + offset, (second / rows - offset * offset).clamp_(min=0)


class _Standardized(torch.autograd.Function):
    """(x − E) / √(Var + ε) by the statistics of the rows of all ranks; its gradient goes through both of them."""

    @staticmethod
    def forward(ctx, x: Tensor, near: Tensor, epsilon: float) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        # Sums are taken around `near`, anything close to the mean, so that squares do not cancel.
        count, mean, variance = _exchanged(x, near)
        inverse = torch.rsqrt(variance + epsilon)
        z = (x - mean).mul_(inverse)
        ctx.save_for_backward(z, inverse, count)
        ctx.mark_non_differentiable(count, mean, variance)
        return z, count, mean, variance

    @staticmethod
    def backward(ctx, *gradients: Tensor) -> tuple[Tensor, None, None]:
        z, inverse, count = ctx.saved_tensors
        return _through_statistics(gradients[0], z, inverse, count), None, None


def _through_statistics(gradient: Tensor, z: Tensor, scale: Tensor, count: Tensor) -> Tensor:
    """The gradient by x of z = (x − E)·scale, where E and scale are those of the rows of all ranks."""
    sums = _summed(torch.cat([gradient.sum(0), (gradient * z).sum(0)]))
    of_mean, of_scale = (sums / count.clamp(min=1)).split(z.shape[1])
    return torch.addcmul(gradient, z, of_scale, value=-1).sub_(of_mean).mul_(scale)


class _Dice(torch.autograd.Function):
    """x · (p·(1 − α) + α) with p = σ(z), where z is x standardized: by hand, as autograd goes over x twice as often."""

    @staticmethod
    def forward(ctx, x: Tensor, alpha: Tensor, near: Tensor, epsilon: float) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        ctx.alone = ranks() == 1
        if ctx.alone:
            z, mean, inverse = torch.native_batch_norm(x, None, None, None, None, True, 0.0, epsilon)
            variance, count = (inverse.pow(-2).sub_(epsilon), x.new_full((1,), x.shape[0]))
        else:
            count, mean, variance = _exchanged(x, near)
            inverse = torch.rsqrt(variance + epsilon)
            z = (x - mean).mul_(inverse)
        p = torch.sigmoid(z)
        slope = torch.addcmul(alpha, p, 1 - alpha)
        ctx.epsilon = epsilon
        ctx.save_for_backward(x, alpha, z, p, slope, mean, inverse, count)
        ctx.mark_non_differentiable(count, mean, variance)
        return x * slope, count, mean, variance

    @staticmethod
    def backward(ctx, *gradients: Tensor) -> tuple[Tensor, Tensor, None, None]:
        x, alpha, z, p, slope, mean, inverse, count = ctx.saved_tensors
        gradient = gradients[0]
        of_slope = gradient * x
        of_alpha = of_slope.sum(0).sub_((of_slope * p).sum(0))
        of_z = torch.ops.aten.sigmoid_backward(of_slope, p)
        swing = 1 - alpha
        if ctx.alone:
            of_x, _, _ = torch.ops.aten.native_batch_norm_backward(
                of_z, x, swing, None, None, mean, inverse, True, ctx.epsilon, [True, False, False]
            )
        else:
            of_x = _through_statistics(of_z, z, inverse * swing, count)
        return of_x.addcmul_(gradient, slope), of_alpha, None, None


def follow(moving: Tensor, rows: Tensor, batch: Tensor, counted: Tensor, momentum: float) -> None:
    """`moving` becomes the mean of the batches, of which each counts by its rows and `momentum` less than the next one.

    `counted`: the rows of this batch, for a variance one less; [1], or for each value of a feature. `rows` is their average
    in the same sense, (1 − momentum) · Σ momentumᵃ · counted; less than 0 where that is not known.
    """
    with torch.no_grad():
        before = torch.where(rows < 0, counted, rows)
        added = (1 - momentum) * counted
        after = momentum * before + added
        # Rows of unknown values are parts of a row of each value, which alone aren't a batch of the value.
        is_met = counted > 0.5
        rate = torch.where(is_met, added / torch.where(is_met, after, 1.0), 0.0)
        rows.copy_(torch.where(is_met, after, rows))
        parts = (rows.numel(), -1)
        moving.view(parts).lerp_(batch.view(parts), rate.unsqueeze(1))


class _WithStatistics(nn.Module):
    """A layer that standardizes by the whole batch, however many ranks share it, and at inference by moving averages."""

    mean: Tensor
    mean_rows: Tensor
    variance: Tensor
    variance_rows: Tensor

    def __init__(self, width: int, epsilon: float, momentum: float) -> None:
        super().__init__()
        self.epsilon, self.momentum = epsilon, momentum
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("mean_rows", torch.zeros(1), persistent=False)
        self.register_buffer("variance", torch.ones(width))
        self.register_buffer("variance_rows", torch.zeros(1), persistent=False)

    def at_inference(self, x: Tensor) -> Tensor:
        """x [..., width] standardized by the moving averages."""
        return (x - self.mean) * torch.rsqrt(self.variance + self.epsilon)

    def follow(self, count: Tensor, mean: Tensor, variance: Tensor) -> None:
        """The moving averages follow those of a batch; that of variances is of unbiased ones, as PyTorch's."""
        others = count - 1
        unbiased = variance * (count / others.clamp(min=1))
        follow(self.mean, self.mean_rows, mean, count, self.momentum)
        follow(self.variance, self.variance_rows, unbiased, others, self.momentum)

    def standardized(self, x: Tensor) -> Tensor:
        """x [n, width] by the statistics of the batch, which the moving averages follow."""
        if ranks() == 1 and x.shape[0] > 0:
            z, mean, inverse = torch.native_batch_norm(x, None, None, None, None, True, 0.0, self.epsilon)
            self.follow(x.new_full((1,), x.shape[0]), mean, inverse.detach().pow(-2).sub_(self.epsilon))
            return z
        z, count, mean, variance = _Standardized.apply(x, self.mean.clone(), self.epsilon)
        self.follow(count, mean, variance)
        return z


class Dice(_WithStatistics):
    """p·x + (1 − p)·α·x with p = σ((x − E) / √(Var + 1e-8)): [..., width] to the same shape. Zhou et al., KDD 2018."""

    def __init__(self, width: int, momentum: float = MOMENTUM) -> None:
        super().__init__(width, 1e-8, momentum)
        self.alpha = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x * torch.addcmul(self.alpha, torch.sigmoid(self.at_inference(x)), 1 - self.alpha)
        flat = x.float().reshape(-1, x.shape[-1])
        if ranks() == 1 and flat.shape[0] == 0:
            return x
        y, count, mean, variance = _Dice.apply(flat, self.alpha, self.mean.clone(), self.epsilon)
        self.follow(count, mean, variance)
        return y.reshape(x.shape)


class BatchNorm(_WithStatistics):
    """γ·(x − E) / √(Var + 1e-5) + β: [..., width] to the same shape. Ioffe & Szegedy, ICML 2015."""

    def __init__(self, width: int, momentum: float = MOMENTUM) -> None:
        super().__init__(width, 1e-5, momentum)
        self.gamma = nn.Parameter(torch.ones(width))
        self.beta = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        if self.training:
            z = self.standardized(x.float().reshape(-1, x.shape[-1])).reshape(x.shape)
        else:
            z = self.at_inference(x)
        return torch.addcmul(self.beta, z, self.gamma)


class _BatchMean(torch.autograd.Function):
    """The mean over the rows of all ranks, `moving` where there are none; and how many rows there are, [1]."""

    @staticmethod
    def forward(ctx, x: Tensor, moving: Tensor) -> tuple[Tensor, Tensor]:
        sums = torch.cat([x.new_full((1,), x.shape[0]), x.sum(0)])
        if ranks() > 1:
            _summed(sums)
        count = sums[:1].clone()
        ctx.rows, ctx.count = x.shape[0], count
        ctx.mark_non_differentiable(count)
        return torch.where(count > 0, sums[1:] / count.clamp(min=1), moving), count

    @staticmethod
    def backward(ctx, *gradients: Tensor) -> tuple[Tensor, None]:
        gradient = gradients[0].clone()
        if ranks() > 1:
            _summed(gradient)
        return (gradient / ctx.count.clamp(min=1)).expand(ctx.rows, -1), None


def _mean(x: Tensor, moving: Tensor) -> tuple[Tensor, Tensor]:
    return _BatchMean.apply(x.to(torch.promote_types(x.dtype, torch.float32)), moving.clone())


def batch_mean(x: Tensor, moving: Tensor, training: bool) -> Tensor:
    """The mean of x [n, width] over the rows of all ranks, [width]; at inference `moving`, which stays as it is."""
    return _mean(x, moving)[0] if training else moving


def followed_mean(
    x: Tensor,
    moving: Tensor,
    rows: Tensor,
    training: bool,
    *,
    momentum: float = MOMENTUM,
    times: int = 1,
    squares: bool = False,
    share: tuple[Tensor, Tensor] | None = None,
) -> Tensor:
    """As batch_mean, and in training `moving` follows it.

    `times`: how many numbers of a row each x is the mean of. `squares`: the mean is a variance, whose average is of unbiased
    ones. `share`: where x has parts, one for each value of a feature, the share of the rows that has each value, in this batch
    and in `moving`.
    """
    if not training:
        return moving
    mean, count = _mean(x, moving)
    with torch.no_grad():
        counted = own = count * times if share is None else share[0].detach() * (count * times)
        weight = torch.ones_like(own)
        if squares:
            counted = own - 1
            weight = own / counted.clamp(min=0.5)
        if share is not None:
            here, there = share
            weight = weight * (there.clamp(min=LEAST_SHARE) / here.detach().clamp(min=LEAST_SHARE))
        parts = (rows.numel(), -1)
        follow(moving, rows, mean.detach().view(parts) * weight.unsqueeze(1), counted, momentum)
    return mean
