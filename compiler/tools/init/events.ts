// Recognises an event log: who, what and when, and perhaps a rating, which is then the label. Without a
// rating, events are clicks, and negatives are drawn by the DIN paper's protocol. Histories are made from the
// log.

import { type EpochUnit, epochUnit } from "../../common/epoch-units.ts";
import { readTime } from "../../common/time-text.ts";
import type { Keys, ListedColumn, NamedColumn } from "./columns.ts";
import { stepsOf } from "./histories.ts";
import { kindFor } from "./kinds.ts";
import type { Rating } from "./label.ts";
import { setOf, vectorOf } from "./list-kinds.ts";
import type { FreshNames } from "./names.ts";
import { listOfNoUse } from "./objections.ts";
import {
  type DraftFeature,
  type DraftField,
  type DraftPlan,
  describeFeature,
  type Guess,
  out,
  trainingFor,
  trainingGuess,
  unitsFor,
  widthFor,
} from "./plan.ts";
import { CONSISTENT, dependence } from "./relations.ts";
import type { DraftTable } from "./table.ts";
import { numberOfCell, valuesOf } from "./values.ts";
import { saysOrder, scopeByName } from "./words.ts";

/** The columns of a file that may be a log. */
interface LogColumns extends Keys {
  readonly columns: readonly NamedColumn[];
  /** Those of the columns that hold lists. */
  readonly lists: readonly ListedColumn[];
  /** The separator of texts with several values; null without one. */
  readonly separator: string | null;
}

/** Null if the file is not an event log. */
export function guessEvents(
  table: DraftTable,
  { columns, lists, separator, user, item }: LogColumns,
  names: FreshNames,
  leftOut: Guess[],
  rating: Rating | null,
): DraftPlan | null {
  if (user === null || item === null) return null;
  const [ordering] = columns.flatMap((column) => {
    const mayOrder = column !== user && column !== item && column !== rating?.column;
    const found = mayOrder && column.of === undefined && saysOrder(column.name) ? orderOf(column) : "";
    return typeof found === "string" ? [] : [{ order: column, found }];
  });
  if (ordering === undefined) return null;
  const { order, found } = ordering;
  if ([user, item].some(({ cells }) => cells.some((cell) => cell === null))) return null;
  const history = names.free(rating === null ? "clicks" : "rated");
  const label = rating === null ? names.free("click") : rating.column.name;
  const all = table.rows === table.total;
  const features: DraftFeature[] = [];
  const fields: DraftField[] = [];
  const bind = (column: NamedColumn, kind: DraftField["kind"]) => {
    const name = names.free(`hist_${column.name}`);
    fields.push({
      column: name,
      header: name,
      target: column.name,
      kind,
      reason: "made from the log",
    });
  };
  for (const column of columns) {
    if (column === order) continue;
    if (column === rating?.column) {
      fields.push(fieldOf(rating));
      continue;
    }
    const list = lists.find(({ name }) => name === column.name);
    const kind =
      list === undefined
        ? kindFor({
            name: column.name,
            values: valuesOf(column),
            isField: column.isField,
            isBound: column === item,
            isCrossed: false,
            isKey: column === user || column === item,
            userFor: column === user ? (rating === null ? "metrics" : "network") : null,
          })
        : (listOfNoUse(list) ?? vectorOf(list) ?? setOf(list));
    if (typeof kind === "string") {
      leftOut.push(out(column, kind, "add it by hand if it is useful"));
      continue;
    }
    const follows = (key: NamedColumn) => dependence(key.cells, column.cells).share >= CONSISTENT;
    const isUsers =
      column.of === undefined
        ? follows(user) && (!follows(item) || scopeByName(column.name) === "user")
        : column.of === "users";
    const { name, header } = column;
    if (column === user)
      features.push({
        ...{ name, header, scope: "user", isRead: rating !== null, scopeReason: "the user of each event" },
        kind,
      });
    else if (column === item || column.of === "items" || (follows(item) && !isUsers)) {
      const scopeReason =
        column === item ? "the items of the events" : `the same in all rows of one ${item.header}`;
      // An item that the user never touched has only the features of items, and a text cannot be a field of a
      // history.
      features.push({ name, header, scope: "item", kind, isRead: true, scopeReason });
      bind(column, kind);
    } else if (isUsers)
      features.push({
        name,
        header,
        scope: "user",
        kind,
        isRead: true,
        scopeReason: `the same in all rows of one ${user.header}`,
      });
    else
      leftOut.push(
        out(
          column,
          "it belongs to an event, and a candidate is not yet one",
          `a field of the history: \`${name} : ${kind.text}${kind.embed === null ? "" : `  embed ${kind.embed}`}\``,
        ),
      );
  }
  const events = new Map<string, number>();
  for (const cell of user.cells) events.set(String(cell), (events.get(String(cell)) ?? 0) + 1);
  // In a sample, users have too few rows to count.
  const steps = all
    ? stepsOf([...events.values()], "users")
    : { max: 50, reason: "a usual length: not all rows were read" };
  const reason =
    rating?.reason ??
    "each event is a click, and for each click an item that the user never touched is drawn as a negative";
  return {
    label: { name: label, type: rating?.type ?? { text: "binary", classes: null }, weight: null, reason },
    features,
    histories: [
      {
        name: history,
        max: steps.max,
        reason: steps.reason,
        fields,
      },
    ],
    user: user.name,
    rows: {
      ...{ kind: "events" as const, user: user.header, item: item.header, order: order.header },
      draws: rating === null,
      separator: lists.some(({ separator: own }) => own !== null) ? separator : null,
      isLocal: found.isLocal,
    },
    isCrossed: false,
    units: unitsFor(table.total, true),
    training: trainingFor(table.total, false),
    guesses: [
      {
        column: rating === null ? "label" : rating.column.header,
        is: rating === null ? label : "the label",
        reason,
        change:
          rating === null
            ? "rows with a column of 0 and 1, if you have impressions"
            : `\`label liked : binary\` with \`label: { from: ${rating.column.header}, positive: ">= 4" }\` under \`data\` for a yes or no`,
      },
      {
        column: order.header,
        is: "the order of a user's events",
        reason: `by its name; it has ${found.holds}`,
        change: found.isLocal
          ? "`order`, and `time_zone` for other clocks, in dinc.yaml"
          : "`order` in dinc.yaml",
      },
      ...features.map(describeFeature),
      {
        column: history,
        is: `history(max: ${steps.max})`,
        reason: steps.reason,
        change: "another `max`",
      },
      trainingGuess(trainingFor(table.total, false), table.total),
    ],
    leftOut,
    exceptions: [],
  };
}

