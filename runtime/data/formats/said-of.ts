// Errors about a copy in words about what it is a copy of.

import { basename, dirname } from "node:path";
import { shared } from "../../../compiler/diagnostics/catalog/helps.ts";
import { DiagnosticError, inData, withTexts } from "../../../compiler/diagnostics/diagnostic.ts";
import { nameOfAddress, STANDARD_INPUT } from "../../../compiler/frontend/config/elsewhere.ts";
import type { FileOrigin } from "./data-file.ts";

/**
 * An error about what lies at `location`, in words about `path`: of standard input that is a copy, and no
 * command can be given it.
 */
export function saidOf(error: unknown, { location, path }: Pick<FileOrigin, "location" | "path">): unknown {
  if (!(error instanceof DiagnosticError) || location === path) return error;
  const isInput = path === nameOfAddress(STANDARD_INPUT);
  // Copies have numbers, which say nothing to a person.
  const plain = (text: string) =>
    text.replaceAll(`${dirname(location)}/`, "").replaceAll(/\brows-\d+(?=\.)/g, "rows");
  return new DiagnosticError(
    error.diagnostics.map((each) =>
      withTexts(
        {
          ...each,
          location: each.location.kind === "data" ? inData({ ...each.location.data, path }) : each.location,
        },
        {
          message: each.message.replaceAll(location, path),
          ...(each.help === undefined || !isInput
            ? {}
            : { help: shared.saveFirst(plain(basename(location)), plain(each.help)) }),
        },
      ),
    ),
  );
}
