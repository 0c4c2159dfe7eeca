// Lays out one page around its text: the contents on the left, the headings of the page on the right, the
// previous and next pages below. It is complete without scripts, which only search and copy.

import { posix } from "node:path";
import type { Chapter } from "./contents.ts";
import type { Section } from "./markdown.ts";
import { between, escaped, pagePath } from "./page-links.ts";

const POLICY =
  "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'";

/** The surroundings of a page. */
export interface ManualContext {
  readonly chapters: readonly Chapter[];
  /** The version of dinc. */
  readonly version: string;
  readonly withPlayground: boolean;
}

export function pageOf(
  {
    path,
    html,
    sections,
  }: { readonly path: string; readonly html: string; readonly sections: readonly Section[] },
  { chapters, version, withPlayground }: ManualContext,
): string {
  const place = pagePath(path);
  const at = (target: string) => escaped(between(place, target));
  const named = chapters.flatMap((chapter) => chapter.pages).find(([page]) => page === path);
  const title = named?.[1] ?? sections[0]?.heading ?? path;
  const parent = parentOf(path, chapters);
  return `<!doctype html>
<html lang="en" data-root="${at("index.html").replace(/index\.html$/, "")}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} · dinc</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${at("manual.css")}">
<script defer src="${at("manual.js")}"></script>
${html.includes("<din-play") ? `<script type="module" src="${at("playground/din-play.js")}"></script>\n` : ""}</head>
<body>
<a class="skip" href="#text">To the text</a>
<header>
<a class="menu" href="#contents">Contents</a>
<a class="name" href="${at("index.html")}">dinc <small>${escaped(version)}</small></a>
<search hidden>
<input id="search" type="search" placeholder="Search" aria-label="Search the manual" aria-controls="found" autocomplete="off" spellcheck="false">
<div id="found" role="region" class="found" aria-label="What was found" hidden></div>
</search>
${withPlayground ? playgroundLinks(at("playground/index.html")) : ""}</header>
<div class="page">
<nav id="contents" class="contents" aria-label="Contents">
<a class="close" href="#text">Close</a>
${chapters.map((chapter) => chapterOf(chapter, parent?.[0] ?? path, path, at)).join("\n")}
</nav>
<main id="text">
${parent === null ? "" : `<p class="up"><a href="${at(pagePath(parent[0]))}">${escaped(parent[1])}</a></p>`}
${html}
${neighbours(path, chapters, at)}
</main>
${headings(sections)}
</div>
</body>
</html>
`;
}

function playgroundLinks(address: string): string {
  return `<a class="lessons" href="${address}#lesson">Lessons</a>\n<a class="play" href="${address}">Playground</a>\n`;
}

/**
 * For a page that is not in the contents, the page that leads to it: `docs/x.md` or the README of its folder.
 */
function parentOf(path: string, chapters: readonly Chapter[]): Chapter["pages"][number] | null {
  const pages = chapters.flatMap((chapter) => chapter.pages);
  if (pages.some(([page]) => page === path)) return null;
  const folder = posix.dirname(path);
  return pages.find(([page]) => page === `${folder}.md` || page === `${folder}/README.md`) ?? null;
}

/** `lit` is the highlighted page: this one, or the one that leads to it. */
function chapterOf(
  { title, pages }: Chapter,
  lit: string,
  path: string,
  at: (target: string) => string,
): string {
  const items = pages.map(([page, name]) => {
    const here = page === lit ? ` aria-current="${page === path ? "page" : "true"}"` : "";
    return `<li><a href="${at(pagePath(page))}"${here}>${escaped(name)}</a></li>`;
  });
  return `<h2>${escaped(title)}</h2>\n<ul>\n${items.join("\n")}\n</ul>`;
}

/** A page with more headings lists only the upper levels. */
const MOST_HEADINGS = 45;

/** Empty for a page with few headings. The first heading is the title. */
function headings(sections: readonly Section[]): string {
  const upTo = (depth: number) => sections.slice(1).filter((section) => section.depth <= depth);
  const shown = upTo(3).length > MOST_HEADINGS ? upTo(2) : upTo(3);
  if (shown.length < 2) return "";
  const top = Math.min(...shown.map(({ depth }) => depth));
  const items = shown.map(({ anchor, heading, depth }) => {
    const inner = depth > top ? ' class="inner"' : "";
    return `<li${inner}><a href="#${anchor}">${escaped(heading)}</a></li>`;
  });
  return `<nav class="here" aria-label="On this page">\n<h2>On this page</h2>\n<ul>\n${items.join("\n")}\n</ul>\n</nav>`;
}

function neighbours(path: string, chapters: readonly Chapter[], at: (target: string) => string): string {
  const pages = chapters.flatMap((chapter) => chapter.pages);
  const here = pages.findIndex(([page]) => page === path);
  if (here < 0) return "";
  const link = (page: Chapter["pages"][number] | undefined, relation: "prev" | "next", said: string) =>
    page === undefined
      ? "<span></span>"
      : `<a rel="${relation}" href="${at(pagePath(page[0]))}"><small>${said}</small>${escaped(page[1])}</a>`;
  return `<nav class="neighbours" aria-label="Before and after this page">${link(pages[here - 1], "prev", "Before")}${link(pages[here + 1], "next", "Next")}</nav>`;
}
