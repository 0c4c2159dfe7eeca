// Formats shell commands with user text in them: each word arrives as one argument, whatever characters it
// has, and none of it is executed.

/** A command; each value is one argument: `` shellCommand`dinc calibrate ${folder} --remove` ``. */
export function shellCommand(texts: TemplateStringsArray, ...paths: readonly string[]): string {
  return texts.reduce((before, text, i) => `${before}${inShell(paths[i - 1]!)}${text}`);
}

/** A path as one argument that cannot be taken for an option. */
export function inShell(path: string): string {
  return shellWord(path.startsWith("-") ? `./${path}` : path);
}

/** Any text as one argument. */
export function shellWord(text: string): string {
  if (/^[\w./=+@:,%-]+$/.test(text)) return text;
  // A line break or a control character would break the message, so `$'…'` escapes it.
  if (unprintable.test(text)) return `$'${Array.from(text, inAnsiC).join("")}'`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

const unprintable = /[\p{Cc}\p{Zl}\p{Zp}]/u;

function inAnsiC(sign: string): string {
  if (sign === "'" || sign === "\\") return `\\${sign}`;
  if (!unprintable.test(sign)) return sign;
  const bytes = [...new TextEncoder().encode(sign)];
  return bytes.map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
