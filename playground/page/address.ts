// What the page's address asks for behind its `#`: `#lesson/attention`, with the lessons that are done,
// `#example/dien`, or a link that holds a spec (link.ts).

export type PageAddress =
  | { readonly kind: "lesson"; readonly name: string; readonly done: readonly string[] }
  | { readonly kind: "example"; readonly name: string }
  | { readonly kind: "other" };

/** `#lesson` and `#example` alone ask for the first lesson and the list of examples: their name is empty. */
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

/** Names are of letters, digits, `-` and `_`: of an address that somebody mistyped nothing else remains. */
function worded(text: string): string {
  return text.replaceAll(/[^\w-]/g, "");
}
