// Catalogue: the page served by `dinc playground`. Codes DIN0897–DIN0898.

import { option, wording } from "../../common/option-text.ts";
import { shellWord } from "../../common/shell.ts";
import { defineError } from "./define.ts";

export const noPlayground = defineError<{ version: string; reason: string | null }>({
  code: "DIN0897",
  name: "playground-missing",
  message: ({ reason }) =>
    reason === null
      ? "the playground's page is not installed"
      : `the playground's page cannot be built: ${reason}`,
  help: ({ version, reason }) =>
    reason === null
      ? `install it beside dinc: npm install ${shellWord(`dinc-playground@${version}`)}`
      : "npm ci installs what its build needs",
  explanation:
    "`dinc playground` serves a page with an editor, a language server and a compiler of its own. They are half as large as dinc, and training and serving do not need them, so they are a package of their own, dinc-playground, with the same version as dinc. In a clone of the repository, `dinc playground` builds the page.",
});

export const noRowsToShow = defineError({
  code: "DIN0898",
  name: "no-rows-to-show",
  message: () => "dinc.yaml names no rows with users that a playground could show",
  help: () =>
    wording`name a file of example rows, whose histories are columns: ${option("data", "rows.csv")}`,
  explanation:
    "`dinc playground RUN` ranks for users of the test rows, or of validation or training rows if there are none. It reads their features and histories from the file of these rows, or makes the histories from a log.",
});
