// What the specs of tests/bad import: the files of tests/bad/imported, and each other.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CheckOptions } from "../../compiler/frontend/check/check.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";

/** For `check` of a spec of tests/bad, whose path is its name. */
export const withImports: CheckOptions = {
  resolve: (path) => {
    const full = join(import.meta.dirname, path);
    return existsSync(full) ? sourceFile(path, readFileSync(full, "utf8")) : null;
  },
};
