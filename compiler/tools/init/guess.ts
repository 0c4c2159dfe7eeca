// Guesses the content of a draft from the rows of a file: the label, the ids of users and items, the histories and their
// features, and the kinds of all other columns. Each guess has its reason. Pure.

import { option } from "../../common/option-text.ts";
import { valuesText } from "../../frontend/config/padding.ts";
import { type Keys, type ListedColumn, type NamedColumn, namedColumns } from "./columns.ts";
import { guessEvents, whyNoLog } from "./events.ts";
import { exceptionsOf } from "./exceptions.ts";
import { impressionsGuess, impressionsIn } from "./impressions.ts";
import { type ColumnEvidence, kindFor } from "./kinds.ts";
import { type FoundLabel, findLabel, type Rating, ratingAmong, unlabelledRows, upperHalf } from "./label.ts";
import { setOf, vectorOf } from "./list-kinds.ts";
import { commonSeparator, holdsLists, knownValues, listColumn, separatorOf } from "./lists.ts";
import { FreshNames } from "./names.ts";
import { holdsTimes, listOfNoUse, nameObjection, ofNoUse } from "./objections.ts";
import { keyless, type OddCells, oddCellsIn, withoutRows } from "./odd-cells.ts";
import { historiesWithout, lengthColumns, paddedAmong } from "./padding.ts";
import {
  CROSSED_WIDTH,
  crossedTrainingFor,
  type DraftFeature,
  type DraftKind,
  type DraftPlan,
  type DraftValidation,
  describeFeature,
  FEW_IDS_WIDTH,
  type Guess,
  out,
  RARE_IDS_WIDTH,
  trainingFor,
  trainingGuess,
  unitsFor,
} from "./plan.ts";
import { inRanges, type Single } from "./ranges.ts";
import { CONSISTENT, dependence, leak } from "./relations.ts";
import { scopeOf } from "./scopes.ts";
import { sharesAmong } from "./sharing.ts";
import type { DraftTable } from "./table.ts";
import { trainingOnly } from "./training-only.ts";
import { orderingTime, validationFor } from "./validation.ts";
import { meanOf, percent, valuesOf } from "./values.ts";
import { isKeyOf, plainness } from "./words.ts";

/** Why no draft can be made. */
export type NoDraft =
  | {
      readonly kind: "no-label";
      readonly binary: readonly string[];
      /** Why the file is not an event log, which would need no label; null if it does not look like one. */
      readonly noLog: string | null;
    }
  | { readonly kind: "bad-label"; readonly column: string; readonly reason: string }
  | { readonly kind: "no-features"; readonly leftOut: readonly Guess[] };

export type Guessed = { readonly kind: "plan"; readonly plan: DraftPlan } | NoDraft;

const VALIDATED: Readonly<Record<Exclude<DraftValidation["kind"], "random" | "file">, string>> = {
  none: "none",
  users: "all rows of a tenth of the users",
  latest: "the latest tenth of the rows",
};

/**
 * `label` is the column that the user names; null to find one. Rows with cells unlike the others of their
 * column are set aside first: no guess depends on them.
 */
export function guess(table: DraftTable, label: string | null): Guessed {
  const found = findLabel(namedColumns(table, []).filter(isOfRows), label);
  if (found.kind === "bad-label") return found;
  const odd = found.kind === "label" ? oddBeside(table, found) : oddCellsIn(table);
  const guessed = guessUsual({ ...table, columns: withoutRows(table.columns, odd) }, found);
  if (guessed.kind !== "plan") return guessed;
  const { plan } = guessed;
  return { kind: "plan", plan: { ...plan, exceptions: exceptionsOf(table, odd, plan) } };
}

/** A cell of the label's column is odd if it is not a value of the label, and for no other reason. */
function oddBeside(table: DraftTable, label: Rating): readonly OddCells[] {
  const { header, cells } = label.column;
  const rows = unlabelledRows(label);
  const others = oddCellsIn(table).filter(({ column }) => column !== header);
  return rows.length === 0
    ? others
    : [...others, { column: header, oddity: "no_label", rows, of: cells.length }];
}

