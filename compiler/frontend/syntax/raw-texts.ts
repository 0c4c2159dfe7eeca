// Texts of data files that are no single values, but what other tools print for several.

/** Whether a text is what other tools print for a list: `[1, 2]`. */
export function isListInBrackets(text: string): boolean {
  return text.startsWith("[") && text.endsWith("]") && (text === "[]" || text.includes(","));
}

/** Whether a text is a record in JSON. */
export function isRecord(text: string): boolean {
  return /^\{".*\}$/s.test(text);
}
