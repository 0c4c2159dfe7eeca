// Emits a loop over elementwise ops. It reads each input once, writes only values that others need, and sums
// columns in the same pass. Without sums it goes row by row; with sums it goes column by column, so that
// these stay in registers.

import { invariant } from "../../../common/internal-error.ts";
import type { FunctionBuilder } from "../builder.ts";
import type { I32, Vector } from "../code.ts";
import { i32, vector } from "../expressions.ts";
import { computeMembers, type Key, type Member } from "../members.ts";
import {
  addressAt,
  BYTES,
  eachFullVectorOf,
  eachVector,
  eachVectorOf,
  load,
  loadSplat,
  save,
  widthFor,
} from "../vectors.ts";

/** An input of a loop. */
export interface Stream {
  readonly key: Key;
  readonly base: I32;
  /** Whether it has a row for each row of the loop, for each example of its steps, or one for all. */
  readonly by: "row" | "example" | "all";
  /** Whether it has one number for each line of `width` numbers. */
  readonly isNarrow: boolean;
}

export interface NumbersLoop {
  /** The number of rows; each has `lead` lines of `width` numbers. */
  readonly rows: I32;
  readonly lead: number;
  readonly width: number;
  readonly members: readonly Member[];
  readonly streams: readonly Stream[];
  readonly constants: ReadonlyMap<Key, number>;
  readonly outputs: readonly { readonly key: Key; readonly to: I32 }[];
  /**
   * Sums of a value over all rows; `lead` must be 1. Where `kept` has ones, the sums start from the numbers
   * in memory.
   */
  readonly sums: readonly { readonly key: Key; readonly to: I32 }[];
  readonly kept: Vector | null;
  /** For a loop over steps that reads by example: the number of examples, and the starts of their steps. */
  readonly examples: { readonly count: I32; readonly starts: I32 } | null;
}

type Values = Map<Key, Vector>;

export function emitNumbers(f: FunctionBuilder, loop: NumbersLoop): void {
  const isOneLine =
    loop.sums.length === 0 &&
    loop.streams.every(({ by, isNarrow }) => (by === "row" && !isNarrow) || (by === "all" && isNarrow)) &&
    (loop.lead === 1 || loop.streams.every(({ by }) => by === "row"));
  if (isOneLine) line(f, loop);
  else if (loop.sums.length > 0) columns(f, loop);
  else rows(f, loop);
}

/** All numbers in one sequence. */
function line(f: FunctionBuilder, loop: NumbersLoop): void {
  const single = splats(f, loop);
  const each = loop.lead * loop.width;
  const pointers = loop.streams.filter(({ by }) => by === "row");
  const at = (offset: I32, lanes: number) => {
    const values = new Map(single);
    for (const { key, base } of pointers) values.set(key, f.local(load(addressAt(base, offset), lanes)));
    const found = compute(f, loop, values);
    for (const { key, to } of loop.outputs) save(f, addressAt(to, offset), found(key), lanes);
  };
  const numbers = f.local(i32.mul(loop.rows, i32.const(each)));
  if (each % 4 === 0) {
    eachVectorOf(f, numbers, at);
    return;
  }
  // The next block's numbers follow directly.
  const offset = f.local(i32.const(0));
  const rest = eachFullVectorOf(f, offset, numbers, at);
  f.repeat(i32.shr(rest, 2), () => {
    at(offset, 4);
    f.advance(offset, 16);
  });
  f.repeat(i32.and(numbers, i32.const(3)), () => {
    at(offset, 1);
    f.advance(offset, BYTES);
  });
}

/** Values with one number for the whole loop. */
function splats(f: FunctionBuilder, { streams, constants }: NumbersLoop): Values {
  const values: Values = new Map([...constants].map(([key, value]) => [key, f.constant(value)]));
  for (const { key, base, by, isNarrow } of streams)
    if (by === "all" && isNarrow) values.set(key, f.local(loadSplat(addressAt(base))));
  return values;
}

