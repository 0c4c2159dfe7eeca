// Handles the padding of one history as its rows are read. It removes the padding that `data.padding` names,
// and reports training rows that look padded without the setting, or a setting without padding in the rows.

import {
  looksPadded,
  paddingAbsent,
  paddingBetween,
  paddingIsAnItem,
} from "../diagnostics/catalog/padding.ts";
import { type Details, inText } from "../diagnostics/diagnostic.ts";
import type { ListFormat } from "../frontend/config/config.ts";
import { paddingOf, valuesText } from "../frontend/config/padding.ts";
import type { History } from "../frontend/model/model.ts";
import type { OwnSteps } from "../serve/padding.ts";
import { BoundedSample } from "./bounded-sample.ts";
import type { Findings } from "./findings.ts";
import { type Lists, type PaddedEnd, paddingIn, valueText } from "./padded-lists.ts";
import { formatRaw, isList, type Raw, type RawCell } from "./raw-values.ts";
import { type PaddedColumn, StepPadding } from "./step-padding.ts";

/** A column of a history. */
export interface StepColumn extends PaddedColumn {
  readonly name: string;
  /** The item feature whose history it is; null if it is bound to none. */
  readonly item: string | null;
  readonly areIds: boolean;
  /** Separates the values of the item's set in a text; null if it has one value. */
  readonly itemSeparator: string | null;
}

export interface PaddingOptions extends ListFormat {
  /** Unnamed padding is only looked for in training rows. */
  readonly areTrainedOn?: boolean;
}

export class HistoryPadding {
  readonly history: History;
  readonly values: readonly string[];
  /** The number of rows, and of rows with padding. */
  rows = 0;
  padded = 0;
  private readonly columns: readonly StepColumn[];
  private readonly findings: Findings;
  private readonly steps: StepPadding | null;
  private readonly items: StepPadding | null;
  private readonly watch: PaddingWatch | null;
  /** A column with another value where a different column has padding. */
  private other: { readonly column: string; readonly value: Raw } | null = null;

  constructor(history: History, columns: readonly StepColumn[], options: PaddingOptions, findings: Findings) {
    this.history = history;
    this.columns = columns;
    this.findings = findings;
    const said = paddingOf(options.padding, history.name);
    this.values = said ?? [];
    const over = (values: readonly string[], each: readonly PaddedColumn[]) =>
      values.length === 0 ? null : new StepPadding(values, each);
    this.steps = over(this.values, columns);
    const isLearned = options.areTrainedOn === true && columns.length > 0;
    // A row without an item is a different mistake.
    const ofItems = isLearned ? this.values.filter((value) => value !== "") : [];
    this.items = over(ofItems, ofItem(columns));
    // Numbers alone may end alike because of their meaning, such as days ago.
    const isWatched = isLearned && said === null && columns.some(({ areIds }) => areIds);
    this.watch = isWatched ? new PaddingWatch(history, columns, options) : null;
  }

  /** Whether it needs the items of rows. */
  get looksAtItems(): boolean {
    return this.items !== null || this.watch !== null;
  }

  /** The steps of a row without padding; `items` has the values of its item by column. */
  ownSteps(lists: Lists, items: readonly RawCell[], row: number): OwnSteps {
    const { steps } = this;
    const { length } = lists[0]!;
    if (steps === null) {
      this.watchSteps(
        length,
        () => lists,
        () => items,
        row,
      );
      return { from: 0, to: length };
    }
    const own = steps.ownSteps(lists);
    this.rows++;
    if (own.from > 0 || own.to < length) this.padded++;
    else if (this.padded === 0 && length > 0) this.other ??= this.otherAt(lists, steps);
    const [{ name: column }] = this.columns as readonly [StepColumn];
    const named = { history: this.history.name, values: valuesText(this.values) };
    if (steps.isBetween(lists, own))
      this.findings.add(paddingBetween, named, row, column, declaredIn(this.history));
    this.lookAtItem(items, row);
    return own;
  }

  /** Takes the steps of a row if no padding is named. */
  watchSteps(steps: number, lists: () => Lists, items: () => readonly RawCell[], row: number): void {
    this.watch?.add(steps, lists, items, row);
  }

  /** Reports findings after all rows are read. */
  end(): void {
    this.watch?.end(this.findings);
  }

