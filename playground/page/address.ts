// Reads the part of the page's address after `#`: `#lesson/attention` with the finished lessons,
// `#example/dien`, or a link that contains a spec (link.ts).

export type PageAddress =
  | { readonly kind: "lesson"; readonly name: string; readonly done: readonly string[] }
  | { readonly kind: "example"; readonly name: string }
  | { readonly kind: "other" };

/** `#lesson` and `#example` without a name mean the first lesson and the list of examples. */
export function readAddress(hash: string): PageAddress {
  const [kind, name = "", done = ""] = hash.slice(1).split("/");
  if (kind === "lesson")
    return { kind, name: worded(name), done: done.split("+").map(worded).filter(Boolean) };
  if (kind === "example") return { kind, name: worded(name) };
  return { kind: "other" };
}

export function lessonAddress(name: string, done: readonly string[]): string {
  return `#lesson/${name}${done.length === 0 ? "" : `/${done.join("+")}`}`;
}

export function exampleAddress(name: string): string {
  return `#example/${name}`;
}

/** Keeps only letters, digits, `-` and `_`, because names consist of these; an address may be mistyped. */
function worded(text: string): string {
  return text.replaceAll(/[^\w-]/g, "");
}
