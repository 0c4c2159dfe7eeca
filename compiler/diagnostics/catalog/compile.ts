// Catalogue: models that `dinc compile` refuses. Codes DIN0600–DIN0649.

import { defineError } from "./define.ts";

export const outputNotGenerated = defineError<{ path: string }>({
  code: "DIN0601",
  name: "output-not-generated",
  message: ({ path }) => `${path} holds files that dinc did not generate, so dinc does not replace it`,
  explanation:
    "`dinc compile` replaces its own earlier output as a whole. A folder with anything else in it is left alone: name another --out, or use --force to replace everything in it.",
});

export const moduleDiffers = defineError<{ reason: string }>({
  code: "DIN0606",
  name: "module-differs",
  message: ({ reason }) =>
    `the generated module does not score as training does, so it is not kept: ${reason}`,
  explanation:
    "Before `dinc compile` finishes a folder, it reads the files back from the disk and scores the golden requests with the module in every form that this machine can run. One of them differed. Either the disk damages files, or dinc has a bug: compile again, and report it if it happens again.",
});
