// One line per diagnostic, for `grep`, scripts and editors without the protocol.

import { positionAt } from "../../common/source-file.ts";
import type { Diagnostic, Location } from "../diagnostic.ts";
import { printable } from "./display.ts";

/** `model.din:14:35: error DIN0108: message`; every line ends with a line break. */
export function renderConcise(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map(({ location, severity, code, message }) => {
      const where = describeLocation(location);
      return printable(`${where === "" ? "" : `${where}: `}${severity} ${code}: ${message}`);
    })
    .map((line) => `${line}\n`)
    .join("");
}

/** `model.din:14:35`, or `train.csv, row 7, column item_id`; empty for no location. */
export function describeLocation(location: Location): string {
  switch (location.kind) {
    case "text": {
      const { line, column } = positionAt(location.span.file, location.span.start);
      return `${location.span.file.path}:${line}:${column}`;
    }
    case "data": {
      const { path, row, column } = location.data;
      return `${path}${row === undefined ? "" : `, row ${row}`}${column === undefined ? "" : `, column ${column}`}`;
    }
    case "none":
      return "";
  }
}