  /** Reports that no row has padding in any of `paddings`, after all rows are read. */
  static noteAbsent(paddings: readonly HistoryPadding[], findings: Findings): void {
    const [first] = paddings;
    if (first === undefined) return;
    const { history, values, columns } = first;
    const help = () => {
      const other = paddings.find((each) => each.other !== null)?.other ?? null;
      return other === null
        ? null
        : paddingAbsent.helps.bothValues(
            other.column,
            formatRaw(other.value),
            valuesText([...values, String(other.value)]),
          );
    };
    const isAbsent = () => paddings.every(({ rows, padded }) => rows > 0 && padded === 0);
    const parameters = { history: history.name, values: valuesText(values) };
    findings.add(paddingAbsent, parameters, null, columns[0]!.name, {
      ...declaredIn(history),
      finalHelp: help,
      only: isAbsent,
    });
  }

  private lookAtItem(items: readonly RawCell[], row: number): void {
    if (this.items === null) return;
    const bound = this.columns.flatMap(({ item }, i) => (item === null || items[i] === undefined ? [] : [i]));
    if (bound.length === 0) return;
    const lists = this.columns.map((_, i) => (bound.includes(i) ? [items[i]!] : NOTHING));
    if (!this.items.isPadding(lists, 0)) return;
    const features = bound.map((i) => this.columns[i]!.item!);
    const parameters = { history: this.history.name, values: valuesText(this.values), features };
    this.findings.add(paddingIsAnItem, parameters, row, features[0]!, declaredIn(this.history));
  }

  private otherAt(lists: Lists, steps: StepPadding): { readonly column: string; readonly value: Raw } | null {
    for (const at of [lists[0]!.length - 1, 0]) {
      const isPadding = lists.map((list, i) => steps.isPaddingOf(list[at]!, i));
      const i = isPadding.indexOf(false);
      const value = i < 0 ? null : lists[i]![at]!;
      if (isPadding.includes(true) && value !== null && !isList(value))
        return { column: this.columns[i]!.name, value };
    }
    return null;
  }
}

/** The columns in the form for the row's item. */
function ofItem(columns: readonly StepColumn[]): PaddedColumn[] {
  return columns.map(({ format, itemSeparator }) => ({ format, innerSeparator: itemSeparator }));
}

const NOTHING: readonly RawCell[] = [null];

/** The sample size in which the reported share of padding is found. */
const SAMPLE = { rows: 2000, size: 400_000 };

interface RowWithSteps {
  readonly lists: Lists;
  readonly items: readonly RawCell[];
  readonly row: number;
}

/** Looks for padding in rows that are spread over the whole file, because the file may be sorted. */
class PaddingWatch {
  private readonly history: History;
  private readonly columns: readonly StepColumn[];
  private readonly options: PaddingOptions;
  private readonly drawn = new BoundedSample<RowWithSteps>(SAMPLE);

  constructor(history: History, columns: readonly StepColumn[], options: PaddingOptions) {
    this.history = history;
    this.columns = columns;
    this.options = options;
  }

  add(steps: number, lists: () => Lists, items: () => readonly RawCell[], row: number): void {
    // Rows without steps give no information.
    if (steps === 0) return;
    this.drawn.add(row, () => {
      const size = this.columns.length * steps;
      return { value: { lists: [...lists()], items: items(), row }, size };
    });
  }

  end(findings: Findings): void {
    const rows = this.drawn.values;
    const padding = paddingIn(rows.map(({ lists }) => lists));
    if (padding === null) return;
    const values = [...new Set(padding.values)];
    if (this.areOfItems(values, rows)) return;
    const { lists, row } = rows[padding.first]!;
    const parameters = {
      history: this.history.name,
      value: valuesText(values),
      example: exampleOf(lists[0]!, this.options.separator, padding.end),
      isLatest: (padding.end === "front") === this.options.latestFirst,
    };
    findings.add(looksPadded, parameters, row, this.columns[0]!.name, declaredIn(this.history));
  }

  /** Tells whether rows have an item with the value; then it is not padding. */
  private areOfItems(values: readonly string[], rows: readonly RowWithSteps[]): boolean {
    const ofItems = new StepPadding(values, ofItem(this.columns));
    const isOfItem = ({ items }: RowWithSteps) =>
      ofItems.isPadding(
        this.columns.map(({ item }, i) => (item === null ? NOTHING : [items[i] ?? null])),
        0,
      );
    return rows.filter(isOfItem).length > 0.01 * rows.length;
  }
}

/** A cell as written; for a long one, the relevant end. */
function exampleOf(list: readonly RawCell[], separator: string, end: PaddedEnd): string {
  const texts = list.map(valueText);
  const MOST = 12;
  if (texts.length <= MOST) return texts.join(separator);
  return end === "back"
    ? `…${separator}${texts.slice(-MOST).join(separator)}`
    : `${texts.slice(0, MOST).join(separator)}${separator}…`;
}

function declaredIn({ span }: History): Details {
  return { related: [{ location: inText(span), label: "declared here" }] };
}
