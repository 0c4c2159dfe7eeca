// Writes options as in Python: `on_bad_row="skip"`, where TypeScript has `onBadRow: "skip"`.

import {
  alternatives,
  type OptionName,
  type OptionValue,
  type OptionWords,
} from "../../compiler/common/option-text.ts";

export const pythonWords: OptionWords = (mention, isCode) => {
  const text = mention
    .map(([name, value]) => (value === null ? argument(name) : `${argument(name)}=${literal(value)}`))
    .join(", ");
  return isCode ? text : `\`${text}\``;
};

/** Options that have another name in Python, where `from` is a keyword. */
const otherNames: Readonly<Partial<Record<OptionName, string>>> = {
  config: "settings",
  from: "from_",
  rows: "prepared",
  set: "settings",
  tune: "ranges",
};

/** `onBadRow` → `on_bad_row` */
function argument(name: OptionName): string {
  const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return otherNames[name] ?? snake.replaceAll(".", "_");
}

function literal(value: OptionValue): string {
  if (value === true) return "True";
  return typeof value === "object" ? alternatives(value.map(literal)) : JSON.stringify(value);
}
