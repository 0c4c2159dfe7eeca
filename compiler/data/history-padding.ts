// The padding of one history, as its rows are read: takes it away where `data.padding` names it, and finds out where it names
// nothing and training rows look padded, or names what they do not have.

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
import type { Findings } from "./findings.ts";
import { type FoundPadding, type Lists, paddingIn, valueText } from "./padded-lists.ts";
import { formatRaw, isList, type Raw, type RawCell } from "./raw-values.ts";
import { type PaddedColumn, StepPadding } from "./step-padding.ts";

/** One column of a history. */
export interface StepColumn extends PaddedColumn {
  readonly name: string;
  /** The item's feature that it has the past of; null where it is bound to none. */
  readonly item: string | null;
  readonly areIds: boolean;
  /** Separates the values of the item's set in a text; null where it has one value. */
  readonly itemSeparator: string | null;
}

export interface PaddingOptions extends ListFormat {
  /** Only training rows are looked at for padding that nobody named. */
  readonly areTrainedOn?: boolean;
}

export class HistoryPadding {
  readonly history: History;
  readonly values: readonly string[];
  /** Rows, and those with padding. */
  rows = 0;
  padded = 0;
  private readonly columns: readonly StepColumn[];
  private readonly findings: Findings;
  private readonly steps: StepPadding | null;
  private readonly items: StepPadding | null;
  private watch: PaddingWatch | null;
  /** A column that has another value where one has padding. */
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
    // A row without an item is another mistake.
    const ofItems = isLearned ? this.values.filter((value) => value !== "") : [];
    this.items = over(ofItems, ofItem(columns));
    // Numbers alone may end alike by what they are, such as the days since.
    const isWatched = isLearned && said === null && columns.some(({ areIds }) => areIds);
    this.watch = isWatched ? new PaddingWatch(history, columns, options) : null;
  }

  /** Whether it looks at the items of rows. */
  get looksAtItems(): boolean {
    return this.items !== null || this.watch !== null;
  }

  /** The steps of a row that are not padding; `items` are the values of its item by column. */
  ownSteps(lists: Lists, items: readonly RawCell[], row: number): OwnSteps {
    const { steps } = this;
    const { length } = lists[0]!;
    if (steps === null) {
      this.watch?.add(lists, items, row);
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

  /** Says what the rows so far look like. */
  settle(): void {
    if (this.watch?.settle(this.findings) === false) this.watch = null;
  }

  /** Notes that no row has padding, where that turns out when all are read, of all of `paddings`. */
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

/** The columns as those of the row's item. */
function ofItem(columns: readonly StepColumn[]): PaddedColumn[] {
  return columns.map(({ format, itemSeparator }) => ({ format, innerSeparator: itemSeparator }));
}

const NOTHING: readonly RawCell[] = [null];

/** Rows that are looked at as a whole. */
const WINDOW = 1000;

/** Looks for padding in the first rows, and then whether further rows have it as well. */
class PaddingWatch {
  private readonly history: History;
  private readonly columns: readonly StepColumn[];
  private readonly options: PaddingOptions;
  private window: { readonly lists: Lists; readonly items: readonly RawCell[]; readonly row: number }[] = [];
  private found: {
    readonly padding: FoundPadding;
    readonly steps: StepPadding;
    readonly items: StepPadding;
  } | null = null;
  private rows = 0;
  private padded = 0;
  private odd = 0;
  /** Rows whose item has the value. */
  private items = 0;

  constructor(history: History, columns: readonly StepColumn[], options: PaddingOptions) {
    this.history = history;
    this.columns = columns;
    this.options = options;
  }

  add(lists: Lists, items: readonly RawCell[], row: number): void {
    if (this.found === null) {
      if (this.window.length < WINDOW) this.window.push({ lists: [...lists], items, row });
    } else this.count(lists, items);
  }

  /** Gives false where rows do not look padded. */
  settle(findings: Findings): boolean {
    if (this.found !== null) return true;
    const padding = paddingIn(this.window.map(({ lists }) => lists));
    if (padding === null) return this.window.length < WINDOW;
    const values = [...new Set(padding.values)];
    const steps = new StepPadding(values, this.columns);
    this.found = { padding, steps, items: new StepPadding(values, ofItem(this.columns)) };
    for (const { lists, items } of this.window) this.count(lists, items);
    const { lists, row } = this.window[padding.first]!;
    this.window = [];
    const parameters = {
      history: this.history.name,
      value: valuesText(values),
      example: exampleOf(lists[0]!, this.options.separator, padding.end),
      isLatest: (padding.end === "front") === this.options.latestFirst,
    };
    const { name } = this.columns[0]!;
    findings.add(looksPadded, parameters, row, name, { ...declaredIn(this.history), only: () => this.holds });
    return true;
  }

  private get holds(): boolean {
    return this.odd <= 0.01 * this.rows && this.padded >= 0.01 * this.rows && this.items <= 0.01 * this.rows;
  }

  private count(lists: Lists, items: readonly RawCell[]): void {
    const { padding, steps, items: ofItems } = this.found!;
    const { length } = lists[0]!;
    if (length === 0) return;
    this.rows++;
    const { from, to } = steps.ownSteps(lists);
    const own = padding.end === "back" ? from : length - to;
    if (length !== padding.width || (own > 0 && to > from) || steps.isBetween(lists, { from, to }))
      this.odd++;
    if (to - from < length) this.padded++;
    const bound = this.columns.map(({ item }, i) => (item === null ? NOTHING : [items[i] ?? null]));
    if (ofItems.isPadding(bound, 0)) this.items++;
  }
}

/** A cell as it is written, of a long one the end that matters. */
function exampleOf(list: readonly RawCell[], separator: string, end: FoundPadding["end"]): string {
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
