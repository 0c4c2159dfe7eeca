// The machine's answers for reading settings: environment variables, and whether a file can be read.

import { accessSync, constants, realpathSync, statSync } from "node:fs";
import type { System } from "../../compiler/frontend/config/read-settings.ts";
import { fileProblem } from "./file-problem.ts";
import { otherThanFile } from "./read-text.ts";

/** This process's variables, and its disk. */
export const systemHere = {
  environment: (name: string) => process.env[name],
  problemOf(path: string): string | null {
    try {
      accessSync(path, constants.R_OK);
      return otherThanFile(statSync(path));
    } catch (error) {
      return fileProblem(error);
    }
  },
  realPathOf(path: string): string {
    try {
      return realpathSync(path);
    } catch {
      return path;
    }
  },
} satisfies System;
