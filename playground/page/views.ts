// What the tabs show of a spec: its network, its names, its cost.

import type { Place, ShownCost, ShownName, Views } from "../workers/messages.ts";
import { element, table } from "./elements.ts";

export const MISTAKEN = "The spec has mistakes: the editor shows where.";

/** Colours of drawings: a policy of the page forbids styles within markup. */
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

/** `show` lights up a place of the text, `go` puts the cursor there. */
export function drawingView(
  place: HTMLElement,
  drawing: Views["drawing"],
  show: (place: Place | null) => void,
  go: (offset: number) => void,
): void {
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
    const at = drawing.places[i]!;
    node.classList.add("node");
    node.addEventListener("pointerenter", () => show(at));
    node.addEventListener("pointerleave", () => show(null));
    node.addEventListener("click", () => go(at.start));
  }
  place.replaceChildren(document.adoptNode(svg));
}

export function namesView(
  place: HTMLElement,
  names: readonly ShownName[],
  go: (offset: number) => void,
): void {
  const rows = names.map(({ kind, name, type, sources, start }) => {
    const button = element("button", { class: "plain" }, name);
    button.addEventListener("click", () => go(start));
    return [
      element("th", { scope: "row" }, button),
      element("td", {}, kind),
      element("td", {}, element("code", {}, type)),
      element("td", {}, sources.join(", ")),
    ];
  });
  place.replaceChildren(table(["name", "kind", "type", "known with"], rows));
}

export function costView(place: HTMLElement, cost: ShownCost | null): void {
  if (cost === null) {
    place.textContent = MISTAKEN;
    return;
  }
  const number = (n: number) => Math.round(n).toLocaleString("en");
  const parameters = cost.parameters.map(({ name, dims, numbers }) => [
    element("th", { scope: "row" }, name),
    element("td", {}, dims.join(" × ")),
    element("td", {}, number(numbers)),
  ]);
  const tables = cost.tables.map(({ name, width, bytesPerThousandIds }) => [
    element("th", { scope: "row" }, name),
    element("td", {}, number(width)),
    element("td", {}, `${number(bytesPerThousandIds / 1024)} KiB`),
  ]);
  const saved = (cost.before / cost.after).toFixed(1);
  place.replaceChildren(
    element(
      "p",
      {},
      `A request with ${cost.candidates} candidates takes ${number(cost.after)} operations. Run anew for each candidate, as an exported network is, it would take ${number(cost.before)}: ${saved} times as many.`,
    ),
    table(["table", "width", "bytes of 1,000 ids"], tables),
    table(["weights", "shape", "numbers"], parameters),
  );
}
