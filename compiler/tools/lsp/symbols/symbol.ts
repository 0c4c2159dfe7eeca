// A symbol: the meaning of a name in a spec, and its mentions.

import type { Span } from "../../../common/source-file.ts";

export type SpecSymbolKind =
  | "model"
  | "variant"
  | "param"
  | "feature"
  /** A group of features: `features user profile { … }`. */
  | "group"
  | "history"
  /** A field of a history that is bound to no feature: `dwell`. */
  | "field"
  /** A column of the data, to the right of `<->`. */
  | "column"
  | "label"
  | "block"
  /** A parameter of a block or a lambda. */
  | "parameter"
  | "let"
  /** A function whose calls share its weights. */
  | "layer"
  /** A value that is served without a label. */
  | "output"
  | "loss"
  /** A width or an axis in a signature: `d` of `Vec[d]`. */
  | "width"
  /** A built-in function. */
  | "function"
  /** The name of an argument that is not a block's: `min_count`, `learning_rate`. */
  | "option"
  /** Such as `id`, `number`, `binary`. */
  | "kind"
  | "transform"
  /** Such as `Vec`. */
  | "type"
  /** A word of `train`: `optimizer`. */
  | "setting"
  /** A value of a setting or an option: `adam`, `zeros`. */
  | "choice";

export interface SpecSymbol {
  readonly kind: SpecSymbolKind;
  readonly name: string;
  /** The name at its first declaration; null for words of the language. */
  readonly declaration: Span | null;
  /** The whole declaration; null for words of the language. */
  readonly whole: Span | null;
  /** Its parent: the history of a field, the block of a parameter, the function of an option. */
  readonly of: string | null;
  /** Markdown. */
  readonly doc: string;
}

export interface Mention {
  readonly span: Span;
  readonly symbol: SpecSymbol;
  /** Whether it declares the symbol; a variant may declare it again. */
  readonly declares: boolean;
  /** The target if it is not the declaration: for a history's field, the line that binds it. */
  readonly through: Span | null;
}

/** The same key for the same symbol in every file. */
export function keyOf({ kind, name, of, declaration }: SpecSymbol): string {
  return declaration === null
    ? `${kind} ${of ?? ""} ${name}`
    : // Features of a range share a location
      `${declaration.file.path}:${declaration.start} ${name}`;
}
