// Recognises texts in data files that other tools print for several values.

/** Tells whether a text looks like a printed list: `[1, 2]`. */
export function isListInBrackets(text: string): boolean {
  return text.startsWith("[") && text.endsWith("]") && (text === "[]" || text.includes(","));
}

/** Tells whether a text is a JSON record. */
export function isRecord(text: string): boolean {
  return /^\{".*\}$/s.test(text);
}
