// Ops on rows by number (of tables, sets and other examples), and their gradients.

import { FIRST_KNOWN_ID, type Rows, sizeOf, type TensorType } from "../../../../middle/graph/types.ts";
import type { FunctionBuilder } from "../../builder.ts";
import type { I32, Vector } from "../../code.ts";
import { f32, i32, store, vector } from "../../expressions.ts";
import { addressAt, copy, eachVector, fill, load, save, widthFor } from "../../vectors.ts";
import type { OpSite, SiteLowerings } from "../lowering.ts";

/** Clears rows into which sets are gathered. */
function clear(f: FunctionBuilder, out: I32, rows: I32, width: number): void {
  const to = f.local(out);
  f.repeat(rows, () => {
    fill(f, to, 0, width);
    f.advance(to, 4 * width);
  });
}

/** The number of numbers of a value with one a row, or with a list that is known once. */
function numbersIn(site: OpSite, { rows, dims }: TensorType): I32 {
  return i32.mul(site.count(rows), i32.const(sizeOf(dims)));
}

/** The address of row `number` of values of the given width. */
function rowAt(base: I32, number: I32, width: number): I32 {
  return i32.add(base, i32.mul(number, i32.const(4 * width)));
}

/** The row of a set's value, among the rows of the batch. */
function ownerRow(f: FunctionBuilder, site: OpSite, base: I32, owner: I32, rows: Rows, width: number): I32 {
  return f.local(rowAt(base, i32.sub(i32.load(owner), site.firstRow(rows)), width));
}

export const lookups = {
  id_number: (site, { attributes: { divisor, modulus, unknown }, output: out }) => {
    const { f } = site;
    const [to, id] = [f.local(site.output), f.local(site.input(0))];
    f.repeat(numbersIn(site, out), () => {
      const quotient = i32.shr(i32.load(id), Math.log2(divisor));
      const number = modulus === null ? quotient : i32.and(quotient, i32.const(modulus - 1));
      const isKnown = i32.gt(i32.load(id), i32.const(FIRST_KNOWN_ID - 1));
      const chosen = f32.fromI32(i32.select(isKnown, number, i32.const(unknown)));
      save(f, addressAt(to), vector.splat(chosen), 1);
      f.advance(to, 4);
      f.advance(id, 4);
    });
  },
  lookup: (site, { inputs: [x, ids] }) => {
    const { f } = site;
    const width = sizeOf(x!.dims);
    const isOwned = site.isOwner(1);
    const base = f.local(isOwned ? site.input(0) : site.whole(0));
    const [to, id] = [f.local(site.output), f.local(site.input(1))];
    f.repeat(numbersIn(site, ids!), () => {
      copy(
        f,
        to,
        isOwned ? ownerRow(f, site, base, id, x!.rows, width) : f.local(rowAt(base, i32.load(id), width)),
        width,
      );
      f.advance(to, 4 * width);
      f.advance(id, 4);
    });
  },
  lookup_gradient: (site, { inputs: [dy], output: out }) => {
    const { f } = site;
    const width = sizeOf(out.dims);
    if (site.isOwner(1)) {
      clear(f, site.output, site.count(out.rows), width);
      const [from, owner] = [f.local(site.input(0)), f.local(site.input(1))];
      f.repeat(site.count(dy!.rows), () => {
        const to = ownerRow(f, site, site.output, owner, out.rows, width);
        addTo(f, to, from, width);
        f.advance(from, 4 * width);
        f.advance(owner, 4);
      });
      return;
    }
    const { starts, places } = site.index(1);
    const base = f.local(site.whole(0));
    const [to, start] = [f.local(site.output), f.local(starts)];
    const place = f.local(i32.add(places, i32.shl(i32.load(start), 2)));
    f.repeat(site.count(out.rows), () => {
      const count = f.local(i32.sub(i32.load(i32.add(start, i32.const(4))), i32.load(start)));
      const first = f.local<"i32">(place);
      eachVector(f, width, (offset, lanes) => {
        const sum = f.vector(f.constant(0), widthFor(lanes));
        f.set(place, first);
        f.repeat(count, () => {
          f.set(sum, vector.add(sum, load(addressAt(rowAt(base, i32.load(place), width), offset), lanes)));
          f.advance(place, 4);
        });
        save(f, addressAt(to, offset), sum, lanes);
      });
      f.advance(to, 4 * width);
      f.advance(start, 4);
    });
  },
  pooled_lookup: (site, { attributes: { pool }, inputs: [, ids, , weights], output: out }) => {
    const { f } = site;
    const width = sizeOf(out.dims);
    clear(f, site.output, site.count(out.rows), width);
    const table = f.local(site.whole(0));
    const [id, owner] = [f.local(site.input(1)), f.local(site.input(2))];
    const last = f.local(i32.const(-1));
    const weight = weights === undefined ? null : f.local(site.input(3));
    f.repeat(site.count(ids!.rows), () => {
      const from = f.local(rowAt(table, i32.load(id), width));
      const to = ownerRow(f, site, site.output, owner, out.rows, width);
      if (weight !== null) {
        const factor = f.local(vector.splat(f32.load(weight)));
        join(f, to, from, width, (x, y) => vector.add(x, vector.mul(y, factor)));
        f.advance(weight, 4);
      } else if (pool === "sum") addTo(f, to, from, width);
      else
        f.if(
          i32.eq(to, last),
          () => join(f, to, from, width, vector.max),
          () => copy(f, to, from, width),
        );
      f.set(last, to);
      f.advance(id, 4);
      f.advance(owner, 4);
    });
  },
  count_elements: (site, { inputs: [ids], output: out }) => {
    const { f } = site;
    clear(f, site.output, site.count(out.rows), 1);
    const owner = f.local(site.input(0));
    f.repeat(site.count(ids!.rows), () => {
      const to = ownerRow(f, site, site.output, owner, out.rows, 1);
      const more = vector.add(vector.splat(f32.load(to)), f.constant(1));
      save(f, addressAt(to), more, 1);
      f.advance(owner, 4);
    });
  },
  listed_lookup: (site, { inputs: [, ids], output: out }) => {
    const { f } = site;
    const [most, width] = out.dims as readonly [number, number];
    clear(f, site.output, site.count(out.rows), most * width);
    const table = f.local(site.whole(0));
    const id = f.local(i32.add(site.input(1), i32.shl(site.count(ids!.rows), 2)));
    inLists(
      site,
      { owners: 2, elements: ids!.rows, lists: site.output, rows: out.rows, most, width },
      (to) => {
        f.advance(id, -4);
        copy(f, to, f.local(rowAt(table, i32.load(id), width)), width);
      },
    );
  },
  listed_rows_gradient: (site, { inputs: [x], output: out }) => {
    const { f } = site;
    const [most, width] = x!.dims as readonly [number, number];
    const to = f.local(rowAt(site.output, site.count(out.rows), width));
    inLists(
      site,
      { owners: 1, elements: out.rows, lists: site.input(0), rows: x!.rows, most, width },
      (from) => {
        f.advance(to, -4 * width);
        copy(f, to, from, width);
      },
    );
  },
  count_rows: (site, { attributes }) => {
    const count = vector.splat(f32.fromI32(site.countOfAll(attributes.rows)));
    save(site.f, addressAt(site.output), count, 1);
  },
} satisfies Partial<SiteLowerings>;

