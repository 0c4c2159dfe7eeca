"""Prepared rows: Parquet shards of ids and numbers, which `dinc prepare` wrote. A rank reads its own shards and no other."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from .distributed import Trouble, from_all

#: Of `prepared.json`.
VERSION = 1

#: The number of rows that a rank holds in memory and shuffles together.
WINDOW = 1 << 20


@dataclass(frozen=True)
class Shard:
    path: Path
    rows: int
    bytes: int


@dataclass(frozen=True)
class Prepared:
    """`prepared.json` lists the shards with their numbers of rows, so that ranks need not ask each other."""

    folder: Path
    #: The file itself.
    value: dict

    @staticmethod
    def read(folder: Path) -> "Prepared":
        try:
            content = (folder / "prepared.json").read_bytes()
        except OSError as error:
            raise Trouble(
                f"{folder} has no prepared.json: `dinc prepare` writes it last, when all rows are there"
            ) from error
        path = folder / "prepared.json"
        try:
            value = json.loads(content)
        except ValueError as error:
            raise Trouble(f"{path} is damaged: {error}") from error
        version = value.get("version") if isinstance(value, dict) else None
        if version != VERSION:
            raise Trouble(f"{path} is of version {version}, and this package reads {VERSION}: prepare the rows again")
        checksum = str(value.get("checksum"))
        unsealed = content.replace(checksum.encode(), b"0" * len(checksum), 1)
        if hashlib.sha256(unsealed).hexdigest() != checksum:
            raise Trouble(f"{path} was changed after it was written: prepare the rows again")
        return Prepared(folder, value)

    def rows_of(self, inputs: dict[str, tuple[str, ...]]) -> dict[str, int]:
        """By table the number of its rows, given its inputs. A table for which these rows were not prepared has as many rows as
        another table of its feature."""
        tables = self.value["tables"]
        rows = {table["feature"]: table["rows"] for table in tables} | {
            table["name"]: table["rows"] for table in tables
        }
        of = {column["name"]: column["of"] for column in self.value["columns"]}
        found = {}
        for table, names in inputs.items():
            known = next((rows[name] for name in (table, *(of.get(name) for name in names)) if name in rows), None)
            if known is None:
                raise Trouble(
                    f"{self.folder} was prepared for a network without the table {table}: prepare the rows again"
                )
            found[table] = known
        return found

    @property
    def trained_batch(self) -> int | None:
        """The rows of a batch if rows are in the order in which `dinc train` reads them; otherwise None."""
        return self.value["batch"] if self.value["order"] == "trained" else None

    def require_groups(self, by: str) -> None:
        """Checks that the rows of a group are side by side in one shard."""
        if self.value.get("groupedBy") != by:
            raise Trouble(f"{self.folder} does not keep the rows of each {by} together: prepare the rows again")

    @property
    def trained_ends(self) -> list[int]:
        """In that order, the number of rows before the end of each batch."""
        split = self.value["splits"]["train"]
        rows, batch = split["rows"], self.value["batch"]
        return split.get("ends") or [min(end, rows) for end in range(batch, rows + batch, batch)]

    def counts(self, table: str) -> np.ndarray:
        """How often each id of a table occurs in the training rows."""
        counted = self.value["counts"].get(table)
        if counted is None:
            raise Trouble(
                f"{self.folder} does not say how often ids of {table} occur, which is counted: prepare the rows again"
            )
        return pq.read_table(self.folder / counted["file"]).column(0).to_numpy()

    def share(self, table: str) -> np.ndarray:
        """The share of the training rows that have each id of a table."""
        return self.counts(table) / self.value["splits"]["train"]["rows"]

    def has(self, split: str) -> bool:
        return split in self.value["splits"]

    def shards(self, split: str) -> list[Shard]:
        shards = self.value["splits"][split]["shards"]
        return [Shard(self.folder / each["file"], each["rows"], each["bytes"]) for each in shards]


def check(shards: list[Shard]) -> None:
    """Checks that each shard exists and has the right size."""
    for shard in shards:
        try:
            size = shard.path.stat().st_size
        except OSError as error:
            raise Trouble(f"the shard {shard.path} is missing, which prepared.json names") from error
        if size != shard.bytes:
            raise Trouble(f"the shard {shard.path} has {size} bytes, and {shard.bytes} when it was prepared")


@dataclass(frozen=True)
class Column:
    """Values of a column; if rows have lists of them, also the start of each list, the outer lists first."""

    values: np.ndarray
    offsets: tuple[np.ndarray, ...] = ()

    @staticmethod
    def of(array: pa.Array) -> "Column":
        if isinstance(array, pa.FixedSizeListArray):
            return Column(array.flatten().to_numpy(zero_copy_only=False).reshape(-1, array.type.list_size))
        if not isinstance(array, pa.ListArray | pa.LargeListArray):
            return Column(array.to_numpy(zero_copy_only=False))
        offsets = array.offsets.to_numpy().astype(np.int64)
        inner = Column.of(array.flatten())
        return Column(inner.values, (offsets - offsets[0], *inner.offsets))

    @property
    def length(self) -> int:
        return len(self.offsets[0]) - 1 if self.offsets else len(self.values)

    def part(self, start: int, end: int) -> "Column":
        """Rows start … end − 1; copies nothing but offsets."""
        if not self.offsets:
            return Column(self.values[start:end])
        outer = self.offsets[0][start : end + 1]
        inner = Column(self.values, self.offsets[1:]).part(int(outer[0]), int(outer[-1]))
        return Column(inner.values, (outer - outer[0], *inner.offsets))

    def taken(self, order: np.ndarray) -> "Column":
        """The rows `order`, in that order."""
        if not self.offsets:
            return Column(self.values[order])
        starts = self.offsets[0][:-1][order]
        lengths = np.diff(self.offsets[0])[order]
        ends = np.concatenate([[0], np.cumsum(lengths)])
        places = np.arange(ends[-1]) + np.repeat(starts - ends[:-1], lengths)
        inner = Column(self.values, self.offsets[1:]).taken(places)
        return Column(inner.values, (ends, *inner.offsets))

    def followed_by(self, other: "Column") -> "Column":
        joined = [
            np.concatenate([mine, mine[-1] + theirs[1:]])
            for mine, theirs in zip(self.offsets, other.offsets, strict=True)
        ]
        return Column(np.concatenate([self.values, other.values]), tuple(joined))


@dataclass(frozen=True)
class Rows:
    """Rows in memory, by column."""

    columns: dict[str, Column]

    @staticmethod
    def read(shards: list[Shard], names: list[str]) -> "Rows":
        tables = []
        for shard in shards:
            try:
                table = pq.read_table(shard.path, columns=names, memory_map=True)
            except (OSError, pa.ArrowException) as error:
                raise Trouble(f"the shard {shard.path} cannot be read: {error}") from error
            if table.num_rows != shard.rows:
                raise Trouble(f"the shard {shard.path} has {table.num_rows} rows, and prepared.json says {shard.rows}")
            tables.append(table)
        table = pa.concat_tables(tables)
        return Rows({name: Column.of(table.column(name).combine_chunks()) for name in names})

    @property
    def length(self) -> int:
        return next(iter(self.columns.values())).length

    def part(self, start: int, end: int) -> "Rows":
        return Rows({name: column.part(start, end) for name, column in self.columns.items()})

    def taken(self, order: np.ndarray) -> "Rows":
        return Rows({name: column.taken(order) for name, column in self.columns.items()})

    def followed_by(self, other: "Rows") -> "Rows":
        return Rows({name: column.followed_by(other.columns[name]) for name, column in self.columns.items()})


class Reader:
    """The rows of a split that are one rank's, cut into as many steps as every other rank has.

    A rank has the shards rank, rank + ranks, …; rows of ranks may differ in number. In each step each rank has at least one
    row, because TorchRec exchanges no ids of no rows: where the last step would leave a rank without, all steps are cut
    evenly.
    """

    def __init__(self, prepared: Prepared, split: str, columns: list[str], rank: int, ranks: int, batch: int) -> None:
        if batch % ranks != 0:
            raise Trouble(f"a batch of {batch} rows cannot be divided evenly among {ranks} processes")
        shards = prepared.shards(split)
        if len(shards) < ranks:
            raise Trouble(
                f"the {split} rows are {len(shards)} shards, too few for {ranks} processes: prepare them with --shards {ranks}"
            )
        self.columns, self.rank, self.ranks, self.batch = (columns, rank, ranks, batch // ranks)
        self.shards = [shards[of::ranks] for of in range(ranks)]
        self.rows = [sum(shard.rows for shard in mine) for mine in self.shards]
        self.total = sum(self.rows)
        self.steps = max(-(-rows // self.batch) for rows in self.rows)
        if min(self.rows) < self.steps:
            raise Trouble(
                f"processes would have {min(self.rows)} to {max(self.rows)} {split} rows, too unequal for {self.steps} steps "
                f"in which each has some: prepare shards of equal size, a multiple of {ranks}"
            )
        #: Rows that a rank has in a step at most.
        self.most = self.batch
        self.even = min(self.rows) <= (self.steps - 1) * self.batch
        check(self.shards[rank])

    def cut(self, rank: int, step: int) -> int:
        """Of a rank's rows, the first of a step."""
        rows = self.rows[rank]
        return rows * step // self.steps if self.even else min(step * self.batch, rows)

    def rows_in(self, step: int) -> int:
        """Of all ranks together."""
        return sum(self.cut(rank, step + 1) - self.cut(rank, step) for rank in range(self.ranks))

    def begin(self, epoch: int, seed: int) -> None:
        """Called on all ranks before an epoch."""

    def batches(self, epoch: int, seed: int, skip: int = 0) -> Iterator[tuple[Rows, int]]:
        """Each step's rows from step `skip` on, and how many all ranks have together.

        Shuffled: the order of shards, and rows within a window of them; the same for the same seed, epoch and ranks.
        """
        step, before = 0, 0  # `before`: rows in front of what is held
        held: Rows | None = None
        for rows in self._windows(epoch, seed, self.columns):
            held = rows if held is None else held.followed_by(rows)
            while step < self.steps and self.cut(self.rank, step + 1) <= before + held.length:
                start, end = (self.cut(self.rank, step + next) - before for next in (0, 1))
                if step >= skip:
                    yield held.part(start, end), self.rows_in(step)
                step += 1
            done = self.cut(self.rank, step) - before
            held, before = held.part(done, held.length), before + done

    def _windows(self, epoch: int, seed: int, columns: list[str]) -> Iterator[Rows]:
        random = np.random.default_rng([seed, epoch, self.rank])
        mine = [self.shards[self.rank][i] for i in random.permutation(len(self.shards[self.rank]))]
        held: list[Shard] = []
        for i, shard in enumerate(mine):
            held.append(shard)
            if sum(each.rows for each in held) >= WINDOW or i == len(mine) - 1:
                rows = Rows.read(held, columns)
                yield rows.taken(self._order(rows, random))
                held = []

    def _order(self, rows: Rows, random: np.random.Generator) -> np.ndarray:
        return random.permutation(rows.length)


