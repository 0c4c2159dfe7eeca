// A fault of a data file. The rows may be in a copy of the user's file, so a fault keeps its facts until the
// original file is known; the diagnostic is then made with that file's name.

import { basename } from "node:path";
import { shared } from "../../compiler/diagnostics/catalog/helps.ts";
import {
  type Diagnostic,
  DiagnosticError,
  helpOf,
  withTexts,
} from "../../compiler/diagnostics/diagnostic.ts";

/** The name of a file in messages. */
export interface FileName {
  readonly path: string;
  /** A name for saving it, if it is not a file that a command accepts, such as standard input. */
  readonly saved: string | null;
}

export class FileFault extends DiagnosticError {
  private readonly diagnosticOf: (file: FileName) => Diagnostic;

  /** Makes the fault of the file at a path, or of one with another name. */
  constructor(file: string | FileName, diagnosticOf: (file: FileName) => Diagnostic) {
    super([named(diagnosticOf, typeof file === "string" ? { path: file, saved: null } : file)]);
    this.diagnosticOf = diagnosticOf;
  }

  /** The same fault, reported for the original of a copied file, which may be a copy too. */
  about(file: FileName): FileFault {
    return new FileFault(file, this.diagnosticOf);
  }
}

function named(diagnosticOf: (file: FileName) => Diagnostic, file: FileName): Diagnostic {
  const diagnostic = diagnosticOf(file);
  const help = helpOf(diagnostic);
  if (file.saved === null || help === null) return diagnostic;
  return withTexts(diagnostic, { help: shared.saveFirst(file.saved, help) });
}

/** Reports an error about a copy as one about `file`. */
export function aboutFile(error: unknown, file: FileName): unknown {
  return error instanceof FileFault ? error.about(file) : error;
}

/**
 * The name of `path` in messages, if its rows are at `copy`. Copies of queries have a number, which means
 * nothing to a user.
 */
export function fileName(path: string, copy: string): FileName {
  return { path, saved: copy === path ? null : basename(copy).replace(/^rows-\d+(?=\.)/, "rows") };
}
