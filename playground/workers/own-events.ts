// Makes rows from an event log, as in the dinc.yaml of the draft: each event with the user's earlier events,
// and next to it a random item that the user never touched. The last event of each user is for measuring.

import { appendTo } from "../../compiler/common/maps.ts";
import { hasRawValue } from "../../compiler/frontend/kinds/registry.ts";
import { rawFields } from "../../compiler/frontend/model/model.ts";
import type { Model } from "../../compiler/train/index.ts";
import { compared, hashOf } from "./chance.ts";
import type { ShownCell } from "./messages.ts";
import type { ShownRow, TrainingInput } from "./shown-user.ts";
import { columnOfSteps, withColumnsOfSteps } from "./step-columns.ts";
import { stepCells } from "./weighted-cells.ts";

/** The most training rows; further users are left out. */
const MOST_ROWS = 200_000;
/** For early stopping, one user in this number gives all but the last of the events as validation rows. */
const VALIDATED_PART = 10;
/** The attempts to draw an item that the user never touched. */
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
    appendTo(events, user, i);
  }
  /** One event per item, for its features in the log. */
  const known = [...new Map(items.map((item, i) => [item, i])).values()];
  const itemFeatures = [...model.features.values()]
    .filter((feature) => feature.scope === "item" && hasRawValue(feature))
    .flatMap(({ name, set }) => [name, set?.weightsColumn ?? name]);
  const at = (event: number, from: Iterable<string>) =>
    Object.fromEntries([...from].map((each) => [each, column(each)[event] ?? null]));
  /** The columns of each history's steps, by event. */
  const histories = [...model.histories.values()].map((history) => ({
    max: history.max,
    columns: rawFields(history).flatMap((field) => {
      const { name, column: of, feature } = field;
      const { weightsColumn } = feature.set ?? {};
      // Rows have the weights of a bound field beside the values, and those of an own one as here.
      if (feature.scope !== "history") return [[of, stepCells(name, feature, columns)] as const];
      const weights = weightsColumn === undefined ? [] : [[weightsColumn, column(weightsColumn)] as const];
      return [[columnOfSteps(history, field), column(of)] as const, ...weights];
    }),
  }));
  const label = model.predictions[0]!.label;
  /** For a label in the log, such as a rating, no negatives are drawn. */
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
        histories.flatMap(({ max, columns: steps }) => {
          const before = own.slice(Math.max(0, place - max), place);
          return steps.map(([name, cells]) => [name, before.map((each) => cells[each] ?? null)]);
        }),
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
  return {
    ...{ name: `rows of ${name}`, model: withColumnsOfSteps(model) },
    ...{ train, valid: stops ? valid : null, test, some: test, best: null },
  };
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
