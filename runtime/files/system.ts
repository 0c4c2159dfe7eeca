// Answers questions of the settings about this machine: environment variables and readable files.

import type { System } from "../../compiler/frontend/config/read-settings.ts";
import { problemOfFile, realPathOf, rowFilesAt } from "./row-files.ts";

/** Uses the process's variables and the disk. */
export const systemHere = {
  environment: (name: string) => process.env[name],
  problemOf: problemOfFile,
  rowsAt: rowFilesAt,
  realPathOf,
} satisfies System;
