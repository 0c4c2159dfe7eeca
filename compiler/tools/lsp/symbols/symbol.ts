// A symbol: the meaning of a name of a spec, and its mentions.

import type { Span } from "../../../common/source-file.ts";

export type SpecSymbolKind =
  | "model"
  | "variant"
  | "param"
  | "feature"
  /** Features of one name: `features user profile { … }`. */
  | "group"
  | "history"
  /** Of a history, bound to no feature: `dwell`. */
  | "field"
  /** Of the data: what stands to the right of `<->`. */
  | "column"
  | "label"
  | "block"
  /** Of a block or a lambda. */
  | "parameter"
  | "let"
  /** A function whose calls share its weights. */
  | "layer"
  | "loss"
  /** A width or an axis that a signature names: `d` of `Vec[d]`. */
  | "width"
  /** Built in. */
  | "function"
  /** What an argument is called that is no block's: `min_count`, `learning_rate`. */
  | "option"
  /** `id`, `number`, `binary` */
  | "kind"
  | "transform"
  /** `Vec` */
  | "type"
  /** A word of `train`: `optimizer`. */
  | "setting"
  /** What a setting or an option is set to: `adam`, `zeros`. */
  | "choice";

export interface SpecSymbol {
  readonly kind: SpecSymbolKind;
  readonly name: string;
  /** The name where it is declared first; null for what the language has. */
  readonly declaration: Span | null;
  /** The whole declaration; null likewise. */
  readonly whole: Span | null;
  /** What it is part of: the history of a field, the block of a parameter, the function of an option. */
  readonly of: string | null;
  /** Markdown. */
  readonly doc: string;
}

export interface Mention {
  readonly span: Span;
  readonly symbol: SpecSymbol;
  /** Declares it, for the first time or, in a variant, anew. */
  readonly declares: boolean;
  /** Where it leads, if not to the declaration: a history's field to the line that binds it. */
  readonly through: Span | null;
}

/** The same for the same thing in every file. */
export function keyOf({ kind, name, of, declaration }: SpecSymbol): string {
  return declaration === null
    ? `${kind} ${of ?? ""} ${name}`
    : // Features of a range have one place.
      `${declaration.file.path}:${declaration.start} ${name}`;
}
