// Options in the words of a shell: `--out run`, where callers in TypeScript read `out: "run"`.

import type { EmitOptionName } from "../../compiler/backends/contract/emit-options.ts";
import {
  flagOf,
  type OptionName,
  type OptionValue,
  type OptionWords,
} from "../../compiler/common/option-text.ts";
import { shellWord } from "../../compiler/common/shell.ts";
import type { CommandOptionName } from "./table/options.ts";

export const shellWords: OptionWords = (mention) =>
  mention.map(([name, value]) => withValue(name, value)).join(" ");

/** Options that the command line calls otherwise. */
const otherNames = {
  "evict.below": "evictBelow",
  "evict.unseenDays": "evictUnseen",
  tune: "try",
} as const satisfies Partial<Record<OptionName, CommandOptionName>>;

const isOther = (name: OptionName): name is keyof typeof otherNames => name in otherNames;

function withValue(name: OptionName, value: OptionValue | null): string {
  // An option that a text mentions is one of the table, or this doesn't compile.
  const listed: CommandOptionName | EmitOptionName = isOther(name) ? otherNames[name] : name;
  const flag = name === "config" ? "-c" : flagOf(listed);
  if (value === null || value === true) return flag;
  const text = typeof value === "object" ? value.map(shellWord).join(" or ") : shellWord(String(value));
  // A value that looks like an option would be taken for one.
  return /^-./.test(text) ? `${flagOf(listed)}=${text}` : `${flag} ${text}`;
}
