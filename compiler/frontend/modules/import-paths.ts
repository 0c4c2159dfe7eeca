// Resolves import paths. They are relative to the importing file and use forward slashes on every system. They cannot name a
// root, a home folder or an address.

import type { SourceFile } from "../../common/source-file.ts";

/** The path that `written` means in `from`, as in messages; or the reason why it is invalid. */
export function importedPath(
  from: SourceFile,
  written: string,
): { readonly path: string } | { readonly reason: string } {
  const reason = problemOf(written);
  if (reason !== null) return { reason };
  const folder = from.path.replace(/(?<![^/\\])[^/\\]*$/, "");
  return { path: normalPath(folder + written) };
}

function problemOf(written: string): string | null {
  if (written === "") return "it is empty";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no path of a spec has one
  if (/[\u0000-\u001f\u007f]/.test(written)) return "it has a control character";
  if (written.includes("\\")) return "its parts are separated by `/`";
  if (written.startsWith("~")) return "it begins in a home folder; write it from this file on";
  if (written.startsWith("/")) return "it is absolute; write it from this file on";
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(written)) return "it is an address; write a path from this file on";
  return written.endsWith(".din") ? null : "imported files end in `.din`";
}

/** A path without `.`, empty parts, and `..` after a folder, so that each file has one name. */
export function normalPath(path: string): string {
  const root = /^(?:[A-Za-z]:)?[/\\]/.exec(path)?.[0] ?? "";
  const parts: string[] = [];
  for (const part of path.slice(root.length).split(/[/\\]/)) {
    if (part === "" || part === ".") continue;
    const above = parts.at(-1);
    if (part !== "..") parts.push(part);
    else if (above !== undefined && above !== "..") parts.pop();
    else if (root === "") parts.push(part);
  }
  return root + parts.join("/");
}
