// Fields of a record: one input for each value, with values to choose from.

import type { PageField } from "../page-data.ts";
import { cellOfText, type PageValues, textOfCell } from "./cells.ts";
import { element } from "./element.ts";

/** `of` completes the label of a field for those who do not see where it is: `price of candidate 2`. */
export function fieldsOf(
  fields: readonly PageField[],
  values: PageValues,
  of: string,
  changed: () => void,
): HTMLElement {
  const inputs = fields.map(({ name, doc, form }) => {
    const input = element("input", {
      ...{
        value: textOfCell(values[name], form),
        list: listOf(name),
        autocomplete: "off",
        spellcheck: "false",
      },
      ...{ "aria-label": `${name} of ${of}`, title: doc, size: "10" },
      ...(form === "number" ? { inputmode: "decimal" } : {}),
    });
    input.addEventListener("input", () => {
      values[name] = cellOfText(input.value, form);
      changed();
    });
    return element("label", {}, element("span", {}, name), input);
  });
  return element("div", { class: "fields" }, ...inputs);
}

/** The values to choose from, once for all fields of a name. */
export function choicesOf(fields: readonly PageField[]): HTMLElement[] {
  const byName = new Map(fields.map((field) => [field.name, field]));
  return [...byName.values()].map(({ name, known }) =>
    element("datalist", { id: listOf(name) }, ...known.map((value) => element("option", { value }))),
  );
}

function listOf(name: string): string {
  return `known-${name}`;
}
