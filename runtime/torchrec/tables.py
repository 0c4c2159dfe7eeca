"""Embedding tables, which TorchRec shards over the ranks: the rows that the model reads, and their initial values."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torchrec import EmbeddingBagCollection, EmbeddingBagConfig, EmbeddingCollection, EmbeddingConfig
from torchrec.distributed.embedding import EmbeddingCollectionSharder, ShardedEmbeddingCollection
from torchrec.distributed.embedding_types import EmbeddingComputeKernel
from torchrec.distributed.embeddingbag import EmbeddingBagCollectionSharder, ShardedEmbeddingBagCollection
from torchrec.distributed.model_parallel import DistributedModelParallel
from torchrec.distributed.planner import EmbeddingShardingPlanner, ParameterConstraints, Topology
from torchrec.distributed.types import Awaitable, ModuleSharder, ShardedModule, ShardingEnv, ShardingType
from torchrec.sparse.jagged_tensor import KeyedJaggedTensor

from . import spread
from .batch import Batch
from .distributed import Trouble, steps
from .objective import Adagrad, Settings
from .ops import listed, pooled

#: The first known id. 0 is padding and 1 an unknown value: their rows begin as 0.
FIRST_ID = 2


#: In the place of an input: all rows of a table. No input has this name.
ALL_ROWS = "*"


@dataclass(frozen=True)
class Lookup:
    """An input whose ids are looked up in a table."""

    #: `item_id`, or `clicks.item_id` of a history.
    input: str
    #: How the vectors of a set become one; None for a single id, and for a set whose vectors are a list.
    pool: Literal["sum", "max"] | None = None
    #: How many vectors the list of a set has; None if there is no list.
    most: int | None = None
    #: The column with the weights of a set's values, by which a sum multiplies their vectors; None without weights.
    weights: str | None = None


@dataclass(frozen=True)
class TableSpec:
    name: str
    width: int
    lookups: tuple[Lookup, ...]
    #: What rows begin as: ("zeros", 0.0), ("normal", deviation) or ("uniform", limit). Of ("frequency", 0.0) each id has the share of
    #: the training rows that have it.
    init: tuple[Literal["zeros", "normal", "uniform", "identity", "frequency"], float] = ("normal", 0.01)
    #: Rows never change.
    frozen: bool = False
    #: Rows begin as vectors of a file, which is not part of prepared rows.
    given: bool = False
    #: A loss goes over all rows: each batch of a training has them, but for that of padding.
    whole: bool = False

    @property
    def stored(self) -> int:
        """Its width as FBGEMM stores it, in vectors of four numbers: those after `width` are 0 and stay it."""
        return -(-self.width // 4) * 4

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(lookup.input for lookup in self.lookups))

    @property
    def asked(self) -> tuple[tuple[str, ...], bool]:
        """What decides which rows a batch has."""
        return self.inputs, self.whole

    @property
    def is_summed(self) -> bool:
        """Whether only sums over sets of rows are read: they are made where the rows of the table lie, before the exchange.

        Steps of histories have the same few sets again and again, so that their distinct ids are fewer than their sums; and
        TorchRec has no largest of a set.
        """
        return not self.whole and all(
            lookup.pool == "sum" and lookup.weights is None and "." not in lookup.input for lookup in self.lookups
        )


#: TorchRec keeps tables as modules, whose names may have no dots, nor be those of a dictionary's methods.
_PREFIX = "rows_of_"


def module_name(table: str) -> str:
    return _PREFIX + table.replace(".", "/")


def table_name(module: str) -> str:
    return module.removeprefix(_PREFIX).replace("/", ".")


def groups_of(specs: tuple[TableSpec, ...]) -> dict[str, TableSpec]:
    """Tables of the same inputs have the same distinct ids: the first of them, by its name. Not of sums."""
    groups: dict[tuple[tuple[str, ...], bool], TableSpec] = {}
    for spec in specs:
        if not spec.is_summed:
            groups.setdefault(spec.asked, spec)
    return {spec.name: spec for spec in groups.values()}


def by_width(specs: tuple[TableSpec, ...], summed: bool) -> dict[int, list[TableSpec]]:
    """Tables that are a collection of TorchRec's: those of one stored width, with sums or with rows themselves."""
    found: dict[int, list[TableSpec]] = {}
    for spec in specs:
        if spec.is_summed == summed:
            found.setdefault(spec.stored, []).append(spec)
    return dict(sorted(found.items()))


