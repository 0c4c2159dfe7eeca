// Catalogue: data with several values in a cell. Codes DIN0580–DIN0589.

import { defineError } from "./define.ts";

export const sameSeparators = defineError<{ separator: string }>({
  code: "DIN0580",
  name: "separators-alike",
  message: ({ separator }) => `\`separator\` and \`inner_separator\` are both ${JSON.stringify(separator)}`,
  explanation:
    "In a CSV, `separator` (by default `|`) stands between the steps of a history and between the values of a set. `inner_separator` (by default `;`) stands between the values of a set within one step. If both are the same, the end of a step cannot be told.",
});
