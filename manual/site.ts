// The manual as files of a static site, from the Markdown and the notebooks of the repository: the pages of the contents,
// and whatever they link to. A broken link is an error with its page and line, and then no site is written.
//
// VitePress would replace most of this folder from its version 2 on, which builds with Vite 8 as vitest does
// and has relative addresses (vuejs/vitepress#5406). On 2026-11-30 that is an alpha, 2.0.0-alpha.21. Version
// 1.6 brings a second Vite and works only below the path that it was built for.

import { readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { findEntry } from "../compiler/diagnostics/catalog/index.ts";
import { importedExample, renderPage as renderMessage } from "../compiler/tools/explain/reference.ts";
import { examinerOf } from "../compiler/tools/lint/lint.ts";
import { exampleAddress } from "../playground/page/address.ts";
import { linkOf } from "../playground/page/link.ts";
import { type Colours, coloursOf } from "./colours.ts";
import { type Chapter, contents } from "./contents.ts";
import { codeBlock, IMPORTS, renderPage, type Section } from "./markdown.ts";
import { markdownOf } from "./notebook.ts";
import { pageOf } from "./page.ts";
import { between, pagePath, targetOf } from "./page-links.ts";

export interface Site {
  /** By place: `docs/tour.html`. */
  readonly files: ReadonlyMap<string, string | Buffer>;
  /** `page:line: what is wrong with its link`. */
  readonly broken: readonly string[];
}

interface Link {
  readonly from: string;
  readonly href: string;
  readonly path: string;
  readonly anchor: string | null;
}

interface Page {
  readonly path: string;
  readonly html: string;
  readonly sections: readonly Section[];
}

/** Paths that must not be shown. */
const HIDDEN = /^(?:node_modules|dist|\.git)(?:\/|$)|(?:^|\/)\.\.(?:\/|$)/;
const PLAYGROUND = "playground/index.html";
const MESSAGES = "docs/diagnostics";
/** The list of all messages, which have pages of their own. */
const LIST_OF_MESSAGES = `${MESSAGES}.md`;

export interface SiteOptions {
  readonly chapters?: readonly Chapter[];
  /** Whether the playground is built below it. Otherwise no page links to it. */
  readonly withPlayground?: boolean;
}

export async function siteOf(
  root: string,
  { chapters = contents, withPlayground = true }: SiteOptions = {},
): Promise<Site> {
  const maker = new Maker(root, await coloursOf(root), withPlayground);
  for (const [path] of chapters.flatMap(({ pages }) => pages)) maker.want(path);
  const pages = await maker.pages();
  const files = new Map<string, string | Buffer>(maker.pictures);
  for (const page of pages.values())
    files.set(pagePath(page.path), pageOf(page, { chapters, withPlayground, version: maker.version }));
  files.set("search.js", searchIndex([...pages.values()], chapters));
  return { files, broken: maker.broken(pages) };
}

class Maker {
  readonly #root: string;
  readonly #colours: Colours;
  readonly version: string;
  readonly #withPlayground: boolean;
  readonly #wanted = new Set<string>();
  readonly #links: Link[] = [];
  readonly #missing = new Set<string>();
  readonly pictures = new Map<string, Buffer>();

  constructor(root: string, colours: Colours, withPlayground: boolean) {
    this.#root = root;
    this.#withPlayground = withPlayground;
    this.#colours = colours;
    const { version }: { readonly version: string } = JSON.parse(
      readFileSync(join(root, "package.json"), "utf8"),
    );
    this.version = version;
  }

  want(path: string): void {
    this.#wanted.add(path);
  }

  /** The set grows during the loop, because linked pages are added to it. */
  async pages(): Promise<ReadonlyMap<string, Page>> {
    const pages = new Map<string, Page>();
    for (const path of this.#wanted) {
      const at = join(this.#root, path);
      if (/\.(?:svg|webp)$/.test(path)) this.pictures.set(path, readFileSync(at));
      else if (/\.(?:md|ipynb)$/.test(path)) pages.set(path, await this.#document(path));
      else pages.set(path, await this.#source(path));
    }
    return pages;
  }

  /** The address of a link's target, which is then added to the site. */
  #address(page: string, href: string): string {
    const target = targetOf(page, href);
    if (target.kind === "elsewhere") return href;
    const path = this.#fileOf(target.path);
    this.#links.push({ from: page, href, path: path ?? target.path, anchor: target.anchor });
    if (path === null) {
      this.#missing.add(target.path);
      return href;
    }
    this.want(path);
    const anchor = target.anchor === null ? "" : `#${target.anchor}`;
    return path === page && anchor !== "" ? anchor : `${between(pagePath(page), pagePath(path))}${anchor}`;
  }

  /** The Markdown of a file, or of the generated page of a message. */
  #text(path: string): string {
    const entry = entryOf(path);
    if (entry === null) {
      const text = readFileSync(join(this.#root, path), "utf8");
      return path.endsWith(".ipynb") ? markdownOf(text) : text;
    }
    return renderMessage(entry, examinerOf(entry, { resolve: importedExample }));
  }

  #message(page: string, code: string): string | null {
    const path = `${MESSAGES}/${code}.md`;
    if (path === page || this.#fileOf(path) === null) return null;
    this.want(path);
    return between(pagePath(page), pagePath(path));
  }

  /** A folder means its README. */
  #fileOf(path: string): string | null {
    if (HIDDEN.test(path)) return null;
    if (entryOf(path) !== null) return path;
    try {
      if (!statSync(join(this.#root, path)).isDirectory()) return path;
    } catch {
      return null;
    }
    return this.#fileOf(posix.join(path, "README.md"));
  }

  async #document(path: string): Promise<Page> {
    const { html, sections } = await renderPage(this.#text(path), {
      colours: this.#colours,
      address: (href) => this.#address(path, href),
      message: (code) => this.#message(path, code),
      playground: (spec) => this.#playground(path, spec),
      unsearched: new Set(isMessage(path) ? ["din", "diff"] : []),
    });
    return { path, html, sections };
  }

  async #source(path: string): Promise<Page> {
    const text = readFileSync(join(this.#root, path), "utf8").trimEnd();
    const language =
      /\.(\w+)$/
        .exec(path)?.[1]
        ?.replace(/^m?([jt]s)$/, "$1")
        .replace("yml", "yaml") ?? "";
    const isSpec = language === "din" && !IMPORTS.test(text);
    const open = isSpec ? await this.#playgroundOf(path, text) : null;
    const html = `<h1 id="file">${path}</h1>\n${codeBlock(text, language, this.#colours, open)}`;
    return { path, html, sections: [{ anchor: "file", heading: path, depth: 1, words: "" }] };
  }

  /** A model of the zoo opens with rows that have its features. */
  async #playgroundOf(path: string, text: string): Promise<string | null> {
    const [, name] = /^examples\/zoo\/(\w+)\.din$/.exec(path) ?? [];
    if (name === undefined || !this.#withPlayground) return this.#playground(path, text);
    return between(pagePath(path), PLAYGROUND) + exampleAddress(name);
  }

  async #playground(page: string, spec: string): Promise<string | null> {
    if (!this.#withPlayground) return null;
    const hash = await linkOf({ spec: `${spec.trimEnd()}\n`, seed: 7, tab: "", version: this.version });
    return between(pagePath(page), PLAYGROUND) + hash;
  }

  broken(pages: ReadonlyMap<string, Page>): string[] {
    return this.#links.flatMap(({ from, href, path, anchor }) => {
      const problem = this.#problemOf(path, anchor, pages);
      return problem === null ? [] : [`${from}:${this.#lineOf(from, href)}: \`${href}\` ${problem}`];
    });
  }

  #problemOf(path: string, anchor: string | null, pages: ReadonlyMap<string, Page>): string | null {
    if (this.#missing.has(path)) return "is not there";
    if (anchor === null) return null;
    const has = pages.get(path)?.sections.some((section) => section.anchor === anchor) ?? false;
    return has ? null : "has no such heading";
  }

  #lineOf(path: string, href: string): number {
    const lines = this.#text(path).split("\n");
    return lines.findIndex((line) => line.includes(`](${href})`) || line.includes(`"${href}"`)) + 1;
  }
}

/**
 * The search weight of a section relative to one of the contents, so that guides come before hundreds of
 * messages.
 */
const OF_MESSAGE = 0.04;
const OF_OTHER = 0.3;

/** Whether it is the page of a message, or the list of them. */
function isMessage(path: string): boolean {
  return path === LIST_OF_MESSAGES || entryOf(path) !== null;
}

function entryOf(path: string): ReturnType<typeof findEntry> {
  return path.startsWith(`${MESSAGES}/`) ? findEntry(posix.basename(path, ".md")) : null;
}

/** The search index as a script, because a page opened from disk may load only scripts. */
function searchIndex(pages: readonly Page[], chapters: readonly Chapter[]): string {
  const named = new Map(
    chapters.flatMap(({ pages }) => pages.map(([path, name, weight = 1]) => [path, { name, weight }])),
  );
  const rows = pages.flatMap(({ path, sections }, page) =>
    sections.map(({ anchor, heading, depth, words }) => {
      const searched = path === LIST_OF_MESSAGES ? "" : words;
      return [page, depth === 1 ? "" : anchor, heading, searched];
    }),
  );
  const titles = pages.map(({ path, sections }) => [
    pagePath(path),
    named.get(path)?.name ?? sections[0]?.heading ?? path,
    isMessage(path) ? OF_MESSAGE : (named.get(path)?.weight ?? OF_OTHER),
  ]);
  return `self.dincManual = ${JSON.stringify({ pages: titles, sections: rows })};\n`;
}