def keys_of(specs: list[TableSpec]) -> list[tuple[TableSpec, str]]:
    """The inputs of tables with sums, in the order in which a batch has their ids."""
    return [(spec, name) for spec in specs for name in spec.inputs]


def key_of(spec: TableSpec, name: str) -> str:
    return f"{spec.name}/{name}"


class _Gathered(torch.autograd.Function):
    """Rows of x [distinct, width] by place; the gradient is summed in the order of the places."""

    @staticmethod
    def forward(ctx, x: Tensor, places: Tensor) -> Tensor:
        ctx.save_for_backward(places)
        ctx.distinct = x.shape[0]
        return x.index_select(0, places)

    @staticmethod
    def backward(ctx, *gradients: Tensor) -> tuple[Tensor, None]:
        (places,) = ctx.saved_tensors
        gradient = gradients[0]
        return gradient.new_zeros(ctx.distinct, gradient.shape[1]).index_add_(0, places, gradient), None


@dataclass
class _Sent:
    """Ids on their way to the ranks that have their rows."""

    context: Any
    #: How many there are, and what gives the ids themselves.
    counts: Awaitable[Awaitable[Any]]
    ids: Awaitable[Any] | None = None


class Tables(nn.Module):
    """All tables of the model."""

    def __init__(self, specs: tuple[TableSpec, ...], rows: dict[str, int]) -> None:
        """`rows`: by table, how many ids it has; `prepared.json` says so."""
        super().__init__()
        self.specs, self.rows = specs, rows
        groups = {first.asked: name for name, first in groups_of(specs).items()}
        self.group_of = {spec.name: groups[spec.asked] for spec in specs if not spec.is_summed}
        collections: dict[str, nn.Module] = {}
        for width, of_width in by_width(specs, summed=False).items():
            tables = [
                EmbeddingConfig(
                    name=module_name(spec.name),
                    embedding_dim=width,
                    num_embeddings=rows[spec.name],
                    feature_names=[spec.name],
                )
                for spec in of_width
            ]
            collections[str(width)] = EmbeddingCollection(device=torch.device("meta"), tables=tables)
        for width, of_width in by_width(specs, summed=True).items():
            bags = [
                EmbeddingBagConfig(
                    name=module_name(spec.name),
                    embedding_dim=width,
                    num_embeddings=rows[spec.name],
                    feature_names=[key_of(spec, name) for name in spec.inputs],
                )
                for spec in of_width
            ]
            collections[f"sums_{width}"] = EmbeddingBagCollection(device=torch.device("meta"), tables=bags)
        self.collections = nn.ModuleDict(collections)
        #: What has been sent of batches that are still to come.
        self.sent: deque[tuple[Batch, dict[str, _Sent]]] = deque()

    def forward(self, batch: Batch) -> dict[tuple[str, str], Tensor]:
        """By table and input the vectors: [rows, width], [steps, width] of a history, [owners, width] of pooled sets,
        [owners, most, width] of lists.
        """
        found = self._found(batch)
        vectors: dict[tuple[str, str], Tensor] = {}
        for width, of_width in by_width(self.specs, summed=False).items():
            for spec in of_width:
                rows = found[str(width)][spec.name].values().narrow(1, 0, spec.width)
                if spec.whole:
                    # The first of a batch, which has them in training, the only use of a loss.
                    vectors[spec.name, ALL_ROWS] = rows[: self.rows[spec.name] - 1]
                for lookup in spec.lookups:
                    each = _Gathered.apply(rows, batch.places[self.group_of[spec.name], lookup.input])
                    if lookup.weights is not None:
                        each = each * batch.numbers[lookup.weights]
                    if lookup.pool is not None:
                        each = pooled(each, batch.sets[lookup.input], lookup.pool)
                    if lookup.most is not None:
                        each = listed(each, batch.sets[lookup.input], lookup.most)
                    vectors[spec.name, lookup.input] = each
        for width, of_width in by_width(self.specs, summed=True).items():
            for spec, name in keys_of(of_width):
                sums = found[f"sums_{width}"][key_of(spec, name)]
                vectors[spec.name, name] = sums.narrow(0, 0, batch.rows).narrow(1, 0, spec.width)
        return vectors

    def send(self, batch: Batch) -> None:
        """Begins to send the ids of the next batch to the ranks that have their rows, while this one is computed."""
        parts: dict[str, _Sent] = {}
        for name, ids in self._asked(batch).items():
            collection = cast("ShardedModule", self.collections[name])
            context = collection.create_context()
            parts[name] = _Sent(context, collection.input_dist(context, ids))
        self.sent.append((batch, parts))

    def send_on(self) -> None:
        """How many ids come from where has arrived by now: the ids themselves begin to."""
        for _, parts in self.sent:
            for part in parts.values():
                part.ids = part.counts.wait()

    def _found(self, batch: Batch) -> dict[str, Any]:
        """By collection what it has for the batch."""
        if not self.sent or self.sent[0][0] is not batch:
            return {name: self.collections[name](ids) for name, ids in self._asked(batch).items()}
        _, sent = self.sent.popleft()
        found: dict[str, Any] = {}
        for name, part in sent.items():
            ids = part.counts.wait() if part.ids is None else part.ids
            collection = cast("ShardedModule", self.collections[name])
            found[name] = collection.compute_and_output_dist(part.context, ids.wait())
        return found

    def _asked(self, batch: Batch) -> dict[str, KeyedJaggedTensor]:
        """By collection the rows that it is asked for."""
        asked: dict[str, KeyedJaggedTensor] = {}
        for width, of_width in by_width(self.specs, summed=False).items():
            asked[str(width)] = self._placed(batch.ids[width], [spec.name for spec in of_width])
        for width, of_width in by_width(self.specs, summed=True).items():
            asked[f"sums_{width}"] = self._placed(batch.bags[width], [spec.name for spec, _ in keys_of(of_width)])
        return asked

    def _placed(self, ids: KeyedJaggedTensor, tables: list[str]) -> KeyedJaggedTensor:
        """The rows in which ids lie; `tables` are those of the keys."""
        values, lengths = ids.values(), ids.lengths()
        counts = lengths.view(len(tables), -1).sum(1)
        rows = [self.rows[name] for name in tables]
        of_keys = torch.tensor([[spread.factor(each) for each in rows], rows], device=values.device)
        factors, sizes = of_keys.repeat_interleave(counts, 1, output_size=values.numel())
        placed = (values.long() * factors % sizes).to(values.dtype)
        return KeyedJaggedTensor(keys=ids.keys(), values=placed, lengths=lengths)


