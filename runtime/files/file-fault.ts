// A fault of a data file. Its rows may lie in a copy of what a user names, so a fault is facts until it is known of which file they are:
// the diagnostic is made with that file's name.

import { basename } from "node:path";
import { shared } from "../../compiler/diagnostics/catalog/helps.ts";
import {
  type Diagnostic,
  DiagnosticError,
  helpOf,
  withTexts,
} from "../../compiler/diagnostics/diagnostic.ts";

/** What messages call a file. */
export interface FileName {
  readonly path: string;
  /** The name to save it under, where it is no file that a command can be given, such as standard input. */
  readonly saved: string | null;
}

export class FileFault extends DiagnosticError {
  private readonly diagnosticOf: (file: FileName) => Diagnostic;

  /** The fault of the file at a path, or of one with another name. */
  constructor(file: string | FileName, diagnosticOf: (file: FileName) => Diagnostic) {
    super([named(diagnosticOf, typeof file === "string" ? { path: file, saved: null } : file)]);
    this.diagnosticOf = diagnosticOf;
  }

  /** The same fault of the file that was copied there, which may be a copy, too. */
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

/** An error about a copy as one about `file`. */
export function aboutFile(error: unknown, file: FileName): unknown {
  return error instanceof FileFault ? error.about(file) : error;
}

/** How messages call `path`, whose rows lie at `copy`. A copy of what is no file has a number, which tells a person nothing. */
export function fileName(path: string, copy: string): FileName {
  return { path, saved: copy === path ? null : basename(copy).replace(/^rows-\d+(?=\.)/, "rows") };
}