/** `label` was found from all rows. */
function guessUsual(
  table: DraftTable,
  label: Exclude<FoundLabel, { readonly kind: "bad-label" }>,
  mayCross = true,
): Guessed {
  const leftOut: Guess[] = [];
  const named = namedColumns(table, leftOut);
  const names = new FreshNames(named.map(({ name }) => name));
  const found =
    label.kind === "none"
      ? label
      : { ...label, column: named.find(({ name }) => name === label.column.name)! };
  const lists = listsAmong(table, named, leftOut);
  const several = new Set([...lists.columns.map(({ name }) => name), ...lists.refused]);
  const single = named.filter(({ name }) => !several.has(name));
  const keys = { user: keyOf(single.filter(isOfRows), "user"), item: keyOf(single.filter(isOfRows), "item") };
  /** Null if the rows are not events. */
  const asLog = (ratingIn: (columns: readonly NamedColumn[]) => Rating | null): Guessed | null => {
    const sound = withoutRows(
      named.filter(({ name }) => !lists.refused.includes(name)),
      keyless([keys.user, keys.item]),
    );
    const separators = new Map(lists.columns.map(({ name, separator }) => [name, separator]));
    const listed = sound.flatMap((column) => {
      const separator = separators.get(column.name);
      return separator === undefined ? [] : [{ ...column, ...listColumn(column, separator) }];
    });
    const sameOf = (key: NamedColumn | null) => sound.find(({ name }) => name === key?.name) ?? null;
    const rating = ratingIn(sound.filter((column) => isOfRows(column) && !separators.has(column.name)));
    const ownKeys = { user: sameOf(keys.user), item: sameOf(keys.item) };
    const log = { columns: sound, lists: listed, separator: lists.separator, ...ownKeys };
    const plan = guessEvents(table, log, names, leftOut, rating);
    return plan === null ? null : { kind: "plan", plan };
  };
  const mayBeLog = lists.columns.every((list) => describes(list, keys));
  if (found.kind === "none") {
    const log = mayBeLog ? asLog(ratingAmong) : null;
    const noLog = mayBeLog ? whyNoLog(named, keys) : null;
    return log ?? { kind: "no-label", binary: found.binary, noLog };
  }
  // Histories of an amount come from the log, because impressions can only have binary labels.
  const log =
    found.type.text !== "binary" && mayBeLog
      ? asLog((columns) => ({ ...found, column: columns.find(({ name }) => name === found.column.name)! }))
      : null;
  if (log !== null) return log;
  const labels = upperHalf(found);
  const outcomes = new Set([found.column.name, ...found.others.map(({ name }) => name)]);
  const singles = single.filter(({ name }) => !outcomes.has(name));
  const trained = singles.filter(isOfRows).flatMap((column) => trainingOnly(column) ?? []);
  const weight = trained.find(({ weighs }) => weighs)?.feature.name ?? null;
  const ofTraining = trained.filter(({ weighs, feature }) => !weighs || feature.name === weight);
  const isTrained = new Set(trained.map(({ feature }) => feature.name));
  for (const column of singles)
    if (
      trained.some(({ weighs, feature }) => weighs && feature.name === column.name && column.name !== weight)
    )
      leftOut.push(out(column, `rows are weighed by \`${weight}\` already`, "it in the label's `weight`"));
  const ofUse = singles.filter((column) => {
    if (isTrained.has(column.name)) return false;
    const reason = ofNoUse(column, found.column, labels, keys, lists.boundBy(column));
    if (reason !== null) leftOut.push(reason);
    return reason === null;
  });
  const listed = lists.columns.filter((list) => {
    const reason = listOfNoUse(list);
    if (reason !== null) leftOut.push(out(list, reason, "give it one kind of value"));
    return reason === null;
  });
  const objections = new Map(
    listed.map((list) => [list, nameObjection(list.name, found.column) ?? leak(list.cells, labels)]),
  );
  const sets = listed.filter((list) => objections.get(list) === null && typeof setOf(list) !== "string");
  const asked = { usable: ofUse, lists: listed, sets, item: keys.item };
  const padded = paddedAmong(asked);
  const lengths = lengthColumns(ofUse, padded);
  leftOut.push(...lengths.values());
  const usable = ofUse.filter((column) => !lengths.has(column));
  const paired = historiesWithout(padded, { ...asked, usable, names });
  const singleFeatures: Single[] = [];
  // If histories show what a user likes, the user id needs no vector.
  const isIdRead = paired.histories.length === 0 || found.type.text !== "binary";
  // Histories are attended to, and a factorization machine has one output.
  const isCrossed = mayCross && paired.histories.length === 0 && found.type.text === "binary";
  const askedOf = (column: NamedColumn): ColumnEvidence => ({
    name: column.name,
    values: valuesOf(column),
    isField: column.isField,
    isBound: false,
    isCrossed,
    isKey: column === keys.user || column === keys.item,
    userFor: isKeyOf(column.name, "user")
      ? column === keys.user && !isIdRead
        ? "metrics"
        : "network"
      : null,
  });
  const kindAlone = (column: NamedColumn) => paired.bound.get(column.name) ?? kindFor(askedOf(column));
  const tables = usable.filter((column) => {
    const kind = kindAlone(column);
    return typeof kind !== "string" && kind.kind === "id" && kind.embed !== null;
  });
  const shares = sharesAmong(
    usable.filter(({ name }) => !paired.bound.has(name)),
    tables,
    keys.item,
  );
  for (const column of usable) {
    const isBound = paired.bound.has(column.name);
    const share = shares.get(column);
    const kind = share === undefined ? kindAlone(column) : share.kind;
    if (typeof kind === "string") leftOut.push(out(column, kind, "add it by hand if it is useful"));
    else {
      const asked = askedOf(column);
      const isAlone = isBound || share !== undefined || asked.isKey || asked.userFor !== null;
      singleFeatures.push({
        feature: {
          ...featureOf(column, kind, isBound, keys),
          ...(share?.isPast ? ({ scope: "user", scopeReason: "of the user: the past" } as const) : {}),
          isRead: column !== keys.user || isIdRead,
        },
        column,
        asked: isAlone ? null : asked,
      });
    }
  }
  const hasRareIds = singleFeatures.some(isOfRareIds);
  const width = hasRareIds ? CROSSED_WIDTH : FEW_IDS_WIDTH;
  const withWidth = (feature: DraftFeature) => (isCrossed ? crossed(feature, width) : feature);
  const features = inRanges(singleFeatures).map(withWidth);
  for (const list of paired.others) {
    const kind = vectorOf(list) ?? setOf(list);
    const reason = typeof kind === "string" ? kind : objections.get(list)!;
    if (typeof kind === "string" || reason !== null)
      leftOut.push(out(list, reason!, "add it by hand if it is useful"));
    else features.push(withWidth(featureOf(list, kind, paired.bound.has(list.name), keys)));
  }
  if (!features.some(({ isRead }) => isRead) && paired.histories.length === 0)
    return { kind: "no-features", leftOut };
  features.push(...ofTraining.map(({ feature }) => feature));
  const user = features.find(({ name }) => name === keys.user?.name)?.name ?? null;
  const knownKeys = { ...keys, user: user === null ? null : keys.user };
  const validation = validationFor(table, named, knownKeys, features, saysWhen);
  const stops = validation.kind !== "none";
  const training = isCrossed
    ? crossedTrainingFor(table.total, stops, hasRareIds, meanOf(labels))
    : trainingFor(table.total, stops);
  const mayBeShown = paired.histories.length === 0 && found.type.text === "binary";
  const time = orderingTime(named, saysWhen);
  const shown = mayBeShown
    ? impressionsIn(found.column, keys, time, named, features, names, table.rows < table.total)
    : null;
  // Attention reads the user's past actions: such features are not crossed.
  if (shown !== null && isCrossed) return guessUsual(table, label, false);
  const impressions = shown?.impressions ?? null;
  return {
    kind: "plan",
    plan: {
      label: { name: found.column.name, type: found.type, weight, reason: found.reason },
      features,
      histories: shown === null ? paired.histories : [shown.history],
      user,
      rows: { kind: "rows", validation, separator: lists.separator, impressions },
      isCrossed,
      units: unitsFor(table.total, !isCrossed || hasRareIds),
      training,
      guesses: [
        {
          ...{ column: found.column.header, is: "the label", reason: found.reason },
          change: option("label", "COLUMN"),
        },
        ...features.map(describeFeature),
        ...paired.histories.flatMap(({ name, max, reason, fields, padding }) => [
          ...fields.map((field) => ({
            column: field.header,
            is:
              field.target === null
                ? `a field of ${name}: ${field.kind.text}`
                : `${name}: the past of ${field.target}`,
            reason: field.reason,
            change:
              field.target === null
                ? field.kind.change
                : `bind it to another feature: \`… <-> ${field.column}\``,
          })),
          {
            column: name,
            is: `history(max: ${max})`,
            reason,
            change: "another `max`; `steps: latest_first` in dinc.yaml if lists begin with the latest",
          },
          ...(padding === undefined
            ? []
            : [
                {
                  column: name,
                  is: `padding: ${valuesText(padding.values)}`,
                  reason: padding.reason,
                  change: `\`padding: { ${name}: [] }\` in dinc.yaml if it is an item`,
                },
              ]),
        ]),
        ...(shown === null ? [] : [impressionsGuess(shown.impressions, shown.history.max)]),
        {
          column: "validation",
          is:
            validation.kind === "random"
              ? `${percent(validation.share)} of the rows, drawn at random`
              : validation.kind === "file"
                ? `the rows of ${validation.path}`
                : VALIDATED[validation.kind],
          reason: validation.reason,
          change: "`validate` or `valid` in dinc.yaml",
        },
        trainingGuess(training, table.total),
      ],
      leftOut: [...found.others.map(({ guess: each }) => each), ...leftOut],
      exceptions: [],
    },
  };
}

