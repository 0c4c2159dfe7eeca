// Opens a data file: finds its columns, the SQL by which DuckDB reads it and, if it is unreadable, the row.

import { access, constants } from "node:fs/promises";
import type { DuckDBConnection } from "@duckdb/node-api";
import { unknownFormat } from "../../../compiler/diagnostics/catalog/data.ts";
import { fileUnreadable } from "../../../compiler/diagnostics/catalog/run.ts";
import { diagnose, inData, noLocation } from "../../../compiler/diagnostics/diagnostic.ts";
import type { CsvFormat } from "../../../compiler/frontend/config/csv-format.ts";
import { formatOf, helpForFormat } from "../../../compiler/frontend/config/data-formats.ts";
import { isNoFault } from "../../duckdb/errors.ts";
import { aboutFile, FileFault, fileName } from "../../files/file-fault.ts";
import { fileProblem } from "../../files/file-problem.ts";
import { requireState, stateOf } from "../../files/file-state.ts";
import { requireFile } from "../../files/read-text.ts";
import { refuseOtherCompression } from "./compressed-file.ts";
import type { ReadingEnd, UnparsedRow } from "./csv-scan.ts";
import type { FileOrigin, FilePart } from "./data-file.ts";
import { FileCopies } from "./file-copies.ts";
import type { Opening } from "./file-format.ts";
import { fileFormats } from "./registry.ts";

export class FileOpener implements Opening {
  readonly connection: DuckDBConnection;
  readonly isTolerant: boolean;
  readonly csv: CsvFormat;
  readonly copies = new FileCopies();

  constructor(connection: DuckDBConnection, isTolerant: boolean, csv: CsvFormat) {
    this.connection = connection;
    this.isTolerant = isTolerant;
    this.csv = csv;
  }

  close(): Promise<void> {
    return this.copies.close();
  }

  async open(path: string): Promise<FilePart> {
    const format = formatOf(path);
    if (format === undefined)
      throw new FileFault(path, (file) =>
        diagnose(unknownFormat, { path: file.path }, inData({ path: file.path }), {
          help: helpForFormat(file.path),
        }),
      );
    await readable(path);
    if (format.isArchive !== true) await refuseOtherCompression(path);
    const reading = fileFormats[format.name];
    const state = await stateOf(path);
    const copy = await reading.copy(path, this);
    const delimiter = this.csv.delimiter ?? format.delimiter ?? "";
    if (copy === null) {
      await reading.check(path);
      return reading.open({ path, location: path, format, state, names: [], delimiter }, this);
    }
    const { location } = copy;
    await requireState(path, path, state);
    const origin = {
      ...{ path: location, location, format, names: [] },
      delimiter: copy.delimiter ?? delimiter,
      state: await stateOf(location),
    };
    const file = await reading.open(origin, this).catch((error) => {
      throw aboutFile(error, fileName(path, path));
    });
    return { ...file, path, copied: { location: path, state } };
  }

  /** The first row that does not parse. */
  firstUnreadable(origin: FileOrigin): Promise<UnparsedRow | ReadingEnd | null> {
    return fileFormats[origin.format.name].firstUnreadable(origin, this);
  }

  async rowsOf(origin: FileOrigin, query: string): Promise<readonly (readonly unknown[])[]> {
    try {
      return (await this.connection.runAndReadAll(query)).getRows();
    } catch (error) {
      throw await this.problemOf(origin, [], error);
    }
  }

  /**
   * The diagnostic if DuckDB cannot read `columns` of a file: at the first row that does not parse, whichever
   * row DuckDB found first.
   */
  async problemOf(origin: FileOrigin, columns: readonly string[], error: unknown): Promise<unknown> {
    if (isNoFault(error)) return error;
    const { path, location, state, format } = origin;
    await requireState(path, location, state);
    return fileFormats[format.name].problemOf(origin, columns, error, this);
  }
}

async function readable(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
    await requireFile(path);
  } catch (error) {
    const reason = fileProblem(error);
    throw new FileFault(path, (file) => diagnose(fileUnreadable, { path: file.path, reason }, noLocation));
  }
}
