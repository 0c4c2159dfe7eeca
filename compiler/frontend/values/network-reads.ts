// The declarations that a walk has read so far: names of features and histories, tables, shared weights.

import type { Span } from "../../common/source-file.ts";
import type { Requests, Table, TableOptions } from "../model/model.ts";

/** A feature by which calls group the rows of a batch, with its location. */
export interface GroupedBatches {
  readonly feature: string;
  readonly span: Span;
}

/** Requests whose candidates see one another, with the location of a call. */
export interface ReadRequests extends Requests {
  readonly span: Span;
}

/** Tables and shared weights that expressions read. */
export interface NotedReads {
  readonly tables: Set<string>;
  readonly weights: Set<string>;
}

interface DeclaredOptions {
  readonly options: TableOptions;
  readonly span: Span;
}

export class NetworkReads {
  /** Names of features and histories. */
  readonly names = new Set<string>();
  /** `let`s of the net that are read before they are defined. */
  readonly early = new Set<string>();
  /** Features of a row whose ids are compared. */
  readonly compared = new Set<string>();
  /** Tables by name. */
  readonly tables = new Map<string, Table>();
  /** The most steps that a step faces. */
  faced = 0;
  /** The feature by which the rows of batches are grouped. */
  private grouped: GroupedBatches | null = null;
  /** The options of what uses declare, by the name of the table. */
  private readonly declared = new Map<string, DeclaredOptions>();
  private seen: ReadRequests | null = null;
  private predicted = false;
  private noted: NotedReads | null = null;
  private readonly inOwnText: (span: Span) => Span;

  /** `inOwnText` maps a location in the library to the location in the spec that uses it. */
  constructor(inOwnText: (span: Span) => Span) {
    this.inOwnText = inOwnText;
  }

  get batchBy(): string | null {
    return this.grouped?.feature ?? null;
  }

  /** The requests that predictions see; null if there are none. */
  get requests(): Requests | null {
    return this.seen === null || !this.predicted ? null : { by: this.seen.by, max: this.seen.max };
  }

  /**
   * Records that losses or predictions see the candidates of requests. If a call gave another `max`, returns that
   * one, and changes nothing.
   */
  readRequests({ by, max, span }: ReadRequests, inPrediction: boolean): ReadRequests | null {
    this.seen ??= { by, max, span: this.inOwnText(span) };
    if (this.seen.max !== max) return this.seen;
    this.predicted ||= inPrediction;
    return null;
  }

  /**
   * Records in `reads` the tables and shared weights that expressions read from now on; the features' own
   * tables are declared with them.
   */
  note(reads: NotedReads): void {
    this.noted = reads;
  }

  table(table: Table): void {
    const { name, feature, options } = table;
    this.tables.set(name, table);
    if (name !== feature && !options.frozen) this.noted?.tables.add(name);
  }

  /**
   * Records the options that a use of `embed` gives to its table. If another use gave other ones, returns its location,
   * and changes nothing.
   */
  declareOptions(name: string, { options, span }: DeclaredOptions): Span | null {
    const first = this.declared.get(name);
    if (first !== undefined) return haveSameOptions(first.options, options) ? null : first.span;
    this.declared.set(name, { options, span: this.inOwnText(span) });
    return null;
  }

  weight(name: string): void {
    this.noted?.weights.add(name);
  }

  /**
   * Records that a call groups the rows of batches by a feature. If another feature already does, returns
   * that one and its location, and changes nothing.
   */
  groupBatches({ feature, span }: GroupedBatches): GroupedBatches | null {
    this.grouped ??= { feature, span: this.inOwnText(span) };
    return this.grouped.feature === feature ? null : this.grouped;
  }
}

function haveSameOptions(a: TableOptions, b: TableOptions): boolean {
  const text = ({ init, frozen, vectors }: TableOptions) =>
    JSON.stringify([init, frozen, vectors?.path ?? null]);
  return text(a) === text(b);
}
