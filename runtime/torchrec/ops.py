"""dinc's operations over rows, steps and lists in PyTorch.

Shapes: `rows` is the number of examples, `steps` that of all steps of a history, packed without padding: those of the first
example, then those of the second. A history's values are `[steps, width]`, and a `Steps` beside them says which are whose.
Sums over steps add in their order, so that a GPU gives the same bits each time.
"""

import zlib
from typing import Any, NamedTuple

import torch
import torch.distributed as dist
import torch.distributed.nn.functional as collective
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint


class Steps(NamedTuple):
    """Which steps belong to which row: those of row i are `offsets[i]` … `offsets[i + 1] - 1`; `row_of` is the way back.

    The values of sets are packed in the same way: their rows are what has the sets.
    """

    offsets: Tensor  # int64 [rows + 1]
    row_of: Tensor  # int64 [steps]

    @property
    def lengths(self) -> Tensor:
        """How many steps each row has: [rows]."""
        return self.offsets.diff()

    @property
    def places(self) -> Tensor:
        """The position of each step in its row, from 0: [steps]."""
        return torch.arange(len(self.row_of), device=self.row_of.device) - self.offsets[self.row_of]

    @staticmethod
    def of_lengths(lengths: Tensor) -> "Steps":
        rows = torch.arange(len(lengths), device=lengths.device)
        return Steps(F.pad(lengths.cumsum(0), (1, 0)), torch.repeat_interleave(rows, lengths))


def shifted(steps: Steps, by: int) -> Steps:
    """`by` more steps in each row, or fewer, but not below 0."""
    return Steps.of_lengths((steps.lengths + by).clamp(min=0))


