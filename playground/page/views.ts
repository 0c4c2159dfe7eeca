// Fills the tabs about a spec: its network, its names, its cost.

import { formatCount } from "../../compiler/common/format-count.ts";
import type { ShownCost, ShownName, TextRange, Views } from "../workers/messages.ts";
import { MISTAKEN } from "../workers/mistaken.ts";
import { element, row, table } from "./elements.ts";
import type { Links } from "./links.ts";

/** The colours of drawings, because the page's policy forbids styles in markup. */
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

export function drawingView(place: HTMLElement, drawing: Views["drawing"], links: Links): void {
  if (drawing === null) {
    place.classList.add("stale");
    return;
  }
  place.classList.remove("stale");
  const [style = "", rules = ""] = /<style>([^<]*)<\/style>/.exec(drawing.svg) ?? [];
  sheet.replaceSync(rules);
  const svg = new DOMParser().parseFromString(
    drawing.svg.replace(style, ""),
    "image/svg+xml",
  ).documentElement;
  for (const [i, node] of [...svg.querySelectorAll<SVGGElement>("g:has(> title)")].entries()) {
    node.classList.add("node");
    links.tie(node, [drawing.places[i]!]);
  }
  place.replaceChildren(document.adoptNode(svg));
}

export function namesView(place: HTMLElement, names: readonly ShownName[], links: Links): void {
  const rows = names.map(({ kind, name, type, sources, place: at }) =>
    links.tie(
      row(
        element("th", { scope: "row" }, name),
        element("td", {}, kind),
        element("td", {}, element("code", {}, type)),
        element("td", {}, sources.join(", ")),
      ),
      [at],
    ),
  );
  place.replaceChildren(table(["name", "kind", "type", "known with"], rows));
}

export function costView(place: HTMLElement, cost: ShownCost | null, links: Links): void {
  if (cost === null) {
    place.textContent = MISTAKEN;
    return;
  }
  const number = (n: number) => formatCount(Math.round(n));
  const line = (places: readonly TextRange[], name: string, ...cells: readonly string[]) =>
    links.tie(
      row(element("th", { scope: "row" }, name), ...cells.map((cell) => element("td", {}, cell))),
      places,
    );
  const parameters = cost.parameters.map(({ name, dims, numbers, places }) =>
    line(places, name, dims.join(" × "), number(numbers)),
  );
  const tables = cost.tables.map(({ name, width, bytesPerThousandIds, places }) =>
    line(places, name, number(width), `${number(bytesPerThousandIds / 1024)} KiB`),
  );
  const saved = (cost.before / cost.after).toFixed(1);
  place.replaceChildren(
    element(
      "p",
      {},
      `A request with ${cost.candidates} candidates takes ${number(cost.after)} operations. Run again for each candidate, as in an exported network, it would take ${number(cost.before)}: ${saved} times as many.`,
    ),
    table(["table", "width", "bytes of 1,000 ids"], tables),
    table(["weights", "shape", "numbers"], parameters),
  );
}
