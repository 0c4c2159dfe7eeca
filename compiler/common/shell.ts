// Commands that are printed for a shell, with the words of a user in them: each word arrives as one argument, whatever
// signs it has, and none of it runs.

/** A command; each value in it is one argument: `` shellCommand`dinc calibrate ${folder} --remove` ``. */
export function shellCommand(texts: TemplateStringsArray, ...paths: readonly string[]): string {
  return texts.reduce((before, text, i) => `${before}${inShell(paths[i - 1]!)}${text}`);
}

/** A path as one argument that isn't an option. */
export function inShell(path: string): string {
  return shellWord(path.startsWith("-") ? `./${path}` : path);
}

/** Any text as one argument. */
export function shellWord(text: string): string {
  if (/^[\w./=+@:,%-]+$/.test(text)) return text;
  // A line break or a sign for the terminal would tear a message apart: `$'…'` names them.
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
