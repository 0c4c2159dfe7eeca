// The form of hovers: a line of code in the style of TypeScript, then short paragraphs.

/** Empty paragraphs are left out. */
export function hoverText(code: string, ...paragraphs: readonly (string | null)[]): string {
  const present = paragraphs.filter((each): each is string => each !== null && each !== "");
  return [`\`\`\`din\n${code}\n\`\`\``, ...present].join("\n\n");
}

export function thousands(number: number): string {
  return number.toLocaleString("en-US");
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${thousands(number)} ${number === 1 ? one : many}`;
}

/** Text such as `learned numbers: 3,402`. */
export function learnedText(numbers: number | null | undefined): string | null {
  return numbers == null || numbers === 0 ? null : `${count(numbers, "trainable number")}`;
}

/** Text such as `interest: Vec[32]`; without the type if it is unknown. */
export function typed(name: string, type: string): string {
  return type === "?" ? name : `${name}: ${type}`;
}
