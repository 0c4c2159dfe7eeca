// Rows of a log of what users did, as the draft's dinc.yaml asks for them: each event with what its user did
// before, beside an item that the user never touched, drawn by chance; the last event of each user is
// measured on.

import type { Model } from "../../compiler/train/index.ts";
import { compared, hashOf } from "./chance.ts";
import type { ShownCell } from "./messages.ts";
import type { ShownRow, TrainingInput } from "./shown-user.ts";

/** Rows that are trained on at most: users are left out beyond them. */
const MOST_ROWS = 200_000;
/** All events but the last of one of so many users, where an early stop asks for rows. */
const VALIDATED_PART = 10;
/** Tries to draw an item that the user never touched. */
const TRIES = 20;

interface EventColumns {
  readonly user: string;
  readonly item: string;
  readonly order: string;
}

export function rowsOfEvents(
  model: Model,
  seed: number,
  name: string,
  columns: ReadonlyMap<string, readonly ShownCell[]>,
  by: EventColumns,
): TrainingInput {
  const column = (wanted: string) => columns.get(wanted) ?? [];
  const [users, items, order] = [column(by.user), column(by.item), column(by.order)];
  const events = new Map<ShownCell, number[]>();
  for (const [i, user] of users.entries()) {
    const own = events.get(user);
    if (own === undefined) events.set(user, [i]);
    else own.push(i);
  }
  /** An event of each item, for what the log says of it. */
  const known = [...new Map(items.map((item, i) => [item, i])).values()];
  const itemFeatures = [...model.features.values()]
    .filter(({ scope }) => scope === "item")
    .map((each) => each.name);
  const at = (event: number, from: Iterable<string>) =>
    Object.fromEntries([...from].map((each) => [each, column(each)[event] ?? null]));
  const label = model.predictions[0]!.label;
  /** Such as a rating: then nothing is drawn beside what happened. */
  const isInLog = columns.has(label);
  const [train, valid, test]: [ShownRow[], ShownRow[], ShownRow[]] = [[], [], []];
  const stops = model.train.earlyStop !== null;
  for (const [user, own] of events) {
    if (own.length < 2 || train.length >= MOST_ROWS) continue;
    own.sort((a, b) => compared(order[a]!, order[b]!));
    const touched = new Set(own.map((event) => items[event]));
    const isValid = stops && hashOf(`${seed} ${user}`) % VALIDATED_PART === 0;
    for (const [place, event] of own.entries()) {
      const past = Object.fromEntries(
        [...model.histories.values()].flatMap(({ max, fields }) =>
          fields.map((field) => [
            field.column,
            own.slice(Math.max(0, place - max), place).map((each) => column(field.name)[each] ?? null),
          ]),
        ),
      );
      const said = { ...at(event, columns.keys()), ...past };
      const positive = isInLog ? said : { ...said, [label]: 1 };
      const into = place === own.length - 1 ? test : isValid ? valid : train;
      into.push(positive);
      if (isInLog) continue;
      const other = untouched(known, items, touched, `${seed} ${user} ${place}`);
      if (other !== null) into.push({ ...positive, ...at(other, itemFeatures), [label]: 0 });
    }
  }
  return { name: `rows of ${name}`, train, valid: stops ? valid : null, test, some: test, best: null };
}

function untouched(
  known: readonly number[],
  items: readonly ShownCell[],
  touched: ReadonlySet<ShownCell | undefined>,
  key: string,
): number | null {
  for (let i = 0; i < TRIES; i++) {
    const event = known[hashOf(`${key} ${i}`) % known.length]!;
    if (!touched.has(items[event])) return event;
  }
  return null;
}
