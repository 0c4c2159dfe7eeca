// Options in texts. Callers of the driver write `{ out }`, users of a shell write `--out`: a text mentions an option by `option`,
// and each surface puts its own words there. A mention is an object and no sign in the text, so no text of a user is taken for one.

/** The mention of an option in a text. */
class OptionMention {
  readonly name: string;
  readonly value: string | null;

  constructor(name: string, value: string | null) {
    this.name = name;
    this.value = value;
  }

  /** In a text that isn't made by `wording`. */
  toString(): string {
    return codeWords(this.name, this.value);
  }
}

/** A text with mentions of options between its pieces. */
export type OptionText = readonly (string | OptionMention)[];

/** Mentions an option by its name in the driver, with its value where the text shows one. */
export function option(name: string, value: string | null = null): OptionMention {
  return new OptionMention(name, value);
}

/** A template whose mentions of options a surface words: wording`leave out ${option("out")}`. */
export function wording(
  pieces: TemplateStringsArray,
  ...values: readonly (string | OptionMention)[]
): OptionText {
  return pieces.flatMap((piece, i) => (i === 0 ? [piece] : [values[i - 1]!, piece]));
}

/** How a surface words an option. */
export type OptionWords = (name: string, value: string | null) => string;

export function worded(text: string | OptionText, words: OptionWords): string {
  if (typeof text === "string") return text;
  return text.map((part) => (typeof part === "string" ? part : words(part.name, part.value))).join("");
}

/** For callers in TypeScript: `out`, or `rename: old=new`. */
export const codeWords: OptionWords = (name, value) => (value === null ? name : `${name}: ${value}`);

/** For a shell: `--out`, or `--rename old=new`. */
export const shellWords: OptionWords = (name, value) =>
  value === null ? flagOf(name) : `${flagOf(name)} ${value}`;

/** `newIds` → `--new-ids` */
export function flagOf(name: string): string {
  return `--${(flags[name] ?? name).replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Where a flag of the command line isn't the option's name. */
const flags: Readonly<Record<string, string>> = {
  checkpointSeconds: "checkpointEvery",
  "evict.unseenDays": "evictUnseen",
  "evict.below": "evictBelow",
};
