// A folder and a command for each diagnostic about data, settings or a run, in which it is said. What dinc then says is
// taken from the command line itself, by data-examples.test.ts.

import { searchCases } from "./drafts-and-searches.ts";
import type { DataCase } from "./folder.ts";
import { rowCases } from "./rows.ts";
import { runCases } from "./runs.ts";
import { settingCases } from "./settings.ts";
import { splitCases } from "./splits.ts";
import { timeCases } from "./times.ts";

export { type DataCase, usualFiles } from "./folder.ts";
export { withoutExample } from "./without-example.ts";

/** By the name of the diagnostic. */
export const dataCases: Readonly<Record<string, DataCase>> = {
  ...settingCases,
  ...splitCases,
  ...timeCases,
  ...runCases,
  ...searchCases,
  ...rowCases,
};
