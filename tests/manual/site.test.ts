// The manual as a site: no link leads nowhere, every page of docs/ is in it, each spec is sound and opens in
// the playground as it is shown, nothing asks another host for anything, and the search finds the page that
// answers a question, in the reader's words.

import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { runInNewContext } from "node:vm";
import { lexer } from "marked";
import { parse } from "parse5";
import { beforeAll, describe, expect, test } from "vitest";
import { catalog } from "../../compiler/diagnostics/catalog/index.ts";
import { check, format, render, sourceFile } from "../../compiler/index.ts";
import { contents } from "../../manual/contents.ts";
import { type Index, type SearchResult, searchOf } from "../../manual/page/search.ts";
import { pagePath } from "../../manual/page-links.ts";
import { type Site, siteOf } from "../../manual/site.ts";
import { withTwins } from "../../manual/twins.ts";
import { readLink } from "../../playground/page/link.ts";
import { root } from "../cli/spawn.ts";
import { queries } from "./queries.ts";

interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
}

let site: Site;
/** By place: the elements of each page. */
let pages: ReadonlyMap<string, readonly Element[]>;
beforeAll(async () => {
  site = await siteOf(root);
  pages = new Map(
    [...site.files]
      .filter(([place]) => place.endsWith(".html"))
      .map(([place, html]) => [place, elementsOf(String(html))]),
  );
});

interface Node {
  readonly tagName?: string;
  readonly attrs?: readonly { readonly name: string; readonly value: string }[];
  readonly childNodes?: readonly Node[];
}

function elementsOf(html: string): Element[] {
  const found: Element[] = [];
  const visit = ({ tagName, attrs = [], childNodes = [] }: Node) => {
    const attributes = Object.fromEntries(attrs.map(({ name, value }) => [name, value]));
    if (tagName !== undefined) found.push({ tag: tagName, attributes });
    childNodes.forEach(visit);
  };
  visit(parse(html) as Node);
  return found;
}

test("no link of the repository's pages leads nowhere", () => {
  expect(site.broken).toEqual([]);
});

test("a link to nothing is told with its page and line", async () => {
  const path = "tests/manual/broken/page.md";
  const { broken } = await siteOf(root, { chapters: [{ title: "Broken", pages: [[path, "Broken"]] }] });
  expect(broken).toEqual([
    `${path}:3: \`nowhere.md\` is not there`,
    `${path}:3: \`page.md#nothing-here\` has no such heading`,
    `${path}:5: \`gone.svg\` is not there`,
    `${path}:9: \`../../../../secret.md\` is not there`,
  ]);
});

test("where it is built without the playground, no page leads there", async () => {
  const paths = ["docs/ideas.md", "examples/zoo/fm.din"] as const;
  const chapters = [{ title: "Specs", pages: paths.map((path) => [path, path] as const) }];
  const leads = async (withPlayground: boolean) => {
    const { files } = await siteOf(root, { chapters, withPlayground });
    return paths.map((path) => String(files.get(pagePath(path))).includes("playground/index.html"));
  };
  expect([await leads(true), await leads(false)]).toEqual([
    [true, true],
    [false, false],
  ]);
});

test("every document and every message is in it", () => {
  const files = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
  const names = files.filter((name) => name.endsWith(".md"));
  expect(names.length).toBeGreaterThan(20);
  const documents = [...names, ...catalog.map(({ code }) => `diagnostics/${code}.md`)].map((name) =>
    pagePath(`docs/${name}`),
  );
  expect(documents.filter((place) => !pages.has(place))).toEqual([]);
});

test("a notebook is a page with its texts, its code and what it prints", () => {
  const page = String(site.files.get("examples/notebooks/1-first-model.ipynb.html"));
  expect(page).toContain('<h1 id="a-first-model">');
  expect(page).toContain("dinc.Model(text)");
  expect(page).toContain("DIN0220");
  expect(page).toContain('href="2-own-log.ipynb.html"');
});

