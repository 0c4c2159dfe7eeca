// Catalogue: data with several values in a cell. Codes DIN0580–DIN0589.

import { defineError } from "./define.ts";

export const sameSeparators = defineError<{ separator: string }>({
  code: "DIN0580",
  name: "separators-alike",
  message: ({ separator }) => `\`separator\` and \`inner_separator\` are both ${JSON.stringify(separator)}`,
  explanation:
    "In a CSV, `separator` (by default `|`) separates the steps of a history and the values of a set. `inner_separator` (by default `;`) separates the values of a set within one step. If both are the same, it is unclear where a step ends.",
});
