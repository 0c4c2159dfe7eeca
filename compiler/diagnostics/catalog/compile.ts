// Catalogue: what can stand in the way of generated code. Codes DIN0600–DIN0649.

import { defineError } from "./define.ts";

export const outputNotGenerated = defineError<{ path: string }>({
  code: "DIN0601",
  name: "output-not-generated",
  message: ({ path }) => `${path} holds files that dinc did not generate, so dinc does not replace it`,
  explanation:
    "`dinc compile` replaces its own earlier output as a whole. A folder with anything else in it is left alone: name " +
    "another --out, or say --force to replace all that it holds.",
});
