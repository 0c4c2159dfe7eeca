// Makes elements of the page in code that is as short as markup.

import { element } from "../../compiler/backends/page/browser/element.ts";

export { element };

/** The element of the page with this id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element ${id}`);
  return found;
}

export function row(...cells: readonly HTMLElement[]): HTMLTableRowElement {
  return element("tr", {}, ...cells);
}

export function table(head: readonly string[], rows: readonly HTMLTableRowElement[]): HTMLElement {
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head.map((name) => element("th", { scope: "col" }, name)))),
    element("tbody", {}, ...rows),
  );
}