interface SetLists {
  /** The input with the row of each value. */
  readonly owners: number;
  readonly elements: Rows;
  /** The address of the lists, and their rows. */
  readonly lists: I32;
  readonly rows: Rows;
  readonly most: number;
  readonly width: number;
}

/** Goes through the values of sets, the last one first, with the address of each in the lists. */
function inLists(
  site: OpSite,
  { owners, elements, lists, rows, most, width }: SetLists,
  use: (at: I32) => void,
): void {
  const { f } = site;
  const owner = f.local(i32.add(site.input(owners), i32.shl(site.count(elements), 2)));
  const at = f.local(i32.const(0));
  // No row has this number.
  const last = f.local(i32.const(-1));
  f.repeat(site.count(elements), () => {
    f.advance(owner, -4);
    f.if(
      i32.eq(i32.load(owner), last),
      () => f.advance(at, -4 * width),
      () => {
        const list = ownerRow(f, site, lists, owner, rows, most * width);
        f.set(at, i32.add(list, i32.const(4 * (most - 1) * width)));
      },
    );
    f.set(last, i32.load(owner));
    use(at);
  });
}

function addTo(f: FunctionBuilder, to: I32, from: I32, width: number): void {
  join(f, to, from, width, vector.add);
}

function join(
  f: FunctionBuilder,
  to: I32,
  from: I32,
  width: number,
  how: (x: Vector, y: Vector) => Vector,
): void {
  eachVector(f, width, (offset, lanes) => {
    const place = addressAt(to, offset);
    save(f, place, how(load(place, lanes), load(addressAt(from, offset), lanes)), lanes);
  });
}

/** For each row, the positions of the ids that name it, in order: starts [rows + 1], places [ids]. */
export function emitIndex(
  f: FunctionBuilder,
  { ids, count, rows, starts, places }: { ids: I32; count: I32; rows: I32; starts: I32; places: I32 },
): void {
  const at = (base: I32, number: I32) => i32.add(base, i32.shl(number, 2));
  const word = f.local(starts);
  f.repeat(i32.add(rows, i32.const(1)), () => {
    f.do(store.i32(word, i32.const(0)));
    f.advance(word, 4);
  });
  const id = f.local(ids);
  f.repeat(count, () => {
    const counted = f.local(at(starts, i32.add(i32.load(id), i32.const(1))));
    f.do(store.i32(counted, i32.add(i32.load(counted), i32.const(1))));
    f.advance(id, 4);
  });
  f.set(word, starts);
  f.repeat(rows, () => {
    const next = f.local(i32.add(word, i32.const(4)));
    f.do(store.i32(next, i32.add(i32.load(next), i32.load(word))));
    f.advance(word, 4);
  });
  // Each start advances to the next one's as positions are stored; then all are moved back.
  f.set(id, ids);
  const place = f.local(i32.const(0));
  f.repeat(count, () => {
    const start = f.local(at(starts, i32.load(id)));
    f.do(store.i32(at(places, i32.load(start)), place));
    f.do(store.i32(start, i32.add(i32.load(start), i32.const(1))));
    f.advance(place, 1);
    f.advance(id, 4);
  });
  const back = f.local(at(starts, rows));
  f.repeat(rows, () => {
    f.do(store.i32(back, i32.load(i32.sub(back, i32.const(4)))));
    f.advance(back, -4);
  });
  f.do(store.i32(starts, i32.const(0)));
}
