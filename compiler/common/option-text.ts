// Options in texts. Callers of the driver write `{ out: "run" }`, users of a shell write `--out run`. A text
// mentions an option by `option`, and each interface inserts its own words. A mention is an object, not a
// sign in the text, so no text of a user is mistaken for one.

/**
 * The options that texts mention, by their names in the driver. `runtime/cli/shell-words.ts` has their flags.
 */
export type OptionName =
  | "backend"
  | "baseline"
  | "bindings"
  | "by"
  | "config"
  | "data"
  | "delimiter"
  | "each"
  | "encoding"
  | "engine"
  | "evict.below"
  | "evict.unseenDays"
  | "filter"
  | "folds"
  | "force"
  | "from"
  | "golden"
  | "graph"
  | "host"
  | "innerSeparator"
  | "inputs"
  | "items"
  | "keep"
  | "label"
  | "limit"
  | "linear"
  | "map"
  | "metric"
  | "mlflow"
  | "mode"
  | "noise"
  | "onBadRow"
  | "only"
  | "order"
  | "out"
  | "patchToken"
  | "plan"
  | "port"
  | "projectedTables"
  | "reduction"
  | "rename"
  | "resume"
  | "rows"
  | "search"
  | "seeds"
  | "separator"
  | "sessions"
  | "set"
  | "singleFile"
  | "sort"
  | "split"
  | "table"
  | "tables"
  | "target"
  | "tensorboard"
  | "threads"
  | "tune"
  | "uncalibrated"
  | "users"
  | "weightsOnly"
  | "withoutTable";

/** The value in the text: `true` for a switch, or several alternatives. */
export type OptionValue = string | number | true | readonly string[];

/** Options that are mentioned together, each with its value, or null if the text shows none. */
export type OptionMention = readonly (readonly [name: OptionName, value: OptionValue | null])[];

/** A text with mentions of options between its pieces. */
export class OptionText {
  readonly pieces: readonly (string | OptionMention)[];

  constructor(pieces: readonly (string | OptionMention)[]) {
    this.pieces = pieces;
  }

  /** For texts that aren't made by `wording`. */
  toString(): string {
    return worded(this, codeWords);
  }
}

/** A text that may mention options. */
export type Wording = string | OptionText;

/** Mentions an option, with its value if the text shows one. */
export function option(name: OptionName, value: OptionValue | null = null): OptionText {
  return new OptionText([[[name, value]]]);
}

/** Mentions options that are given together. */
export function options(values: { readonly [N in OptionName]?: OptionValue }): OptionText {
  return new OptionText([Object.entries(values) as unknown as OptionMention]);
}

/** A template with mentions of options: wording`leave out ${option("out")}`. */
export function wording(texts: TemplateStringsArray, ...values: readonly (Wording | number)[]): OptionText {
  return joined(
    texts.flatMap((text, i) => (i === 0 ? [text] : [values[i - 1]!, text])),
    "",
  );
}

/** Joins texts with a separator. */
export function joined(texts: readonly (Wording | number)[], separator: string): OptionText {
  return new OptionText(
    texts.flatMap((text, i) => [
      ...(i === 0 || separator === "" ? [] : [separator]),
      ...(typeof text === "object" ? text.pieces : [String(text)]),
    ]),
  );
}

/** An interface's words for options. Between the backticks of a text they are code already. */
export type OptionWords = (mention: OptionMention, isCode: boolean) => string;

/** Also takes a text received from a thread: a copy of an `OptionText` has its pieces. */
export function worded(text: string | Pick<OptionText, "pieces">, words: OptionWords): string {
  if (typeof text === "string") return text;
  let made = "";
  for (const piece of text.pieces)
    made += typeof piece === "string" ? piece : words(piece, made.split("`").length % 2 === 0);
  return made;
}

/** The words for callers in TypeScript: `out`, or `onBadRow: "skip"`. */
export const codeWords: OptionWords = (mention, isCode) => {
  const text = mention.map(([name, value]) => (value === null ? name : `${name}: ${inCode(name, value)}`));
  return isCode ? text.join(", ") : `\`${text.join(", ")}\``;
};

/** Options with a list as value, and options with an object. */
const lists: ReadonlySet<OptionName> = new Set(["bindings", "filter", "keep", "only", "set", "withoutTable"]);
const objects: ReadonlySet<OptionName> = new Set(["rename", "tune"]);

/** `a`, `a or b`, `a, b or c`. */
export function alternatives(texts: readonly string[]): string {
  const [last] = texts.slice(-1);
  return texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")} or ${last}`;
}

function inCode(name: OptionName, value: OptionValue): string {
  if (typeof value === "object") return alternatives(value.map((each) => inCode(name, each)));
  const text = JSON.stringify(value);
  if (lists.has(name)) return `[${text}]`;
  if (!objects.has(name) || typeof value !== "string") return text;
  const equals = value.indexOf("=");
  return `{ ${JSON.stringify(value.slice(0, equals))}: ${JSON.stringify(value.slice(equals + 1))} }`;
}

/** The flag of an option: `newIds` → `--new-ids` */
export function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
