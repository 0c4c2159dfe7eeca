// What the language server says of a file that it could not check. Codes DIN0450–DIN0459.

import { defineError } from "./define.ts";

const reasons = {
  time: (limit: string) => `checking it took more than ${limit}, and was stopped`,
  memory: (limit: string) => `checking it took more than ${limit} of memory, and was stopped`,
  mistake: () => "dinc failed at it, which is a mistake of dinc itself: please report it with the file",
} as const;

export const notChecked = defineError<{ why: keyof typeof reasons; limit: string }>({
  code: "DIN0450",
  name: "file-not-checked",
  message: ({ why, limit }) => `nothing is known of this file: ${reasons[why](limit)}`,
  explanation:
    "A file that takes the language server more time or memory than any spec does is left alone, so that the other files keep their diagnostics. It is checked again as soon as it changes. `dinc check` has no such limit, and may say more.",
});
