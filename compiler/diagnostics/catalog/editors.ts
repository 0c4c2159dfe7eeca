// Catalogue: files that the language server could not check. Codes DIN0450–DIN0459.

import { defineError } from "./define.ts";

const reasons = {
  time: (limit: string) => `the check took more than ${limit} and was stopped`,
  memory: (limit: string) => `the check took more than ${limit} of memory and was stopped`,
  mistake: () => "dinc failed; this is a bug in dinc: please report it with the file",
} as const;

export const notChecked = defineError<{ why: keyof typeof reasons; limit: string }>({
  code: "DIN0450",
  name: "file-not-checked",
  message: ({ why, limit }) => `this file was not checked: ${reasons[why](limit)}`,
  explanation:
    "The language server stops the check of a file that needs far more time or memory than usual, so that the other files keep their diagnostics. The file is checked again as soon as it changes. `dinc check` has no such limit, and may say more.",
});
