// What the checker says about embedding tables and how they are read. Codes DIN0360–DIN0379.

import { defineError } from "./define.ts";

export const needsFeature = defineError<{ callee: string; got: string }>({
  code: "DIN0360",
  name: "needs-a-feature",
  message: ({ callee, got }) => `\`${callee}\` takes a feature by its name; this is ${got}`,
  explanation:
    "`weight` and `embed` read a table of the feature's ids, or multiply a number. A vector that was computed, or that a block was given, has no ids any more: read the feature in `net` and pass the result on.",
});

export const tableNameNotAName = defineError<{ name: string }>({
  code: "DIN0361",
  name: "table-name-not-a-name",
  message: ({ name }) => `a table cannot be called ${JSON.stringify(name)}`,
  explanation:
    "`name` tells tables of one feature and width apart: letters, digits and `_`. Without it, the same feature and width are the same table wherever they stand.",
});
