// Random logs of impressions and events, and what must be read of them, defined in plain loops.

import fc from "fast-check";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import type { TestFolder } from "./files.ts";
import { modelOf } from "./models.ts";

export const model = modelOf(`model past
features user { user_id : id(missing: unknown)  embed 2 }
features item { item_id : id(size: 9)  embed 2  price : number(missing: 0) }
history clicks(max: 3) { n : number  item_id <-> clicked_item }
history carts(max: 5) { m : number  price <-> carted_price }
label click : binary
net { predict click = concat(user_id, item_id, price, mean(clicks), mean(carts)) |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`);

interface Event {
  readonly user: string | null;
  readonly item: number;
  readonly t: number;
  readonly kind: "click" | "cart" | "view";
  /** Tells events apart. */
  readonly n: number;
}

interface Shown {
  readonly user: string | null;
  readonly item: number;
  readonly t: number;
}

export interface StepRule {
  readonly kinds: readonly Event["kind"][];
  readonly delay: number;
  readonly window: number | null;
  readonly gap: number | null;
  readonly max: number;
}

/** The definition: the log is in the order of its files and rows. */
export function stepsOf({ user, t }: Shown, log: readonly Event[], rule: StepRule): Event[] {
  const { kinds, delay, window, gap, max } = rule;
  const own = log.filter((event) => user !== null && event.user === user && kinds.includes(event.kind));
  const counted: Event[] = [];
  for (const event of own.toSorted((a, b) => a.t - b.t)) {
    const last = counted.findLast(({ item }) => item === event.item);
    if (gap === null || last === undefined || event.t - last.t >= gap) counted.push(event);
  }
  const seen = counted.filter(
    (event) => event.t < t && t - event.t >= delay && (window === null || t - event.t <= window),
  );
  return seen.slice(-max);
}

export const time = fc.integer({ min: 0, max: 12 });
const user = fc.constantFrom("ann", "7");
export const event = fc.record({
  user: fc.option(user, { freq: 6 }),
  item: fc.integer({ min: 0, max: 2 }),
  t: time,
  kind: fc.constantFrom<Event["kind"]>("click", "cart", "view"),
});
export const shown: fc.Arbitrary<Shown> = fc.record({
  user: fc.option(user, { freq: 9 }),
  item: fc.integer({ min: 0, max: 2 }),
  t: time,
});
const optional = fc.option(fc.integer({ min: 0, max: 6 }));
export const spans = fc.record({ delay: fc.integer({ min: 0, max: 4 }), window: optional, gap: optional });

/** A scale: how times are written, and how time spans are. */
export const START = Date.UTC(2026, 2, 29) / 1000 - 20;
export const scales = {
  numbers: { at: (t: number) => String(t - 20), span: (t: number) => String(t) },
  seconds: { at: (t: number) => String(START + t), span: (t: number) => `${t} s` },
  milliseconds: { at: (t: number) => `${START + t}000`, span: (t: number) => `${t * 1000} ms` },
  nanoseconds: { at: (t: number) => `${START + t}000000000`, span: (t: number) => `${t} s` },
  texts: {
    at: (t: number) => new Date((START + t) * 1000).toISOString(),
    span: (t: number) => `${t / 60} min`,
  },
  offsets: {
    at: (t: number) => new Date((START + t + 3600) * 1000).toISOString().replace("Z", "+01:00"),
    span: (t: number) => `${t} s`,
  },
} as const;
export type Scale = keyof typeof scales;
export const ofTimes: readonly Scale[] = ["seconds", "milliseconds", "nanoseconds", "texts", "offsets"];

/** By row the values of a field. */
export function valuesOf(rows: MemoryRows, history: string, field: string): number[][] {
  const { start, end, numbers, steps } = rows.histories.get(history)!;
  const values = numbers.get(field) ?? steps.get(field)!;
  return Array.from(start, (from, row) => [...values.subarray(from, end[row])]);
}

export const shownLine = (scale: Scale) => (each: Shown, i: number) =>
  `${each.user ?? ""},${each.item},${scales[scale].at(each.t)},${i % 2},`;
export const SHOWN = "user_id,item_id,shown_at,click,price";

/** Writes a log into as many files as there are `cuts`, and one. */
export function writeLog(
  folder: TestFolder,
  name: string,
  log: readonly Event[],
  cuts: readonly number[],
  scale: Scale,
  price = "price",
) {
  const bounds = [0, ...cuts.map((cut) => Math.min(cut, log.length)).sort((a, b) => a - b), log.length];
  for (let i = 0; i + 1 < bounds.length; i++)
    folder.csv(
      `${name}/${i}.csv`,
      `who,item_id,at,kind,n,m,${price}`,
      ...log
        .slice(bounds[i], bounds[i + 1])
        .map(
          ({ user: who, item, t, kind, n }) =>
            `${who ?? ""},${item},${scales[scale].at(t)},${kind},${n},${n},`,
        ),
    );
}

export const numbered = (events: readonly Omit<Event, "n">[]): Event[] =>
  events.map((each, n) => ({ ...each, n: n + 1 }));
