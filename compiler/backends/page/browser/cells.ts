// The texts of fields, and the values that they stand for in a request.

import type { PageCell, PageField, PageFieldForm, PageTitles } from "../page-data.ts";

/** A record that the reader changes. */
export type PageValues = Record<string, PageCell>;

export function textOfCell(value: PageCell | undefined, form: PageFieldForm): string {
  if (value === null || value === undefined) return "";
  if (form === "json") return JSON.stringify(value);
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/** A text that is not of its form stays a text, which the model refuses with a reason. */
export function cellOfText(text: string, form: PageFieldForm): PageCell {
  const parts = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  switch (form) {
    case "text":
      return text === "" ? null : text;
    case "number":
      return text === "" ? null : numberIn(text);
    case "texts":
      return parts;
    case "numbers":
      return parts.map(numberIn);
    case "json":
      try {
        return JSON.parse(text);
      } catch {
        return text;
      }
  }
}

/** The name of an item: that of its titled feature, or else its first values. */
export function titleOf(values: PageValues, fields: readonly PageField[], titles: PageTitles | null): string {
  const named = titles === null ? undefined : titles.names[textOfCell(values[titles.feature], "text")];
  if (named !== undefined) return named;
  const texts = fields.map(({ name, form }) => textOfCell(values[name], form));
  return texts.slice(0, NAMING_FIELDS).join(", ") || "–";
}

const NAMING_FIELDS = 2;

function numberIn(text: string): number | string {
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}