def every_steps(steps: Steps, every: int) -> Steps:
    """One of every `every` steps in each row, the last of them among these."""
    return Steps.of_lengths(-(-steps.lengths // every))


def cropped_steps(steps: Steps, share: float, training: bool) -> Steps:
    """That share of the steps in each row while training, rounded down, but one at least if there are any; otherwise all."""
    if not training:
        return steps
    return Steps.of_lengths(torch.minimum((share * steps.lengths.double()).floor().long().clamp(min=1), steps.lengths))


def joined_steps(*parts: Steps) -> Steps:
    """In each row the steps of all parts, one part after the other."""
    return Steps.of_lengths(torch.stack([steps.lengths for steps in parts]).sum(0))


# The logarithm, whose slope at 0 is infinite: no gradient flows where x is not above 0, so that what `where` does not take is none


def log(x: Tensor) -> Tensor:
    """The natural logarithm: minus infinity at 0, NaN below."""
    positive = x > 0
    return torch.where(positive, torch.where(positive, x, 1.0).log(), x.detach().log())


# Ids that are compared: as numbers that f32 tells apart


def id_number(ids: Tensor, divisor: int, modulus: int | None, unknown: int) -> Tensor:
    """How often each id has `divisor`, modulo `modulus`, and `unknown` where no value is known: [rows, 1]."""
    number = ids // divisor if modulus is None else ids // divisor % modulus
    return torch.where(ids < 2, unknown, number).to(torch.get_default_dtype()).unsqueeze(-1)


# Parts of a network with names that nn.Module reserves, such as `half`, or Python, such as `class`


def hold(owner: nn.Module, name: str, held: nn.Module | nn.Parameter) -> None:
    """`owner.name = held`."""
    if isinstance(held, nn.Module):
        owner._modules[name] = held
    else:
        owner._parameters[name] = held


def part(owner: nn.Module, path: str) -> Any:
    """`owner.path`, of which there may be several names."""
    found: nn.Module | None = owner
    for name in path.split("."):
        found = None if found is None else found._modules[name]
    return found


def weight(owner: nn.Module, path: str) -> Any:
    """The weight `owner.path`."""
    *parts, name = path.split(".")
    found = part(owner, ".".join(parts)) if parts else owner
    return found._parameters[name]


# From rows to steps and back. Each is the other's gradient; autograd's own, index_add, would add in any order on a GPU.


class _Repeat(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor, offsets: Tensor, row_of: Tensor) -> Tensor:
        ctx.save_for_backward(offsets)
        return x.index_select(0, row_of)

    @staticmethod
    def backward(ctx, *gradients: Tensor):
        return _segment_sum(gradients[0], *ctx.saved_tensors), None, None


class _SumSteps(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor, offsets: Tensor, row_of: Tensor) -> Tensor:
        ctx.save_for_backward(row_of)
        return _segment_sum(x, offsets)

    @staticmethod
    def backward(ctx, *gradients: Tensor):
        return gradients[0].index_select(0, *ctx.saved_tensors), None, None


def _segment_sum(x: Tensor, offsets: Tensor) -> Tensor:
    return torch.segment_reduce(x.contiguous(), "sum", offsets=offsets, axis=0, unsafe=True, initial=0)


def repeat(x: Tensor, steps: Steps) -> Tensor:
    """Each row once for each of its steps: [rows, …] to [steps, …]."""
    return _Repeat.apply(x, *steps)


def sum_steps(x: Tensor, steps: Steps) -> Tensor:
    """The sum over the steps of each row, 0 where there are none: [steps, …] to [rows, …]."""
    return _SumSteps.apply(x, *steps)


def max_steps(x: Tensor, steps: Steps) -> Tensor:
    """The largest over the steps of each row, 0 where there are none: [steps, …] to [rows, …]. Ties share the gradient."""
    rows = steps.row_of.view(-1, *[1] * (x.dim() - 1)).expand_as(x)
    none = x.new_zeros(len(steps.offsets) - 1, *x.shape[1:])
    return none.scatter_reduce(0, rows, x, "amax", include_self=False)


def softmax_steps(x: Tensor, steps: Steps) -> Tensor:
    """exp(x) over its sum within the steps of each row: [steps, …]."""
    e = (x - max_steps(x.detach(), steps).index_select(0, steps.row_of)).exp()
    return e / repeat(sum_steps(e, steps), steps)


def count_steps(steps: Steps) -> Tensor:
    """How many steps each row has: [rows, 1]."""
    return steps.lengths.to(torch.get_default_dtype()).unsqueeze(-1)


def last_step(x: Tensor, steps: Steps) -> Tensor:
    """The last step of each row, 0 where there is none: [steps, …] to [rows, …]."""
    none = len(x)
    return _with_zero(x).index_select(0, torch.where(steps.lengths > 0, steps.offsets[1:] - 1, none))


def scatter_last_step(x: Tensor, steps: Steps) -> Tensor:
    """Each row at the last of its steps, 0 at all others: [rows, …] to [steps, …]."""
    is_last = steps.places == steps.lengths[steps.row_of] - 1
    return repeat(x, steps) * is_last.to(x.dtype).view(-1, *[1] * (x.dim() - 1))


def resize_steps(x: Tensor, steps: Steps, to: Steps, keep: str) -> Tensor:
    """As many steps as `to` has: the first or last ones, and zeros where there are too few."""
    skipped = 0 if keep == "first" else (steps.lengths - to.lengths)[to.row_of]
    place = to.places + skipped
    there = (place >= 0) & (place < steps.lengths[to.row_of])
    return _with_zero(x).index_select(0, torch.where(there, steps.offsets[to.row_of] + place, len(x)))


def shift_steps(x: Tensor, end: Tensor, steps: Steps, reverse: bool = False) -> Tensor:
    """For each step the one before it, with `reverse` the one after it; `end`, one or one a row, where there is none: [steps, …]."""
    place = steps.places + (1 if reverse else -1)
    there = (place >= 0) & (place < steps.lengths[steps.row_of])
    shifted = _with_zero(x).index_select(0, torch.where(there, steps.offsets[steps.row_of] + place, len(x)))
    outside = repeat(end, steps) if end.dim() == x.dim() else end
    return torch.where(there.view(-1, *[1] * (x.dim() - 1)), shifted, outside)


def gather_positions(vectors: Tensor, steps: Steps) -> Tensor:
    """For each step the vector of its position, 0 being the last: [positions, width] to [steps, width]."""
    return vectors.index_select(0, steps.lengths[steps.row_of] - 1 - steps.places)


def select_steps(scores: Tensor, steps: Steps, count: int) -> Tensor:
    """
    The places of the highest scores [steps, 1] of each row, of equal ones the later: from 1, in the order of the steps, at the end
    of the list, before them 0: [rows, count, 1].
    """
    lengths = steps.lengths.unsqueeze(-1)
    longest = max(count, int(steps.lengths.max()) if len(steps.lengths) > 0 else 0)
    back = torch.arange(longest, device=scores.device)
    lowest = torch.finfo(torch.float32).min
    numbers = torch.where(scores > lowest, scores, lowest).detach().flatten()
    padded = torch.cat([numbers, scores.new_full((1,), lowest)])
    at = torch.where(back < lengths, steps.offsets[1:].unsqueeze(-1) - 1 - back, len(scores))
    best, order = padded[at].sort(dim=1, descending=True, stable=True)
    places = torch.where(best > lowest, lengths - order, 0)[:, :count]
    return places.sort(dim=1).values.to(scores.dtype).unsqueeze(-1)


def gather_steps(x: Tensor, places: Tensor, steps: Steps) -> Tensor:
    """Of each row the steps at the places [rows, n, 1], 0 at the place 0: [rows, n, ...]."""
    at = places.squeeze(-1).long()
    return _with_zero(x)[torch.where(at > 0, steps.offsets[:-1].unsqueeze(-1) + at - 1, len(x))]


def scatter_steps(x: Tensor, places: Tensor, steps: Steps) -> Tensor:
    """The items of each row [rows, n, ...] at the steps with the places [rows, n, 1], counted from 1, and 0 at all other steps;
    items at the place 0 are dropped: [steps, ...].
    """
    at = places.squeeze(-1).long()
    dropped = len(steps.row_of)
    to = torch.where(at > 0, steps.offsets[:-1].unsqueeze(-1) + at - 1, dropped)
    return x.new_zeros(dropped + 1, *x.shape[2:]).index_add(0, to.flatten(), x.flatten(0, 1))[:-1]


def sort_steps(x: Tensor, keys: Tensor, steps: Steps, *, inverse: bool = False) -> Tensor:
    """The steps of each row by their keys [steps, k], ascending; equal ones keep their order: [steps, …].

    `inverse` puts sorted steps back to where they were.
    """
    order = torch.arange(len(keys), device=keys.device)
    for key in (*keys.detach().flip(-1).unbind(-1), steps.row_of):
        order = order[key[order].argsort(stable=True)]
    return x.index_select(0, order.argsort() if inverse else order)


def _with_zero(x: Tensor) -> Tensor:
    return torch.cat([x, x.new_zeros(1, *x.shape[1:])])


def pooled(vectors: Tensor, values: Steps, pool: str, weights: Tensor | None = None) -> Tensor:
    """The sum or the largest of the vectors of each set's values, each times its weight [values, 1], 0 where the set is empty:
    [values, width] to [sets, width].
    """
    if weights is not None:
        vectors = vectors * weights
    return sum_steps(vectors, values) if pool == "sum" else max_steps(vectors, values)


def listed(vectors: Tensor, values: Steps, most: int) -> Tensor:
    """The vectors of each set's values in their order, at the end of a list of `most` after zeros: [values, width] to
    [sets, most, width].
    """
    sets = len(values.offsets) - 1
    at = (values.row_of + 1) * most - values.lengths[values.row_of] + values.places
    empty = vectors.new_zeros(sets * most, *vectors.shape[1:])
    return empty.index_copy(0, at, vectors).view(sets, most, *vectors.shape[1:])


# Attention


def _padded(x: Tensor, steps: Steps) -> tuple[Tensor, Tensor]:
    """[steps, width] as [rows, longest, width], and where each step stands in the flattened rows of that."""
    rows = len(steps.offsets) - 1
    longest = int(steps.lengths.max()) if rows > 0 else 0
    places = steps.row_of * longest + steps.places
    empty = x.new_zeros(rows * longest, *x.shape[1:])
    return empty.index_copy(0, places, x).view(rows, longest, *x.shape[1:]), places


def attention(
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    query_steps: Steps | None = None,
    key_steps: Steps | None = None,
    *,
    heads: int,
    scale: float,
    causal: bool = False,
) -> Tensor:
    """softmax(scale · q kᵀ) v in each row, for each of the heads' parts of the width; 0 where there are no keys.

    Each is a list [rows, n, width], or [steps, width] with its Steps; the result stands as the queries do.
    """
    if queries.dim() == 2 and query_steps is None:  # a list that is the same for all rows
        alone = attention(
            queries.unsqueeze(0), keys.unsqueeze(0), values.unsqueeze(0), heads=heads, scale=scale, causal=causal
        )
        return alone.squeeze(0)
    places = mask = None
    if query_steps is not None:
        queries, places = _padded(queries, query_steps)
    if key_steps is not None:
        (keys, _), (values, _) = _padded(keys, key_steps), _padded(values, key_steps)
        longest = torch.arange(keys.shape[1], device=keys.device)
        mask = (longest < key_steps.lengths.unsqueeze(1))[:, None, None, :]
    if causal:
        before = torch.ones(queries.shape[1], keys.shape[1], dtype=torch.bool, device=keys.device).tril()
        mask = before if mask is None else mask & before
    if keys.shape[1] == 0:
        out = queries.new_zeros(*queries.shape[:2], values.shape[-1])
    else:
        if mask is not None:  # without any key softmax would be NaN; the padding that it may then see is 0
            mask = mask | ~mask.any(-1, keepdim=True)
        q, k, v = (x.unflatten(-1, (heads, -1)).transpose(1, 2) for x in (queries, keys, values))
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=scale).transpose(1, 2).flatten(-2)
    return out if places is None else out.flatten(0, 1).index_select(0, places)


# Random values of each training step


class Draws:
    """Orders of rows that follow from the seed, the step and the layer, alike on all ranks. The training sets both.

    `progress`, the share of its steps that are done, is a tensor on its device, so that no step compiles the network again.
    """

    def __init__(self) -> None:
        self.seed, self.step = 0, 0
        self.progress = torch.zeros(1)

    def order(self, layer: str, rows: int) -> Tensor:
        """Each of `rows` row numbers once."""
        generator = torch.Generator().manual_seed(zlib.crc32(f"{self.seed} {layer} {self.step}".encode()))
        return torch.randperm(rows, generator=generator)


draws = Draws()


def drawn(mean: Tensor, distribution: str, training: bool) -> Tensor:
    """Numbers in the shape of `mean`, drawn by PyTorch's generator of this rank while training, otherwise `mean`.

    `uniform` is between 0 and 1 without both ends, `normal` has mean 0 and deviation 1.
    """
    if not training:
        return mean
    return torch.rand_like(mean).clamp(min=2**-25) if distribution == "uniform" else torch.randn_like(mean)


def progress(training: bool) -> Tensor:
    """The share of the training's steps that are done, otherwise 1: [1]."""
    return draws.progress if training else torch.ones_like(draws.progress)


def reordered(x: Tensor, steps: Steps, share: float) -> Tensor:
    """The steps of each row, where a run of that share of them is in another order: [steps, …]."""
    moved = (share * steps.lengths).floor()
    first = (torch.rand_like(moved) * (steps.lengths - moved + 1)).floor()
    place, first, moved = steps.places.double(), first[steps.row_of].double(), moved[steps.row_of].double()
    in_run = (place >= first) & (place < first + moved)
    place = torch.where(in_run, first + torch.rand_like(place) * moved, place)
    # Every place is below the number of all steps.
    return x.index_select(0, (steps.row_of * (len(place) + 1) + place).argsort(stable=True))


def shuffled(x: Tensor, layer: str) -> Tensor:
    """For each row, the value of another row of the whole batch, on any rank: [rows, …]."""
    whole, first = whole_batch(x)
    order = draws.order(layer, len(whole))[first : first + len(x)]
    return whole.index_select(0, order.to(x.device))


# The batch as an axis


def along(x: Tensor, rows: Tensor) -> Tensor:
    """The given rows of the whole batch, on any rank: [rows, …] to [steps, …]."""
    return whole_batch(x)[0].index_select(0, rows)


def beside(groups: Tensor, own: Tensor) -> tuple[Tensor, Steps]:
    """Rows with the same number: of each of `own` [rows], the indices in `groups` in ascending order: [steps]."""
    ordered, order = groups.sort(stable=True)
    starts = torch.searchsorted(ordered, own)
    steps = Steps.of_lengths(torch.searchsorted(ordered, own, right=True) - starts)
    return order[starts[steps.row_of] + steps.places], steps


def whole_batch(x: Tensor) -> tuple[Tensor, int]:
    """The rows of all ranks, in the order of the ranks, and the index of this rank's first row."""
    world = dist.get_world_size() if dist.is_initialized() else 1
    if world == 1:
        return x, 0
    counts = [torch.zeros(1, dtype=torch.int64, device=x.device) for _ in range(world)]
    dist.all_gather(counts, torch.tensor([len(x)], device=x.device))
    rows = [int(count) for count in counts]
    parts = collective.all_gather(F.pad(x, [0, 0] * (x.dim() - 1) + [0, max(rows) - len(x)]))
    return torch.cat([part[:count] for part, count in zip(parts, rows)]), sum(rows[: dist.get_rank()])


# A softmax over all rows of a table, or over the keys of all ranks

#: How many keys have products with all rows at the same time.
TILE = 4096


def log_partition(x: Tensor, keys: Tensor, bias: Tensor | None = None, of_batch: bool = False) -> Tensor:
    """log Σ exp(x · k + b) over all keys: [rows, width] to [rows, 1]; 0 where there are none. `of_batch`: over those of all ranks.

    A tile of products is computed again for the gradient, so that not all of them are held.
    """
    if of_batch:
        keys = whole_batch(keys)[0]
        bias = None if bias is None else whole_batch(bias)[0]
    if len(keys) == 0:
        return 0 * x.sum(1, keepdim=True)
    biases = x.new_zeros(len(keys), 1) if bias is None else bias
    tiles = zip(keys.split(TILE), biases.split(TILE), strict=True)
    parts = [checkpoint(_of_tile, x, some, own, use_reentrant=False) for some, own in tiles]
    return torch.cat(parts, 1).logsumexp(1, keepdim=True)


def _of_tile(x: Tensor, keys: Tensor, bias: Tensor) -> Tensor:
    return (x @ keys.T + bias.T).logsumexp(1, keepdim=True)
