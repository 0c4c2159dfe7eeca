// Maps files of the repository to pages of the manual, and links of a page to their targets. Pure.

import { posix } from "node:path";

/**
 * `docs/tour.md` becomes `docs/tour.html`, a README becomes the index of its folder, and any other text
 * becomes a page that shows it.
 */
export function pagePath(path: string): string {
  if (/\.(?:svg|webp)$/.test(path)) return path;
  if (/(?:^|\/)README\.md$/.test(path)) return posix.join(posix.dirname(path), "index.html");
  return path.endsWith(".md") ? `${path.slice(0, -".md".length)}.html` : `${path}.html`;
}

/** The relative address of one page on another, so that the manual works below any path. */
export function between(from: string, to: string): string {
  return posix.relative(posix.dirname(from), to);
}

export type Target =
  | { readonly kind: "elsewhere" }
  | { readonly kind: "file"; readonly path: string; readonly anchor: string | null };

/** The target of a link in the file `page`: a file of the repository, or a page of the web. */
export function targetOf(page: string, href: string): Target {
  if (/^[a-z][a-z0-9+.-]*:/i.test(href)) return { kind: "elsewhere" };
  const [file = "", anchor] = href.split("#");
  const path = file === "" ? page : posix.join(posix.dirname(page), decodeURI(file)).replace(/\/$/, "");
  return { kind: "file", path, anchor: anchor ?? null };
}

/** Makes anchors of headings like GitHub and npm; the second of the same name gets a number. */
export class Anchors {
  readonly #given = new Map<string, number>();

  of(heading: string): string {
    const name = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-");
    const before = this.#given.get(name) ?? 0;
    this.#given.set(name, before + 1);
    return before === 0 ? name : `${name}-${before}`;
  }
}

export function escaped(text: string): string {
  return text.replace(
    /[&<>"]/g,
    (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]!,
  );
}
