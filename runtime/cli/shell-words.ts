// Writes options as in a shell: `--out run`, where TypeScript has `out: "run"`.

import type { EmitOptionName } from "../../compiler/backends/contract/emit-options.ts";
import {
  alternatives,
  flagOf,
  type OptionName,
  type OptionValue,
  type OptionWords,
} from "../../compiler/common/option-text.ts";
import { shellWord } from "../../compiler/common/shell.ts";
import type { CommandOptionName } from "./table/options.ts";

export const shellWords: OptionWords = (mention) =>
  mention.map(([name, value]) => withValue(name, value)).join(" ");

/** Options that have another name on the command line. */
const otherNames = {
  "evict.below": "evictBelow",
  "evict.unseenDays": "evictUnseen",
  tune: "try",
} as const satisfies Partial<Record<OptionName, CommandOptionName>>;

const isOther = (name: OptionName): name is keyof typeof otherNames => name in otherNames;

function withValue(name: OptionName, value: OptionValue | null): string {
  // Doesn't compile if a text mentions an option that the table lacks.
  const listed: CommandOptionName | EmitOptionName = isOther(name) ? otherNames[name] : name;
  const flag = name === "config" ? "-c" : flagOf(listed);
  if (value === null || value === true) return flag;
  const text = typeof value === "object" ? alternatives(value.map(shellWord)) : shellWord(String(value));
  // The parser would take a value that begins with a dash for an option.
  return /^-./.test(text) ? `${flagOf(listed)}=${text}` : `${flag} ${text}`;
}
