// A fault in the content of a file, found where its name is not known: the format makes a diagnostic of it.

import { malformedFile } from "../../../compiler/diagnostics/catalog/data.ts";
import { diagnose, type Help, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import { FileFault, type FileName } from "../../files/file-fault.ts";

export interface ContentLocation {
  /** From 0. */
  readonly row?: number;
  readonly column?: string;
}

export class ContentProblem extends Error {
  override readonly name = "ContentProblem";
  readonly reason: string;
  readonly place: ContentLocation;
  /** Whether another file of the same rows could be read. */
  readonly isOfForm: boolean;

  /** `isOfForm`: the content is whole, but in a form that dinc does not read. */
  constructor(reason: string, place: ContentLocation = {}, isOfForm = false) {
    super(reason);
    this.reason = reason;
    this.place = place;
    this.isOfForm = isOfForm;
  }
}

export function damaged(detail: string, place: ContentLocation = {}): ContentProblem {
  return new ContentProblem(`its content is damaged (${detail})`, place);
}

/** `help` replaces the usual one, unless it returns null. */
export function contentFault(
  path: string,
  { reason, place: { row, column } }: ContentProblem,
  help: (file: FileName) => Help | null,
): FileFault {
  const at = { ...(row === undefined ? {} : { row: row + 1 }), ...(column === undefined ? {} : { column }) };
  return new FileFault(path, (file) => {
    const own = help(file);
    const location = inData({ path: file.path, ...at });
    return diagnose(malformedFile, { reason }, location, own === null ? {} : { help: own });
  });
}
