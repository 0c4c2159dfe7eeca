// The declarations that a walk has read so far: names of features and histories, tables, shared weights.

import type { Span } from "../../common/source-file.ts";
import type { Table } from "../model/model.ts";

/** A feature by which losses group the rows of a batch, with its location. */
export interface GroupedBatches {
  readonly feature: string;
  readonly span: Span;
}

/** Tables and shared weights that expressions read. */
export interface NotedReads {
  readonly tables: Set<string>;
  readonly weights: Set<string>;
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
  /** The feature by which losses group the rows of batches. */
  private grouped: GroupedBatches | null = null;
  private noted: NotedReads | null = null;
  private readonly inOwnText: (span: Span) => Span;

  /** `inOwnText` maps a location in the library to the location in the spec that uses it. */
  constructor(inOwnText: (span: Span) => Span) {
    this.inOwnText = inOwnText;
  }

  get batchBy(): string | null {
    return this.grouped?.feature ?? null;
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

  weight(name: string): void {
    this.noted?.weights.add(name);
  }

  /**
   * Records that a loss groups the rows of batches by a feature. If another feature already does, returns
   * that one and its location, and changes nothing.
   */
  groupBatches({ feature, span }: GroupedBatches): GroupedBatches | null {
    this.grouped ??= { feature, span: this.inOwnText(span) };
    return this.grouped.feature === feature ? null : this.grouped;
  }
}
