// Draws a network as one SVG file, without scripts or external content, with colours for light and dark. Text
// is data: it is escaped, and signs that reverse a line are removed.

import { largest } from "../../common/arrays.ts";
import { escapeMarkup } from "../../common/markup.ts";
import { printable } from "../../diagnostics/render/display.ts";
import { type Drawing, type DrawnNode, isInput, type ValueTime } from "./drawing.ts";
import { layered, type PositionedBox, type Route } from "./layered.ts";
import { clipped, columnsOf, knownWords, shapeWords } from "./words.ts";

const MARGIN = 28;
const LINE = 17;
const PADDING = 14;
const ROUND = 16;
/** Widths in pixels of a character of the bold sans-serif and of the fixed-width text. */
const NAME_SIGN = 8.6;
const CODE_SIGN = 6.9;
const HEAD = 62;
const LEGEND_ROW = 24;

const KNOWN: readonly ValueTime[] = ["request", "history", "candidate", "candidate_history"];

interface Colours {
  readonly fill: string;
  readonly line: string;
}

interface Theme {
  readonly page: string;
  readonly text: string;
  readonly quiet: string;
  readonly known: Readonly<Record<ValueTime, Colours>>;
}

const LIGHT: Theme = {
  page: "#ffffff",
  text: "#1c2430",
  quiet: "#5d6978",
  known: {
    request: { fill: "#e8f0fe", line: "#3568c9" },
    history: { fill: "#f1e9fd", line: "#7f4fd0" },
    candidate: { fill: "#e2f5e9", line: "#237a4b" },
    candidate_history: { fill: "#fff0dc", line: "#a85f08" },
  },
};

const DARK: Theme = {
  page: "#0f141b",
  text: "#e8edf4",
  quiet: "#9aa8b8",
  known: {
    request: { fill: "#17263f", line: "#6d9df0" },
    history: { fill: "#281c40", line: "#b18bf2" },
    candidate: { fill: "#12301f", line: "#58c48a" },
    candidate_history: { fill: "#3b280f", line: "#f0a648" },
  },
};

interface Line {
  readonly role: "name" | "code" | "type";
  readonly text: string;
}

export function svgOf(drawing: Drawing): string {
  const index = new Map(drawing.nodes.map(({ id }, i) => [id, i]));
  const texts = drawing.nodes.map(linesOf);
  const boxes = texts.map((lines, i) => ({
    // Inputs have round ends, which take up some of their width.
    width: Math.ceil(largest(lines.map(widthOf)) + 2 * PADDING + (isInput(drawing.nodes[i]!) ? ROUND : 0)),
    height: lines.length * LINE + 14,
  }));
  const edges = drawing.edges.map(({ from, to }) => [index.get(from)!, index.get(to)!] as const);
  const layout = layered(boxes, edges, { between: 22, layers: 40 });
  const used = KNOWN.filter((known) => drawing.nodes.some((node) => node.known === known));
  const legend = legendOf(used);
  const inner = Math.max(layout.width, legend.width, NAME_SIGN * 1.3 * columnsOf(drawing.model));
  const [width, height] = [inner + 2 * MARGIN, HEAD + layout.height + MARGIN + legend.height + MARGIN];
  const shift = MARGIN + (inner - layout.width) / 2;
  const about = clipped(drawing.doc.replaceAll("\n", " "), Math.max(20, Math.floor(inner / 6.4)));
  return [
    `<svg class="network" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" role="img">`,
    `<title>${escaped(`The network of ${drawing.model}`)}</title>`,
    `<style>${styles(LIGHT)}@media (prefers-color-scheme: dark) {${styles(DARK)}}</style>`,
    `<defs>${KNOWN.map(arrowHead).join("")}</defs>`,
    `<rect class="page" width="100%" height="100%"/>`,
    `<text class="title" x="${MARGIN}" y="34">${escaped(drawing.model)}</text>`,
    `<text class="about" x="${MARGIN}" y="52">${escaped(about)}</text>`,
    `<g transform="translate(${round(shift)} ${HEAD + 12})">`,
    ...layout.routes.map((route, i) => edgeOf(route, drawing.nodes[edges[i]![0]]!.known)),
    ...drawing.nodes.map((node, i) => nodeOf(node, texts[i]!, layout.boxes[i]!)),
    "</g>",
    `<g transform="translate(${MARGIN} ${round(HEAD + layout.height + MARGIN + 12)})">${legend.svg}</g>`,
    "</svg>",
    "",
  ].join("\n");
}