test("what pages name is in the site, by addresses that work below any path", () => {
  const made = new Set([
    ...site.files.keys(),
    "manual.css",
    "manual.js",
    "playground/index.html",
    "playground/din-play.js",
  ]);
  const wrong = [...pages].flatMap(([place, elements]) => {
    const ids = new Set(elements.map(({ attributes }) => attributes["id"]));
    return elements
      .flatMap(({ tag, attributes: { href, src } }) => (tag === "a" || !href ? [src ?? href] : [href]))
      .filter((address) => address !== undefined && !/^(?:https?|data):/.test(address))
      .filter((address) => {
        const [file = "", anchor = ""] = address!.split("#");
        if (file === "") return !ids.has(anchor);
        return !made.has(posix.join(posix.dirname(place), file));
      })
      .map((address) => `${place}: ${address}`);
  });
  expect(wrong).toEqual([]);
});

test("no page loads from another host, or needs what its policy forbids", () => {
  const wrong = [...pages].flatMap(([place, elements]) =>
    elements
      .filter(({ tag, attributes }) => {
        const names = Object.keys(attributes);
        const loads = tag === "a" ? "" : (attributes["src"] ?? attributes["href"] ?? "");
        const isInline = tag === "style" || (tag === "script" && attributes["src"] === undefined);
        return (
          /^https?:/.test(loads) ||
          isInline ||
          names.some((name) => name === "style" || name.startsWith("on"))
        );
      })
      .map(({ tag }) => `${place}: ${tag}`),
  );
  expect(wrong).toEqual([]);
  for (const [place, content] of site.files)
    if (place.endsWith(".svg"))
      expect(String(content), place).not.toMatch(/(?:href|src)="https?:|@import|url\(http/);
});

test("a code that a page names leads to the page about it, and that page back to all messages", () => {
  const hrefs = (place: string) => pages.get(place)!.map(({ attributes }) => attributes["href"]);
  expect(hrefs("grammar/SPEC.html")).toContain("../docs/diagnostics/DIN0886.html");
  const [up] = pages
    .get("docs/diagnostics/DIN0886.html")!
    .filter(({ attributes }) => attributes["aria-current"]);
  expect(up!.attributes).toMatchObject({ href: "../diagnostics.html", "aria-current": "true" });
});

test("a step that is told as commands and in Python is one pair, with the output of each", () => {
  const page =
    "```din\na\n```\n\n```sh\nb\n```\n```text\nc\n```\n```python twin\nd\n```\n```text\ne\n```\n\nf\n";
  expect(withTwins(lexer(page))).toMatchObject([
    { text: "a" },
    { type: "twins", commands: [{ text: "b" }, { text: "c" }], python: [{ text: "d" }, { text: "e" }] },
    { text: "f" },
  ]);
  expect(() => withTwins(lexer("text\n\n```python twin\nd\n```\n"))).toThrow("without commands");
});

test("pictures are drawn, and say what they show", () => {
  const pictures = [...pages.values()].flat().filter(({ tag }) => tag === "img");
  expect(pictures.length).toBeGreaterThanOrEqual(6);
  for (const { attributes } of pictures) expect(attributes["alt"]!.length).toBeGreaterThan(20);
});

describe("specs", () => {
  const shown = contents
    .flatMap(({ pages }) => pages.map(([path]) => path))
    .filter((path) => path.endsWith(".md"))
    .flatMap((path) =>
      [...readFileSync(join(root, path), "utf8").matchAll(/^```din\n([\s\S]*?)^```$/gm)].map(
        ([, spec], i) => [`${path}, spec ${i + 1}`, path, spec!] as const,
      ),
    );

  const opened = new Map<string, Promise<(string | undefined)[]>>();
  /** The specs that the links of a page open. */
  const openedFrom = (place: string) => {
    const links = () =>
      pages
        .get(place)!
        .filter(({ attributes }) => attributes["class"] === "open")
        .map(async ({ attributes }) => (await readLink(`#${attributes["href"]!.split("#")[1]}`))?.spec);
    const before = opened.get(place) ?? Promise.all(links());
    opened.set(place, before);
    return before;
  };

  test("there are many", () => {
    expect(shown.length).toBeGreaterThan(60);
  });

  test.each(shown)("%s is sound and formatted", (_, path, spec) => {
    const file = sourceFile(path, spec);
    expect(render(check(file).diagnostics, "pretty")).toBe("");
    expect(format(file).value).toBe(spec);
  });

  test.each(shown)("%s opens in the playground as it is shown", async (_, path, spec) => {
    expect(await openedFrom(pagePath(path))).toContain(spec);
  });

  test("of messages too, with their mistakes", async () => {
    const [spec] = await openedFrom("docs/diagnostics/DIN0220.html");
    const { diagnostics } = check(sourceFile("linked.din", spec!));
    expect(diagnostics.map(({ code }) => code)).toContain("DIN0220");
  });
});

describe("the search", () => {
  let search: (query: string) => SearchResult[];
  beforeAll(() => {
    const page: { dincManual?: Index } = {};
    runInNewContext(String(site.files.get("search.js")), { self: page });
    search = searchOf(page.dincManual!);
  });
  const pagesOf = (query: string) => search(query).map(({ place }) => place.replace(/\.html(?:#.*)?$/, ""));

  test("of 40 natural queries at least 36 find their page among the first three, and each finds something", () => {
    expect(queries.length).toBe(40);
    const missed = queries.filter(([query, ...pages]) => {
      const found = pagesOf(query);
      expect(found, query).not.toEqual([]);
      return !found.slice(0, 3).some((page) => pages.includes(page));
    });
    expect(missed.length, missed.map(([query]) => query).join(", ")).toBeLessThanOrEqual(4);
  });

  test.each([
    ["DIN0220", "docs/diagnostics/DIN0220.html"],
    ["binding-width-conflict", "docs/diagnostics/DIN0220.html"],
    ["dinc calibrate", "docs/commands.html#dinc-calibrate"],
    ["position of the click", "docs/cookbook.html#13-take-the-position-out-of-the-click"],
    [
      "batch_norm dropout",
      expect.stringMatching(/^(?:grammar\/SPEC|docs\/migration|docs\/side-by-side)\.html/),
    ],
    ["esmm", expect.stringContaining("esmm")],
  ])("%s", (words, place) => {
    expect(search(words)[0]?.place).toEqual(place);
  });

  describe("finds the same", () => {
    test.each([
      [
        "in British and in American spelling",
        "normalisation behaviour labelled",
        "normalization behavior labeled",
      ],
      ["for every form of a word", "calibrated probabilities", "calibrate probability"],
      ["in either case", "click-through RATE", "Click-Through rate"],
    ])("%s", (_, one, other) => {
      expect(pagesOf(one).length).toBeGreaterThan(2);
      expect(pagesOf(one)).toEqual(pagesOf(other));
    });

    test.each([
      ["CTR", "click-through rate"],
      ["target item", "candidate"],
      ["behavior sequence", "history"],
      ["deploy", "serve"],
      ["typescipt", "typescript"],
    ])("page first for %s as for %s", (one, other) => {
      const [first] = pagesOf(other);
      expect(pagesOf(one).slice(0, 4)).toContain(first);
    });
  });

  test("guides come before messages", () => {
    for (const query of ["learning rate", "batch size", "dropout", "l2", "timestamp"])
      expect(pagesOf(query).slice(0, 3).join(" "), query).not.toContain("DIN");
  });

  test("what is found is shown in its text", () => {
    const [found] = search("early stop validation");
    const marked = found!.excerpt.filter(({ isFound }) => isFound).map(({ text }) => text.toLowerCase());
    expect(marked.length).toBeGreaterThan(0);
    for (const word of marked) expect(word).toMatch(/^(?:earl|stop|valid|hold|held|row)/);
  });

  test("of nothing is nothing", () => {
    for (const query of ["  ", "zweihundert", "[(*"]) expect(search(query), query).toEqual([]);
  });
});