class GroupReader(Reader):
    """A rank's rows in steps that keep groups whole: each shard has whole groups, one after the other.

    A step ends with the last group that ends within the rank's share of the batches so far, as in `dinc train`, so it may have
    fewer or more rows than the share. Groups with more rows than the share are cut into parts of about equal size.
    """

    def __init__(
        self, prepared: Prepared, split: str, columns: list[str], rank: int, ranks: int, batch: int, by: str
    ) -> None:
        super().__init__(prepared, split, columns, rank, ranks, batch)
        self.by = f"group/{by}"
        # A step begins before its share does, by less than a share, and ends within it.
        self.most = 2 * self.batch
        self.ends, self.whole = np.zeros(0, np.int64), np.zeros(0, np.int64)

    def begin(self, epoch: int, seed: int) -> None:
        """Cuts the rows of the epoch into steps; all ranks learn how many rows each step has."""
        shares = np.array([super(GroupReader, self).cut(self.rank, step + 1) for step in range(self.steps)])
        largest = self.rows[self.rank] // self.steps if self.even else self.batch
        found, before = [np.zeros(1, np.int64)], 0
        for rows in self._windows(epoch, seed, [self.by]):
            ends = _ends_of_parts(rows.columns[self.by].values, largest)
            found.append(before + ends)
            before += rows.length
        parts = np.concatenate(found)
        self.ends = parts[np.searchsorted(parts, shares, "right") - 1]
        self.whole = np.sum(from_all(np.diff(self.ends, prepend=0)), axis=0)

    def cut(self, rank: int, step: int) -> int:
        """Of this rank's rows alone."""
        return 0 if step == 0 else int(self.ends[step - 1])

    def rows_in(self, step: int) -> int:
        return int(self.whole[step])

    def _order(self, rows: Rows, random: np.random.Generator) -> np.ndarray:
        """Groups are shuffled, and so are the rows of each."""
        groups = rows.columns[self.by].values
        run_of = np.cumsum(np.diff(groups, prepend=groups[:1]) != 0)
        places = random.permutation(run_of[-1] + 1)[run_of]
        within = random.permutation(rows.length)
        return within[np.argsort(places[within], kind="stable")]


