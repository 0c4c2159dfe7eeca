// Prints a page that ranks as one HTML file: its texts, its style, its script and the model as data. Pure: texts go in, a text
// comes out. The page's policy allows this one script and no request, so that names and values of a spec can start nothing.

import { escapeMarkup } from "../../common/markup.ts";
import { sha256 } from "../../serve/sha256.ts";
import { script, style } from "./browser.generated.ts";
import type { RankingPageData } from "./page-data.ts";
import { specMarkup } from "./spec-markup.ts";

export interface PrintedPage {
  readonly title: string;
  /** The documentation of the model; may be empty. */
  readonly doc: string;
  readonly spec: string;
  /** Facts about the training: each a name and its value. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly data: RankingPageData;
}

export function printPage({ title, doc, spec, facts, data }: PrintedPage): string {
  // The module is imported from memory, and its program of WebAssembly is compiled.
  const policy = `default-src 'none'; script-src '${digest(script)}' blob: 'wasm-unsafe-eval'; style-src '${digest(style)}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const rows = facts.map(
    ([name, value]) => `<tr><th scope="row">${escapeMarkup(name)}</th><td>${escapeMarkup(value)}</td></tr>\n`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="color-scheme" content="light dark">
<title>${escapeMarkup(title)}: a model that ranks</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<header>
<h1>${escapeMarkup(title)}</h1>
<p>${escapeMarkup(doc || "Ranks items for a user.")} The trained model is in this file: change a value, and it ranks again, without a network.</p>
</header>
<main>
<noscript><p>The model is a program of JavaScript, which this browser does not run here.</p></noscript>
<div id="ranking"></div>
<h2>The spec</h2>
<pre class="spec" tabindex="0"><code>${specMarkup(spec)}</code></pre>
<h2>How it was trained</h2>
<table class="facts">
${rows.join("")}</table>
</main>
<script type="application/json" id="data">${jsonInMarkup(data)}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}

/** No text in it can end the element of a script. */
function jsonInMarkup(data: RankingPageData): string {
  const plain = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);
  return JSON.stringify(data, plain).replaceAll("<", "\\u003c");
}

/** As a policy names a script. */
function digest(text: string): string {
  const bytes = (sha256(text).match(/../g) ?? []).map((digits) => Number.parseInt(digits, 16));
  return `sha256-${base64(Uint8Array.from(bytes))}`;
}

/** Divisible by 3, so that the pieces can be joined, and few enough to be arguments of one call. */
const PIECE = 3 * 2 ** 12;

export function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += PIECE)
    parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE))));
  return parts.join("");
}
