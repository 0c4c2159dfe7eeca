// What is said about data with several values in a cell. Codes DIN0580–DIN0589.

import { defineError } from "./define.ts";

export const sameSeparators = defineError<{ separator: string }>({
  code: "DIN0580",
  name: "separators-alike",
  message: ({ separator }) => `\`separator\` and \`inner_separator\` are both ${JSON.stringify(separator)}`,
  explanation:
    "In a CSV, `separator` stands between the steps of a history and between the values of a set (`|` where nothing is said), `inner_separator` between the values of the set of one step (`;`): with the same text for both, nobody could say where a step ends.",
});
