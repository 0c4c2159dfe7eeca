// One line a diagnostic, for `grep`, scripts and editors without a protocol.

import { positionAt } from "../../common/source-file.ts";
import type { Diagnostic, Place } from "../diagnostic.ts";
import { printable } from "./display.ts";

/** `model.din:14:35: error DIN0108: message`; every line ends with a line break. */
export function renderConcise(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map(({ place, severity, code, message }) => {
      const where = describePlace(place);
      return printable(`${where === "" ? "" : `${where}: `}${severity} ${code}: ${message}`);
    })
    .map((line) => `${line}\n`)
    .join("");
}

/** `model.din:14:35`, or `train.csv, row 7, column item_id`; empty for no place. */
export function describePlace(place: Place): string {
  switch (place.kind) {
    case "text": {
      const { line, column } = positionAt(place.span.file, place.span.start);
      return `${place.span.file.path}:${line}:${column}`;
    }
    case "data": {
      const { path, row, column } = place.data;
      return `${path}${row === undefined ? "" : `, row ${row}`}${column === undefined ? "" : `, column ${column}`}`;
    }
    case "none":
      return "";
  }
}
