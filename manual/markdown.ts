// Turns a Markdown file into the content of a page: headings with anchors, tables that scroll on their own,
// coloured code, twins of commands and Python side by side, and links as the caller writes them. It also returns
// the plain text for the search.

import { Marked, type Token, type Tokens } from "marked";
import type { Colours } from "./colours.ts";
import { Anchors, escaped } from "./page-links.ts";
import { isTwins, languageOf, withTwins } from "./twins.ts";

/** A heading, and the text below it up to the next one. */
export interface Section {
  readonly anchor: string;
  readonly heading: string;
  readonly depth: number;
  readonly words: string;
}

export interface RenderedPage {
  readonly html: string;
  readonly sections: readonly Section[];
}

export interface Writing {
  readonly colours: Colours;
  /** The address for a link or a picture of the file. */
  readonly address: (href: string) => string;
  /** The address of the page about a code such as DIN0220; null if there is none. */
  readonly message: (code: string) => string | null;
  /** The address that opens a spec in the playground; null if there is none. */
  readonly playground: (spec: string) => Promise<string | null>;
  /** Languages whose code is left out of the search. */
  readonly unsearched: ReadonlySet<string>;
}

/** Matches a spec that imports files, in a line such as `import "blocks.din"`. */
export const IMPORTS = /^import /m;

export async function renderPage(markdown: string, writing: Writing): Promise<RenderedPage> {
  const tokens = new Marked({ gfm: true }).lexer(markdown);
  const anchors = new Anchors();
  const anchorOf = new Map<Token, string>();
  const sections: { anchor: string; heading: string; depth: number; words: string }[] = [];
  for (const token of tokens) {
    if (token.type === "heading") {
      const heading = plain(token);
      anchorOf.set(token, anchors.of(heading));
      sections.push({ anchor: anchorOf.get(token)!, heading, depth: token["depth"], words: "" });
    } else if (!(token.type === "code" && writing.unsearched.has(languageOf(token["lang"])))) {
      const section = sections.at(-1);
      if (section !== undefined) section.words += ` ${plain(token)}`;
    }
  }
  // A spec with imports is incomplete without them.
  const isWhole = ({ lang, text }: Tokens.Code) => lang === "din" && !IMPORTS.test(text);
  const specs = [...codeOf(tokens)].filter(isWhole).map(({ text }) => text);
  const opened = new Map(
    await Promise.all(specs.map(async (spec) => [spec, await writing.playground(spec)] as const)),
  );
  const html = writer(writing, anchorOf, opened).parser(withTwins(tokens));
  return {
    html,
    sections: sections.map((section) => ({
      ...section,
      words: section.words.replaceAll(/\s+/g, " ").trim(),
    })),
  };
}

function writer(
  { colours, address, message }: Writing,
  anchorOf: ReadonlyMap<Token, string>,
  opened: ReadonlyMap<string, string | null>,
): Marked {
  // A code within a link or a heading does not become a link.
  let isPlain = false;
  const plainly = (write: () => string): string => {
    const before = isPlain;
    isPlain = true;
    const html = write();
    isPlain = before;
    return html;
  };
  const linked = (html: string): string =>
    isPlain
      ? html
      : html.replaceAll(/\bDIN\d{4}\b/g, (code) => {
          const page = message(code);
          return page === null ? code : `<a href="${escaped(page)}">${code}</a>`;
        });
  return new Marked({
    gfm: true,
    extensions: [
      {
        name: "twins",
        // The script of the page shows one of them at a time.
        renderer(token) {
          if (!isTwins(token)) return false;
          const twin = (name: string, blocks: Token[]) =>
            `<div class="twin"><p>${name}</p>\n${this.parser.parse(blocks)}</div>\n`;
          return `<div class="twins">\n${twin("Command line", token.commands)}${twin("Python", token.python)}</div>\n`;
        },
      },
    ],
    renderer: {
      heading(token) {
        const { depth, tokens } = token;
        const inner = plainly(() => this.parser.parseInline(tokens));
        const anchor = anchorOf.get(token) ?? "";
        const place =
          depth === 1 ? "" : ` <a class="place" href="#${anchor}" aria-label="Link to this section">#</a>`;
        return `<h${depth} id="${anchor}">${inner}${place}</h${depth}>\n`;
      },
      code({ text, lang = "" }) {
        return codeBlock(text, languageOf(lang), colours, opened.get(text) ?? null, lang.split(" ")[1] ?? "");
      },
      link({ href, tokens }) {
        return `<a href="${escaped(address(href))}">${plainly(() => this.parser.parseInline(tokens))}</a>`;
      },
      text(token) {
        if ("tokens" in token && token.tokens) return this.parser.parseInline(token.tokens);
        if ("escaped" in token && token.escaped) return linked(token.text);
        // In Markdown, `&lt;` is one character too.
        return linked(escaped(token.text).replaceAll(/&amp;(#?\w+;)/g, "&$1"));
      },
      codespan({ text }) {
        return `<code>${linked(escaped(text))}</code>`;
      },
      image({ href, text }) {
        return `<img src="${escaped(address(href))}" alt="${escaped(text)}">`;
      },
      html({ text }) {
        return text
          .replaceAll(/<!--[\s\S]*?-->/g, "")
          .replaceAll(
            /\b(href|src)="([^"]*)"/g,
            (_, name: string, href: string) => `${name}="${escaped(address(href))}"`,
          );
      },
      table({ header, rows }) {
        const line = (cells: readonly Tokens.TableCell[], tag: "th" | "td") =>
          `<tr>${cells.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join("")}</tr>\n`;
        const head = header.some(({ text }) => text !== "") ? `<thead>${line(header, "th")}</thead>` : "";
        const body = rows.map((row) => line(row, "td")).join("");
        return `<div class="wide"><table>${head}<tbody>${body}</tbody></table></div>\n`;
      },
    },
  });
}

/** Words after a language that are no names of files. */
const MARKS: ReadonlySet<string> = new Set(["fragment", "twin"]);

/** A block of code; `name` is its file name. */
export function codeBlock(
  text: string,
  language: string,
  colours: Colours,
  playground: string | null,
  name = "",
): string {
  const said = name === "" || MARKS.has(name) ? "" : `<figcaption>${escaped(name)}</figcaption>`;
  const code = `<pre><code>${colours(text, language)}</code></pre>`;
  if (playground === null) return `<figure class="code">${said}${code}</figure>\n`;
  // Without scripts, the text and the link are there too.
  const open = `<a class="open" slot="open" href="${escaped(playground)}">Open in the playground</a>`;
  return `<figure class="code">${said}<din-play lazy>${code}${open}</din-play></figure>\n`;
}

function* codeOf(tokens: readonly Token[]): Iterable<Tokens.Code> {
  for (const token of tokens) {
    if (token.type === "code") yield token as Tokens.Code;
    if (token.type === "list") for (const item of (token as Tokens.List).items) yield* codeOf(item.tokens);
  }
}

/** The visible text, without Markdown's markup. */
function plain(token: Token): string {
  if (token.type === "html") return "";
  if (token.type === "list") return (token as Tokens.List).items.map(plain).join(" ");
  if (token.type === "table") {
    const { header, rows } = token as Tokens.Table;
    const cell = ({ tokens }: Tokens.TableCell) => tokens.map(plain).join("");
    return [header, ...rows].map((row) => row.map(cell).join(" ")).join(" ");
  }
  if ("tokens" in token && token.tokens !== undefined) return token.tokens.map(plain).join("");
  return "text" in token ? String(token["text"]) : "";
}
