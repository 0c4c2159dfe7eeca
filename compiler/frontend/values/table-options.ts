// The options of a table: the same after a feature's kind, `embed(16, freeze, from: "vectors.txt")`, and in a call of `embed`.

import type { Span } from "../../common/source-file.ts";
import { vectorsByValue } from "../../diagnostics/catalog/features.ts";
import { frozenWithoutValues } from "../../diagnostics/catalog/tables.ts";
import { kindOf } from "../kinds/registry.ts";
import type { FeatureKind, FileReference, TableOptions, WrittenInit } from "../model/model.ts";
import type { Argument } from "../syntax/nodes.ts";
import { at, type Reporter } from "../syntax/reporter.ts";
import { NORMAL } from "./tables.ts";

/** The option that takes no value. */
export const FREEZE = {
  word: "freeze",
  doc: "The table keeps its initial values, so it needs `from` or random vectors.",
} as const;

/** The options that are given by name, with their documentation. */
export const TABLE_OPTIONS = {
  init: "The initial values of rows: `normal(deviation)`, `uniform(limit)` or `zeros`; the default is `normal(0.01)`.",
  from: "A file with initial vectors of some ids: `.npy` or `.parquet`, as `dinc export embeddings` writes it, or a text whose lines are an id and its numbers. The path is relative to the spec.",
} as const;

/** The expected value of `from` in messages. */
export const VECTOR_FILE = 'a file of vectors, like `"vectors.txt"`';

export interface WrittenOptions {
  readonly init: WrittenInit | null;
  readonly vectors: FileReference | null;
  /** The location of `freeze`; null without it. */
  readonly freeze: Span | null;
}

/** The options that a spec can give a table. */
export interface GivenOptions extends TableOptions {
  readonly init: WrittenInit;
}

/** A feature with the location of its kind. */
export interface TableOwner {
  readonly name: string;
  readonly kind: FeatureKind;
  readonly span: Span;
}

/** The options of a table for a feature; null if they do not fit, which is reported. */
export function tableOptions(
  { init, vectors, freeze }: WrittenOptions,
  { name, kind, span }: TableOwner,
  reporter: Pick<Reporter, "report">,
): GivenOptions | null {
  if (freeze !== null && vectors === null && (init === null || init.kind === "zeros")) {
    reporter.report(frozenWithoutValues, { feature: name }, freeze);
    return null;
  }
  const definition = kindOf(kind);
  const sharesIds = definition.gives === "cross" || (definition.gives === "ids" && definition.manyToOne);
  if (vectors !== null && sharesIds) {
    reporter.report(vectorsByValue, { feature: name }, vectors.span, {
      related: [at(span, "different values may share an id")],
    });
    return null;
  }
  return { init: init ?? NORMAL, frozen: freeze !== null, vectors };
}

/** Tells whether an argument is the word `freeze` alone. */
export function isFreeze({ name, value }: Argument): boolean {
  return name === null && value.kind === "name" && value.name === FREEZE.word;
}
