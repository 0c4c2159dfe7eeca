// The declarations that a walk has read so far: names of features and histories, tables, shared weights.

import type { Span } from "../../common/source-file.ts";
import type { Table } from "../model/model.ts";

/** A feature by which losses group the rows of a batch, and where one says so. */
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
  /** Tables by name. */
  readonly tables = new Map<string, Table>();
  /** The feature by which losses group the rows of batches. */
  private grouped: GroupedBatches | null = null;
  private noted: NotedReads | null = null;
  private readonly inOwnText: (span: Span) => Span;

  /** `inOwnText` gives the place in the spec's own text that a place in the library is read from. */
  constructor(inOwnText: (span: Span) => Span) {
    this.inOwnText = inOwnText;
  }

  get batchBy(): string | null {
    return this.grouped?.feature ?? null;
  }

  /**
   * From now on, says in `reads` which tables and shared weights expressions read: those of the features' own are declared
   * with them.
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
   * Says that a loss groups the rows of batches by a feature. Gives what does so by another one, and where; then nothing
   * changes.
   */
  groupBatches({ feature, span }: GroupedBatches): GroupedBatches | null {
    this.grouped ??= { feature, span: this.inOwnText(span) };
    return this.grouped.feature === feature ? null : this.grouped;
  }
}
