// The interface of a binding: code of another language that calls the library in C, with types made from the spec.

import { hasIds, hasRawLists, hasRawVectors, mayBeMissing } from "../../../frontend/kinds/registry.ts";
import { classesOf } from "../../../frontend/labels/predicted-values.ts";
import type { Feature, Model } from "../../../frontend/model/model.ts";
import type { LibraryFacts } from "../facts.ts";
import type { CPart } from "../inputs.ts";

/** A language. */
export interface LanguageBinding {
  /** As in texts: `C++`. */
  readonly title: string;
  /** Its files, as a line of the folder's README. */
  readonly doc: (facts: BindingFacts) => string;
  /** Files by name; those in a folder of their own have its name before them. */
  files(facts: BindingFacts): ReadonlyMap<string, string>;
  /** The folder with a copy of the library, for a language whose packages contain all that they compile. */
  readonly copies?: string;
  /** Its test reads golden requests from golden.json. */
  readonly readsGolden?: true;
}

/** The facts from which a binding is made. */
export interface BindingFacts {
  /** Names of the C API begin with `library.prefix`. */
  readonly library: LibraryFacts;
  /** The version of dinc. */
  readonly version: string;
  /** The documentation of the model; empty if it has none. */
  readonly doc: string;
  /** The parts of a request in the order of `dinc_request.parts`. */
  readonly parts: readonly BindingPart[];
  readonly candidates: BindingPart;
  /** The names of each label's classes; none if it has no classes. */
  readonly classes: ReadonlyMap<string, readonly string[]>;
  /** The module's name for packages: lower case and dashes. */
  readonly packageName: string;
  /** The version for packages: `1.0.0`, of the run. */
  readonly packageVersion: string;
}

export interface BindingPart {
  readonly kind: CPart["kind"];
  /** `clicks`, `user`. */
  readonly name: string;
  /** The most steps of a history that count; 0 for other parts. */
  readonly max: number;
  /** In the order of a row's values. */
  readonly fields: readonly BindingField[];
}

/** The type of a raw value. */
export type FieldType = "id" | "number" | "time" | "vector" | "text";

/** A raw value of a row. */
export interface BindingField {
  readonly name: string;
  /** Its column in rows of training. */
  readonly column: string;
  readonly type: FieldType;
  /** Whether it is a list of such values. */
  readonly isSet: boolean;
  /** Whether each value of the list is a pair, with its weight. */
  readonly isWeighted: boolean;
  /** The numbers of a vector; 1 for any other. */
  readonly width: number;
  /** Whether a row may lack it. */
  readonly isOptional: boolean;
  /** The spec's documentation; may be empty. */
  readonly doc: string;
}

type Known = Pick<BindingFacts, "version" | "packageName" | "packageVersion">;

export function bindingFacts(model: Model, library: LibraryFacts, known: Known): BindingFacts {
  return {
    ...{ library, doc: model.doc, ...known },
    parts: library.parts.map((part) => partFacts(model, part)),
    candidates: partFacts(model, library.candidates),
    classes: new Map(library.labels.map(({ name }) => [name, classesIn(model, name)])),
  };
}

/** Outputs have none. */
function classesIn({ labels }: Model, name: string): readonly string[] {
  const label = labels.get(name);
  return label === undefined ? [] : classesOf(label);
}

export function partFacts(model: Model, { kind, name, fields }: CPart): BindingPart {
  const history = kind === "history" ? model.histories.get(name)! : null;
  const columns = new Map(history?.fields.map((field) => [field.name, field]));
  return {
    ...{ kind, name, max: history?.max ?? 0 },
    fields: fields.map((field) =>
      history === null
        ? fieldOf(field, field, model.features.get(field)!)
        : fieldOf(field, columns.get(field)!.column, columns.get(field)!.feature),
    ),
  };
}

/** The name, the type and the column of a field, as Python reads them. */
export function fieldRow({
  name,
  type,
  isSet,
  isWeighted,
  column,
}: BindingField): readonly [string, string, string] {
  return [name, isWeighted ? "pairs" : isSet ? "set" : type, column];
}

function fieldOf(name: string, column: string, feature: Feature): BindingField {
  const { kind, set, doc } = feature;
  const type = typeOf(feature);
  return {
    ...{ name, column, type, doc },
    isSet: hasRawLists(feature),
    isWeighted: set?.weighted === true,
    width: hasRawVectors(kind) && "width" in kind ? kind.width : 1,
    isOptional: (set === null || kind.kind === "codes") && mayBeMissing(feature),
  };
}

function typeOf({ kind }: Feature): FieldType {
  if (hasRawVectors(kind)) return "vector";
  if (kind.kind === "text" || kind.kind === "time") return kind.kind;
  if ("zone" in kind) return "time";
  return kind.kind === "number" || kind.kind === "bins" || !hasIds(kind) ? "number" : "id";
}
