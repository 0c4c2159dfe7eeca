// Embeds a user's words in generated Python as data only: string literals in ASCII, and lines of
// documentation that cannot end early.

/** A string literal. JSON has the same escapes, except for characters beyond 16 bits. */
export function pythonQuoted(text: string): string {
  return JSON.stringify(text).replace(/[^\x20-\x7e]/gu, (character) => {
    const code = character.codePointAt(0)!.toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
  });
}

/** Text between the quotes of a docstring, on one line that others follow. */
export function pythonDoc(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]+/gu, " ").trim();
  return line.replaceAll("\\", "\\\\").replace(/"(?=")/g, '\\"');
}
