// Options in texts. A text of dinc marks an option by `option`, since callers of the driver write `{ out }` and users of a shell
// write `--out`. Each surface puts its own words in place of the marks.

/** Marks an option by its name in the driver, with its value where the text shows one. */
export function option(name: string, value: string | null = null): string {
  return `${BEGIN}${value === null ? name : `${name}${VALUE}${value}`}${END}`;
}

/** Signs of Unicode's private use, which no text of a user keeps: `quoting.ts` escapes them. */
const [BEGIN, VALUE, END] = ["\u{f0000}", "\u{f0001}", "\u{f0002}"];
const marked = new RegExp(`${BEGIN}([^${VALUE}${END}]*)(?:${VALUE}([^${END}]*))?${END}`, "gu");

/** How a surface words an option. */
export type OptionWords = (name: string, value: string | null) => string;

export function worded(text: string, words: OptionWords): string {
  return text.replaceAll(marked, (_, name: string, value?: string) => words(name, value ?? null));
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
