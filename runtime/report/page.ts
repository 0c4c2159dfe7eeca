// Lays out a report: sections, figures, tables and the only style sheet. Colours follow the light or dark
// scheme, widths follow the screen, and the page prints well.

import type { Split } from "../../compiler/train/score.ts";
import { html, Markup } from "./markup.ts";

export function page(title: string, body: readonly Markup[], kind = "training report"): string {
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}: ${kind}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
  return text;
}

export function section(id: string, title: string, ...parts: readonly Markup[]): Markup {
  return html`<section id="${id}">
<h2>${title}</h2>
${parts}
</section>`;
}

export function paragraph(...parts: readonly (string | Markup)[]): Markup {
  return html`<p>${parts.map((part) => html`${part}`)}</p>`;
}

export const splitWords: Readonly<Record<Split, string>> = {
  train: "training",
  valid: "validation",
  test: "test",
};

/** A chart below its title. */
export function panel(title: string, body: Markup, kind: "wide" | "small" | "half" = "half"): Markup {
  return html`<div class="panel ${kind}"><h3>${title}</h3>${body}</div>`;
}

/** Panels next to each other, as many as fit, with a common caption. */
export function figure(panels: readonly Markup[], ...caption: readonly (string | Markup)[]): Markup {
  if (panels.length === 0) return html``;
  return html`<figure>
<div class="panels">
${panels}
</div>
<figcaption>${caption.map((part) => html`${part}`)}</figcaption>
</figure>`;
}

/** The first column is left-aligned, numbers are right-aligned. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): Markup {
  const cells = (tag: "th" | "td", texts: readonly string[]) =>
    texts.map((text) => (tag === "th" ? html`<th scope="col">${text}</th>` : html`<td>${text}</td>`));
  return html`<div class="scroll"><table>
<thead><tr>${cells("th", head)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${cells("td", row)}</tr>`)}
</tbody>
</table></div>`;
}

const STYLE = Markup.trusted(`
:root {
  color-scheme: light dark;
  --page: #fff; --ink: #1a1c1f; --quiet: #5a6068; --rule: #dfe2e6; --shade: #0002; --first: #1f5fa8; --second: #b4480f;
  --serif: Charter, "Bitstream Charter", "Iowan Old Style", "Source Serif 4", Cambria, Georgia, serif;
  --sans: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Open Sans", "DejaVu Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root { --page: #14171b; --ink: #e4e6e9; --quiet: #a0a7b0; --rule: #31363d; --shade: #000c; --first: #7db0ee; --second: #f0995e; }
}
* { box-sizing: border-box; }
html { background: var(--page); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { margin: 0; font: 17px/1.5 var(--serif); overflow-wrap: anywhere; }
main { max-width: 744px; margin: 0 auto; padding: 56px 14px 72px; counter-reset: figure; }
h1 { font-size: 34px; line-height: 1.15; font-weight: 600; margin: 0 0 6px; }
h2 { font-size: 22px; line-height: 1.25; font-weight: 600; margin: 52px 0 10px; padding-top: 14px; border-top: 1px solid var(--rule); }
h3 { font: 600 12.5px/1.4 var(--sans); margin: 0 0 4px; }
p { margin: 0 0 12px; max-width: 40em; }
.kind { font: 600 12px/1.4 var(--sans); letter-spacing: .08em; text-transform: uppercase; color: var(--quiet); margin: 0 0 10px; }
.lead { font-size: 19px; }
.facts, .none, .keys { font: 13px/1.5 var(--sans); color: var(--quiet); }
dl { display: grid; grid-template-columns: fit-content(45%) minmax(0, 1fr); gap: 3px 18px; margin: 16px 0; font: 13px/1.5 var(--sans); }
dt { color: var(--quiet); } dd { margin: 0; }
/* Shadows say where there is more beside what is shown (Lea Verou, 2012). */
.scroll { overflow-x: auto; margin: 0 0 14px; background:
  linear-gradient(to right, var(--page) 30%, transparent) 0 0 / 40px 100% no-repeat local,
  linear-gradient(to left, var(--page) 30%, transparent) 100% 0 / 40px 100% no-repeat local,
  linear-gradient(to right, var(--shade), transparent) 0 0 / 10px 100% no-repeat scroll,
  linear-gradient(to left, var(--shade), transparent) 100% 0 / 10px 100% no-repeat scroll; }
table { border-collapse: collapse; font: 13px/1.5 var(--sans); font-variant-numeric: tabular-nums; border-top: 1.5px solid var(--ink); border-bottom: 1.5px solid var(--ink); overflow-wrap: normal; }
th { font-weight: 600; border-bottom: .75px solid var(--ink); }
th, td { padding: 3px 0 3px 16px; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { padding-left: 0; text-align: left; }
figure { margin: 18px 0 26px; break-inside: avoid; }
figcaption { font: 13px/1.5 var(--sans); color: var(--quiet); margin-top: 10px; max-width: 56em; }
figcaption::before { counter-increment: figure; content: "Figure " counter(figure) ". "; font-weight: 600; color: var(--ink); }
.panels { display: flex; flex-wrap: wrap; gap: 22px 28px; }
.panel { max-width: 100%; break-inside: avoid; }
.panel.half { width: 340px; } .panel.small { width: 220px; align-self: flex-end; } .panel.wide { width: 100%; }
.pair { display: flex; flex-wrap: wrap; gap: 16px 28px; align-items: flex-start; width: 100%; }
.pair .scroll { max-width: 100%; } .pair table { font-size: 12px; }
.pair th:not(:first-child), .pair td:not(:first-child) { padding-left: 12px; }
.joined { display: flex; } .joined .plot { flex: 0 1 auto; min-width: 0; }
.plot { display: block; max-width: 100%; height: auto; overflow: visible; color: var(--ink); }
.plot text { font: 11px/1 var(--sans); font-variant-numeric: tabular-nums; white-space: pre; }
.narrow { display: none; }
@media (min-width: 1120px) { #network .scroll { width: calc(100vw - 60px); margin-left: calc(50% - 50vw + 30px); } }
@media (max-width: 719px) {
  main { padding-top: 32px; }
  h1 { font-size: 28px; }
  .broad { display: none; } .narrow { display: block; }
}
.keys { margin: 0 0 2px; line-height: 1.4; }
.keys .key { display: block; color: var(--ink); padding-left: 16px; text-indent: -16px; }
.keys .key::before { content: ""; display: inline-block; width: 7px; height: 7px; border-radius: 50%; margin: 0 7px 1px 2px; text-indent: 0; }
.keys .first::before { background: var(--first); }
.keys .second::before { border: 1.7px solid var(--second); width: 8px; height: 8px; margin-right: 6px; }
code { font: .86em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.network { display: block; max-width: 100%; height: auto; margin: 0 auto; }
.fit { font: 13px/1.5 var(--sans); color: var(--quiet); margin: 0 0 8px; }
.fit input { margin: 0 6px 0 0; vertical-align: middle; }
.fit:has(:checked) ~ .scroll .network { min-width: 0 !important; }
.network.network .page { fill: none; }
@media print {
  :root { --page: #fff; --ink: #000; --quiet: #444; --rule: #ccc; --first: #1f5fa8; --second: #b4480f; }
  body { font-size: 10.5pt; } main { max-width: none; padding: 0; }
  h2 { break-after: avoid; } .fit { display: none; } .network { min-width: 0 !important; } .scroll { overflow: visible; background: none; }
  th, td { white-space: normal; overflow-wrap: anywhere; } table { font-size: 8.5pt; }
}
`);