/** Whether a column belongs to the rows. A column of a table of items or users can't be their label, id or time. */
function isOfRows({ of }: NamedColumn): boolean {
  return of === undefined;
}

function saysWhen(column: NamedColumn): boolean {
  return isOfRows(column) && holdsTimes(column);
}

/**
 * The column that identifies users, or items: chosen by its name, and among equally good names by the number
 * of values.
 */
function keyOf(columns: readonly NamedColumn[], of: "user" | "item"): NamedColumn | null {
  const candidates = columns
    .filter((column) => isKeyOf(column.name, of))
    .map((column) => ({ column, values: valuesOf(column), plain: plainness(column.name, of) }))
    .filter(({ values }) => values.count > 0 && values.mayBeIds);
  candidates.sort((a, b) => b.plain - a.plain || b.values.counts.size - a.values.counts.size);
  return candidates[0]?.column ?? null;
}

/**
 * Tells whether a list describes the item or the user of its row. Other lists are histories, and such rows
 * are not a log.
 */
function describes({ cells }: ListedColumn, { user, item }: Keys): boolean {
  return [user, item].some((key) => {
    if (key === null) return false;
    const { again, share } = dependence(key.cells, cells);
    return again > 0 && share >= CONSISTENT;
  });
}

interface Lists {
  readonly columns: readonly ListedColumn[];
  /** Names of columns with lists in an unreadable form. */
  readonly refused: readonly string[];
  readonly separator: string | null;
  /** Tells whether the name of a column says that it is the history of `column`. */
  boundBy(column: NamedColumn): boolean;
}