#: Never data parallel: the gradient of a whole table isn't a lazy step of the rows that a batch has.
KINDS = (ShardingType.ROW_WISE, ShardingType.TABLE_WISE, ShardingType.COLUMN_WISE)


def kinds_of(asked: str | None, settings: Settings) -> list[ShardingType]:
    """How tables may be spread: as is asked, or as TorchRec's planner thinks best."""
    kinds = [kind for kind in KINDS if asked is None or kind.value == asked]
    is_row_wise = any(isinstance(each, Adagrad) and each.row_wise for each in settings.optimizers)
    if is_row_wise or any(each.kind == "group_lasso" for each in settings.shrinkages):
        # A row has one accumulator, and one length, of all its columns.
        kinds = [kind for kind in kinds if kind != ShardingType.COLUMN_WISE]
    if not kinds:
        by = "row-wise Adagrad" if is_row_wise else "group lasso"
        raise Trouble(f"{by} needs whole rows, and in a table that is spread by columns no process has them")
    return kinds


class _SumsSharder(EmbeddingBagCollectionSharder):
    def sharding_types(self, compute_device_type: str) -> list[str]:
        """By rows on processors too: gloo can add up what ranks have, if all have equally many rows (`Batch.bags`)."""
        return [kind.value for kind in KINDS]


def sharded(
    model: nn.Module, specs: tuple[TableSpec, ...], fused: dict, device: torch.device, kinds: list[ShardingType]
) -> DistributedModelParallel:
    """The model with its tables where TorchRec's planner puts them, and everything else on every rank."""
    of_sums = _SumsSharder(fused_params=dict(fused))
    of_rows = EmbeddingCollectionSharder(fused_params=dict(fused))
    sharders = cast("list[ModuleSharder[nn.Module]]", [of_sums, of_rows])
    # In one place each: what updates rows (`RowKernel`) reads and writes the weights where they are.
    constraints = {
        module_name(spec.name): ParameterConstraints(
            sharding_types=[kind.value for kind in kinds], compute_kernels=[EmbeddingComputeKernel.FUSED.value]
        )
        for spec in specs
    }
    world = steps()
    topology = Topology(world_size=dist.get_world_size(), compute_device=device.type)
    planner = EmbeddingShardingPlanner(topology=topology, constraints=constraints)
    plan = planner.collective_plan(model, sharders, world)
    return DistributedModelParallel(
        model,
        env=ShardingEnv.from_process_group(world),
        device=device,
        plan=plan,
        sharders=sharders,
        # `AllOptimizers` averages the gradients of dense weights.
        init_data_parallel=False,
    )


