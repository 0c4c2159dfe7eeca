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

export const moduleDiffers = defineError<{ reason: string }>({
  code: "DIN0606",
  name: "module-differs",
  message: ({ reason }) =>
    `the generated module does not score as training does, so nothing is kept of it: ${reason}`,
  explanation:
    "Before `dinc compile` says that a folder is complete, it reads the files back from the disk and scores the golden requests with " +
    "the module in every form that this machine can run. Where one differs, the disk damages what is written on it, or " +
    "dinc has a bug: compile again, and report it where it stays.",
});