function listsAmong(table: DraftTable, columns: readonly NamedColumn[], leftOut: Guess[]): Lists {
  const known = knownValues(table);
  const separators = columns.map((column) =>
    (column.typeName === "text" || column.typeName === "VARCHAR") && !isKeyOf(column.name, "user")
      ? separatorOf(column, known)
      : null,
  );
  const separator = commonSeparator(separators);
  const refused: string[] = [];
  const listed = columns.flatMap((column, i): ListedColumn[] => {
    const own = separators[i]!;
    if (own === null && !holdsLists(column)) return [];
    const isOfOne = isKeyOf(column.name, "user");
    if (!isOfOne && (own === null || own === separator)) return [{ ...column, ...listColumn(column, own) }];
    refused.push(column.name);
    if (isOfOne) {
      leftOut.push(out(column, "a row is of one user", "give it one value per row"));
      return [];
    }
    leftOut.push(
      out(
        column,
        `its values stand between \`${own}\`, those of other columns between \`${separator}\``,
        "write all lists of the file alike",
      ),
    );
    return [];
  });
  return {
    columns: listed,
    refused,
    separator,
    boundBy: ({ name }) => listed.some((list) => list.name.includes(name)),
  };
}

/** Whether its ids are so many that most of them are rare. */
function isOfRareIds({ feature: { kind } }: Single): boolean {
  return kind.kind === "id" && kind.embed !== null && kind.embed >= RARE_IDS_WIDTH;
}

/** With a vector as wide as all others. */
function crossed(feature: DraftFeature, width: number): DraftFeature {
  const { kind } = feature;
  return kind.embed === null ? feature : { ...feature, kind: { ...kind, embed: width } };
}

function featureOf(column: NamedColumn, kind: DraftKind, isBound: boolean, keys: Keys): DraftFeature {
  const { scope, reason } = scopeOf(column, isBound, keys);
  return { name: column.name, header: column.header, scope, kind, isRead: true, scopeReason: reason };
}