def lookups_of(parallel: nn.Module) -> list[Any]:
    """What looks rows up on this rank: FBGEMM's kernels, each for tables that are stored together."""
    found: list[Any] = []
    for module in parallel.modules():
        if isinstance(module, ShardedEmbeddingCollection | ShardedEmbeddingBagCollection):
            for lookup in module._lookups:
                of_kind: Any = getattr(lookup, "module", lookup)
                found.extend(of_kind._emb_modules)
    return found


#: In names of parameters: they are of tables, not dense.
COLLECTION = ".tables.collections."


def is_dense(parameter: str) -> bool:
    return COLLECTION not in f".{parameter}"


def shards_of(parallel: DistributedModelParallel) -> dict:
    """By table its ShardedTensor, whose local shards are the weights themselves."""
    state = parallel.state_dict()
    return {table_name(name.split(".")[-2]): value for name, value in state.items() if COLLECTION in f".{name}"}


#: Rows that are drawn from a generator of their own, so that a table begins as the same however it is sharded.
BLOCK = 1 << 16


def initialize(parallel: DistributedModelParallel, specs: tuple[TableSpec, ...], seed: int) -> None:
    """Puts first values into the rows of this rank."""
    shards = shards_of(parallel)
    for number, spec in enumerate(specs):
        for shard in shards[spec.name].local_shards():
            (first, left), (rows, width) = shard.metadata.shard_offsets, shard.metadata.shard_sizes
            for block in range(first // BLOCK, -(-(first + rows) // BLOCK)):
                values = _drawn(spec, torch.Generator().manual_seed((seed * 1_000_003 + number) * 1_000_003 + block))
                if spec.init[0] == "identity":
                    _identify(values, spec.width, block, shards[spec.name].size()[0])
                    zero = torch.zeros(1, dtype=torch.long)
                else:
                    zero = torch.arange(FIRST_ID)
                for row in spread.rows_of(zero, shards[spec.name].size()[0]).tolist():
                    if row // BLOCK == block:
                        values[row % BLOCK] = 0
                start, end = max(first, block * BLOCK), min(first + rows, (block + 1) * BLOCK)
                part = values[start - block * BLOCK : end - block * BLOCK, left : left + width]
                own = shard.tensor.detach()[start - first : end - first].zero_()
                own[:, : part.shape[1]] = part


@torch.no_grad()
def put_frequencies(
    parallel: DistributedModelParallel, specs: tuple[TableSpec, ...], share_of: Callable[[str], np.ndarray]
) -> None:
    """Puts into the tables that have them the shares of ids, which `share_of` gives by table."""
    shards = shards_of(parallel)
    for spec in specs:
        if spec.init[0] != "frequency":
            continue
        shares = torch.from_numpy(spread.by_rows(share_of(spec.name)))
        for shard in shards[spec.name].local_shards():
            (first, left), (rows, _) = shard.metadata.shard_offsets, shard.metadata.shard_sizes
            if left == 0:
                shard.tensor[:, 0] = shares[first : first + rows].to(shard.tensor)


def _drawn(spec: TableSpec, generator: torch.Generator) -> Tensor:
    kind, size = spec.init
    match kind:
        case "zeros" | "identity" | "frequency":
            return torch.zeros(BLOCK, spec.width)
        case "normal":
            return size * torch.randn(BLOCK, spec.width, generator=generator)
        case "uniform":
            return size * (2 * torch.rand(BLOCK, spec.width, generator=generator) - 1)


def _identify(values: Tensor, width: int, block: int, rows: int) -> None:
    """Of each value a vector with one 1; of an unknown one equal parts."""
    for place, row in enumerate(spread.rows_of(torch.arange(1, FIRST_ID + width), rows).tolist()):
        if row // BLOCK != block:
            continue
        if place == 0:
            values[row % BLOCK] = 1 / width
        else:
            values[row % BLOCK, place - 1] = 1