/** All rules apply within the picture only, because a page around it may have texts of its own. */
function styles({ page, text, quiet, known }: Theme): string {
  const rules = KNOWN.flatMap((each) => {
    const { fill, line } = known[each];
    return [
      `.${each} .box{fill:${fill};stroke:${line}}`,
      `.${each}.prediction .box{fill:${line}}`,
      `.edge.${each}{stroke:${line}}`,
      `.head.${each}{fill:${line}}`,
    ];
  });
  return [
    `.page{fill:${page}}`,
    `text{fill:${text};font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}`,
    ".title{font-size:19px;font-weight:700}",
    `.about{font-size:12.5px;fill:${quiet}}`,
    ".name{font-size:13.5px;font-weight:650}",
    ':is(.code,.type){font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:11.3px}',
    `.type{fill:${quiet}}`,
    `.prediction text{fill:${page}}`,
    ".box{stroke-width:1.4}",
    ".loss .box{stroke-dasharray:5 3}",
    ".edge{fill:none;stroke-width:1.6;stroke-opacity:.75}",
    `.key{font-size:12px;fill:${quiet}}`,
    ...rules,
  ]
    .map((rule) => `.network ${rule}`)
    .join("");
}

function arrowHead(known: ValueTime): string {
  return `<marker id="to-${known}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path class="head ${known}" d="M0 .6 7.5 4 0 7.4Z"/></marker>`;
}

function linesOf({ kind, name, code, type, shape }: DrawnNode): readonly Line[] {
  const first: Line[] = name === null ? [] : [{ role: "name", text: clipped(name) }];
  const said: Line = { role: name === null ? "name" : "code", text: clipped(code) };
  const typed: Line = { role: "type", text: `${type}  ${shapeWords(shape)}` };
  // A prediction or output has the shape of its value, which is shown above it.
  if (kind === "prediction" || kind === "output")
    return [...first, { role: "code", text: `${code}, ${type}` }];
  return kind === "loss" ? [...first, said] : [...first, said, typed];
}

function widthOf({ role, text }: Line): number {
  return columnsOf(text) * (role === "name" ? NAME_SIGN : CODE_SIGN);
}

function nodeOf(node: DrawnNode, lines: readonly Line[], { x, y, width, height }: PositionedBox): string {
  const radius = isInput(node) ? height / 2 : 7;
  const texts = lines.map(
    ({ role, text }, i) =>
      `<text class="${role}" x="${round(width / 2)}" y="${19 + i * LINE}" text-anchor="middle" xml:space="preserve">${escaped(text)}</text>`,
  );
  const whole = [
    `${node.name === null ? "" : `${node.name} = `}${node.code} : ${node.type}`,
    knownWords[node.known],
    ...(node.doc === "" ? [] : [node.doc]),
  ];
  return [
    `<g class="${node.kind} ${node.known}" transform="translate(${round(x)} ${round(y)})">`,
    `<title>${whole.map(escaped).join("\n")}</title>`,
    `<rect class="box" width="${round(width)}" height="${round(height)}" rx="${round(radius)}"/>`,
    ...texts,
    "</g>",
  ].join("");
}

function edgeOf(route: Route, known: ValueTime): string {
  let path = "";
  route.forEach(([x, y], i) => {
    const [before, above] = route[i - 1] ?? [x, y];
    if (i === 0) path = `M${round(x)} ${round(y)}`;
    else if (before === x) path += `V${round(y)}`;
    else {
      const middle = (above + y) / 2;
      path += `C${round(before)} ${round(middle)} ${round(x)} ${round(middle)} ${round(x)} ${round(y)}`;
    }
  });
  return `<path class="edge ${known}" d="${path}" marker-end="url(#to-${known})"/>`;
}

/** A legend of the colours that occur, two in a row, and of N and T. */
function legendOf(used: readonly ValueTime[]): {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
} {
  const column = 306;
  const hasSteps = used.includes("history") || used.includes("candidate_history");
  const keys = used.map((known, i) => {
    const [x, y] = [(i % 2) * column, Math.floor(i / 2) * LEGEND_ROW];
    return `<g class="${known}"><rect class="box" x="${x}" y="${y}" width="22" height="14" rx="4"/><text class="key" x="${x + 30}" y="${y + 11}">${escaped(knownWords[known])}</text></g>`;
  });
  const rows = Math.ceil(used.length / 2);
  const sizes = hasSteps ? "N candidates, T steps of the history" : "N candidates";
  const note = `<text class="key" x="0" y="${rows * LEGEND_ROW + 12}">${sizes}</text>`;
  return {
    svg: [...keys, note].join(""),
    width: Math.min(2, used.length) * column,
    height: (rows + 1) * LEGEND_ROW,
  };
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** XML text. Unpaired surrogates and U+FFFE are not valid in XML. */
function escaped(text: string): string {
  return escapeMarkup(printable(text).replace(/[\p{Surrogate}\ufffe\uffff]/gu, "\ufffd"));
}
