"""Rows of tables whose sets are summed before the exchange: a kernel reads and changes them, as RowKernel does for rows."""

from typing import Any

import torch
from torch import Tensor
from torchrec.distributed.batched_embedding_kernel import BaseBatchedEmbeddingBag

from .distributed import ranks
from .objective import Settings
from .optimizers import RowKernel
from .tables import TableSpec


class _Sums(torch.autograd.Function):
    """Sums of rows by bag; their gradient goes to the kernel, not to autograd."""

    @staticmethod
    def forward(ctx, anchor: Tensor, kernel: "BagKernel", indices: Tensor, offsets: Tensor) -> Tensor:
        ctx.kernel, ctx.parts = kernel, kernel.parts(indices, offsets)
        features = len(kernel.tables)
        bags = offsets.numel() - 1
        ctx.bag_of = torch.repeat_interleave(
            torch.arange(bags, device=offsets.device), offsets.diff(), output_size=indices.numel()
        )
        rows = torch.cat([kernel.weights[table].index_select(0, ids) for table, ids in ctx.parts])
        sums = torch.segment_reduce(rows, "sum", offsets=offsets, axis=0, unsafe=True, initial=0)
        return sums.view(features, bags // features, kernel.widest).transpose(0, 1).flatten(1)

    @staticmethod
    def backward(ctx, *gradients: Tensor) -> tuple[None, None, None, None]:
        kernel: BagKernel = ctx.kernel
        of_bags = gradients[0].unflatten(1, (len(kernel.tables), kernel.widest)).transpose(0, 1).flatten(0, 1)
        of_rows = of_bags.index_select(0, ctx.bag_of)
        sizes = [len(ids) for _, ids in ctx.parts]
        for (table, ids), gradient in zip(ctx.parts, of_rows.split(sizes), strict=True):
            kernel.pending[table].append((ids, gradient))
        return None, None, None, None


class BagKernel(RowKernel):
    """A RowKernel that gives sums: [bags, features · width], with the features side by side."""

    has_each_id_once = False

    def forward(self, indices: Tensor, offsets: Tensor, *_: object, **__: object) -> Tensor:
        return _Sums.apply(self.anchor, self, indices, offsets)  # pyright: ignore[reportReturnType]


def kernels_of(lookups: list[Any], specs: tuple[TableSpec, ...], settings: Settings) -> list[RowKernel]:
    """One for each of TorchRec's lookups of this rank."""
    kinds = [BagKernel if isinstance(lookup, BaseBatchedEmbeddingBag) else RowKernel for lookup in lookups]
    return [kind(lookup, specs, settings, ranks()) for kind, lookup in zip(kinds, lookups, strict=True)]