def _ends_of_parts(groups: np.ndarray, largest: int) -> np.ndarray:
    """The ends of runs of one group, and of the parts of those with more than `largest` rows."""
    ends = np.append(np.flatnonzero(np.diff(groups)) + 1, len(groups))
    sizes = np.diff(ends, prepend=0)
    cuts = [
        end - size + size * np.arange(1, -(-size // largest)) // -(-size // largest)
        for end, size in zip(ends[sizes > largest], sizes[sizes > largest], strict=True)
    ]
    return np.sort(np.concatenate([ends, *cuts]))


class TrainedOrder(Reader):
    """Rows in the order in which `dinc train` goes through them (`prepare --order trained`), to compare two trainings.

    Of n shards the k-th has the k-th n-th part of each batch; a rank has neighbouring shards, and puts their parts together.
    """

    def __init__(self, prepared: Prepared, split: str, columns: list[str], rank: int, ranks: int, batch: int) -> None:
        shards = prepared.shards(split)
        if batch != prepared.trained_batch or len(shards) % ranks != 0:
            raise Trouble(
                f"these rows lie in the order of a training with batches of {prepared.trained_batch} rows in {len(shards)} "
                f"parts, which {ranks} processes cannot follow with batches of {batch}"
            )
        self.columns, self.rank, self.ranks, self.batch = columns, rank, ranks, batch
        self.all, self.of_rank = shards, len(shards) // ranks
        self.total = sum(shard.rows for shard in shards)
        self.ends = prepared.trained_ends
        self.steps = len(self.ends)
        sizes = [self.rows_in(step) for step in range(self.steps)]
        if min(sizes) < ranks:
            raise Trouble(f"a batch has {min(sizes)} rows, too few for {ranks} processes")
        self.most = -(-max(sizes) // ranks)
        check(shards[rank * self.of_rank : (rank + 1) * self.of_rank])

    def rows_in(self, step: int) -> int:
        return self.ends[step] - (0 if step == 0 else self.ends[step - 1])

    def batches(self, epoch: int, seed: int, skip: int = 0) -> Iterator[tuple[Rows, int]]:
        mine = range(self.rank * self.of_rank, (self.rank + 1) * self.of_rank)
        parts = [Rows.read([self.all[shard]], self.columns) for shard in mine]
        at = [0 for _ in mine]
        for step in range(self.steps):
            rows = self.rows_in(step)
            found: Rows | None = None
            for i, shard in enumerate(mine):
                size = (shard + 1) * rows // len(self.all) - shard * rows // len(self.all)
                part = parts[i].part(at[i], at[i] + size)
                at[i] += size
                found = part if found is None else found.followed_by(part)
            if step >= skip and found is not None:
                yield found, rows


def in_order(prepared: Prepared, split: str, columns: list[str], rank: int, ranks: int, batch: int) -> Iterator[Rows]:
    """A rank's rows of a split as they lie, `batch` at a time."""
    mine = prepared.shards(split)[rank::ranks]
    check(mine)
    for shard in mine:
        rows = Rows.read([shard], columns)
        for start in range(0, rows.length, batch):
            yield rows.part(start, min(start + batch, rows.length))