/** The field with the ratings of earlier items. */
function fieldOf({ column: { name, header }, type }: Rating): DraftField {
  const isClass = type.classes !== null;
  return {
    ...{
      column: name,
      header,
      target: null,
      reason: "of events before the row's own: what earlier items got",
    },
    kind: {
      kind: isClass ? "id" : "number",
      text: isClass ? type.text : "number |> standardize",
      embed: isClass ? widthFor(type.classes!) : null,
      reason: "of the log",
      change: "take it out",
    },
  };
}

export interface Order {
  /** A description for people. */
  readonly holds: string;
  /** Whether some times lack a UTC offset, so that `time_zone` matters. */
  readonly isLocal: boolean;
}

/** The order by this column, numbers or times in every row; otherwise the reason why it defines none. */
export function orderOf({ header, cells }: NamedColumn): Order | string {
  const units = new Set<EpochUnit | null>();
  let [numbers, times, local] = [0, 0, 0];
  for (const cell of cells) {
    if (cell === null) return `\`${header}\` has no value in some rows`;
    const number = numberOfCell(cell);
    const time = Number.isFinite(number) ? null : readTime(String(cell));
    if (typeof time === "string") {
      const what = typeof cell === "string" ? JSON.stringify(cell) : "a value";
      return `\`${header}\` has ${what} that is neither a time nor a number to put events in order`;
    }
    if (time === null) {
      numbers += 1;
      units.add(epochUnit(number));
    } else {
      times += 1;
      local += Number(time.offset === null);
    }
  }
  if (times > 0 && numbers > 0) return `\`${header}\` has numbers in some rows and times in others`;
  const [unit = null, ...more] = units;
  const counted = unit === null || more.length > 0 ? "numbers" : `epoch ${unit}`;
  const some = local < times ? "times, some of them" : "times";
  const timed =
    local === 0 ? "times with a UTC offset" : `${some} without a UTC offset, which are read as UTC`;
  return { holds: numbers > 0 ? counted : timed, isLocal: local > 0 };
}

/** Why a file that looks like an event log is not one; null if it does not look like one. */
export function whyNoLog(columns: readonly NamedColumn[], { user, item }: Keys): string | null {
  if (user === null || item === null) return null;
  const named = columns.filter((column) => column !== user && column !== item && saysOrder(column.name));
  const why = named.map(orderOf).find((order) => typeof order === "string");
  return why ?? null;
}
