// The machine's answers for reading settings: environment variables, and which files can be read.

import type { System } from "../../compiler/frontend/config/read-settings.ts";
import { problemOfFile, realPathOf, rowFilesAt } from "./row-files.ts";

/** This process's variables, and its disk. */
export const systemHere = {
  environment: (name: string) => process.env[name],
  problemOf: problemOfFile,
  rowsAt: rowFilesAt,
  realPathOf,
} satisfies System;
