// Catalogue: what the checker says about feature kinds, vocabularies and transforms. Codes DIN0340–DIN0359.

import { defineError } from "./define.ts";

export const optionsExclude = defineError<{ first: string; second: string; of: string }>({
  code: "DIN0340",
  name: "options-exclude",
  message: ({ first, second, of }) => `\`${of}\` has either \`${first}\` or \`${second}\`, not both`,
  explanation:
    "The ids of a feature come from one place: learned from the training rows (`id`, with `min_count` where rare values are unknown) or fixed (`id(size: n)`). An option of one of them means nothing for another.",
});