function rows(f: FunctionBuilder, loop: NumbersLoop): void {
  const { lead, width, streams, outputs } = loop;
  const isSingle = ({ by, isNarrow }: Stream) => by === "all" && isNarrow && lead === 1;
  const single =
    lead === 1
      ? splats(f, loop)
      : new Map([...loop.constants].map(([key, value]) => [key, f.constant(value)]));
  const moving = streams.filter((stream) => !isSingle(stream));
  const from = new Map(moving.map(({ key, base }) => [key, f.local<"i32">(base)]));
  const to = outputs.map((output) => f.local<"i32">(output.to));
  const bytesOf = ({ isNarrow }: Stream) => BYTES * (isNarrow ? 1 : width);
  const row = () => {
    const within = new Map(
      lead === 1 ? from : moving.map(({ key }) => [key, f.local<"i32">(from.get(key)!)]),
    );
    f.repeat(i32.const(lead), () => {
      const ofLine = new Map(single);
      for (const { key, isNarrow } of moving)
        if (isNarrow) ofLine.set(key, f.local(loadSplat(addressAt(within.get(key)!))));
      eachVector(f, width, (offset, lanes) => {
        const values = new Map(ofLine);
        for (const { key, isNarrow } of moving)
          if (!isNarrow) values.set(key, f.local(load(addressAt(within.get(key)!, offset), lanes)));
        const found = compute(f, loop, values);
        for (const [i, { key }] of outputs.entries()) save(f, addressAt(to[i]!, offset), found(key), lanes);
      });
      for (const pointer of to) f.advance(pointer, BYTES * width);
      if (lead > 1) for (const stream of moving) f.advance(within.get(stream.key)!, bytesOf(stream));
    });
    for (const stream of moving)
      if (stream.by === "row") f.advance(from.get(stream.key)!, lead * bytesOf(stream));
  };
  eachRow(f, loop, row, () => {
    for (const stream of moving)
      if (stream.by === "example") f.advance(from.get(stream.key)!, lead * bytesOf(stream));
  });
}

/**
 * Runs `row` for each row, and `example` after the last step of each example if something is read by example.
 */
function eachRow(
  f: FunctionBuilder,
  { rows, examples }: NumbersLoop,
  row: () => void,
  example: () => void,
): void {
  if (examples === null) {
    f.repeat(rows, row);
    return;
  }
  const start = f.local<"i32">(examples.starts);
  f.repeat(examples.count, () => {
    f.repeat(i32.sub(i32.load(i32.add(start, i32.const(4))), i32.load(start)), row);
    example();
    f.advance(start, 4);
  });
}

/** Goes column by column, four at a time. Values that are the same for all rows are read once per column. */
function columns(f: FunctionBuilder, loop: NumbersLoop): void {
  const { lead, width, streams, outputs, sums, kept } = loop;
  invariant(lead === 1, "sums of columns of more than one line a row");
  const single = splats(f, loop);
  eachVector(f, width, (offset, lanes) => {
    const begin = ({ base, isNarrow }: Stream) => f.local(isNarrow ? base : i32.add(base, offset));
    const read = (stream: Stream, pointer: I32) =>
      stream.isNarrow ? loadSplat(addressAt(pointer)) : load(addressAt(pointer), lanes);
    const fixed = new Map(single);
    for (const stream of streams)
      if (stream.by === "all" && !stream.isNarrow)
        fixed.set(stream.key, f.local(load(addressAt(stream.base, offset), lanes)));
    const moving = streams.filter(({ by }) => by !== "all");
    const from = new Map(moving.map((stream) => [stream.key, begin(stream)]));
    const to = outputs.map((output) => f.local(i32.add(output.to, offset)));
    const totals = sums.map(() => f.vector(f.constant(0), widthFor(lanes)));
    eachRow(
      f,
      loop,
      () => {
        const values = new Map(fixed);
        for (const stream of moving) values.set(stream.key, f.local(read(stream, from.get(stream.key)!)));
        const found = compute(f, loop, values);
        for (const [i, { key }] of outputs.entries()) {
          save(f, addressAt(to[i]!), found(key), lanes);
          f.advance(to[i]!, BYTES * width);
        }
        for (const [i, { key }] of sums.entries()) f.set(totals[i]!, vector.add(totals[i]!, found(key)));
        for (const stream of moving)
          if (stream.by === "row") f.advance(from.get(stream.key)!, BYTES * (stream.isNarrow ? 1 : width));
      },
      () => {
        for (const stream of moving)
          if (stream.by === "example")
            f.advance(from.get(stream.key)!, BYTES * (stream.isNarrow ? 1 : width));
      },
    );
    for (const [i, sum] of sums.entries()) {
      const place = addressAt(sum.to, offset);
      const total = kept === null ? totals[i]! : vector.add(totals[i]!, vector.and(load(place, lanes), kept));
      save(f, place, total, lanes);
    }
  });
}

/** Computes members from the read values. */
function compute(
  f: FunctionBuilder,
  loop: NumbersLoop,
  read: ReadonlyMap<Key, Vector>,
): (key: Key) => Vector {
  const kept = [...loop.outputs, ...loop.sums].map(({ key }) => key);
  return computeMembers(f, loop.members, kept, read);
}
