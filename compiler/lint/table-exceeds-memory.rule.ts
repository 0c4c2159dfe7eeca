// An embedding table that no usual machine can hold while it is trained.

import { allFeatures } from "../model/model.ts";
import { optimizerOf } from "../training/optimizers/registry.ts";
import { defineRule } from "./define-rule.ts";
import { declaredRows } from "./table-rows.ts";

const MOST_GIB = 16;
const GIB = 2 ** 30;

export const tableExceedsMemory = defineRule<{ name: string; gib: number; slots: number; optimizer: string }>(
  {
    code: "DIN0713",
    name: "table-exceeds-memory",
    message: ({ name, gib, slots, optimizer }) =>
      `training the table of \`${name}\` takes ${gib} GiB${slots === 0 ? "" : `, ${slots} of ${slots + 1} parts of it for \`${optimizer}\``}`,
    explanation:
      "A table takes rows × width × 4 bytes, and as much again for each number that the optimizer keeps beside a weight: one with `momentum` and `adagrad`, two with `adam`, `adamw` and `ftrl`; `adagrad(row_wise: true)` keeps one for a whole row. Above 16 GiB it does not fit a usual machine. A vocabulary learned with `min_count` keeps only the ids that occur often enough to be learned.",
    examine({ model, declarations }, advise) {
      const { optimizer: settings } = model.train;
      // One number a row is hardly more than none.
      const slots = optimizerOf(settings)
        .slots(settings)
        .filter(({ byRow }) => !byRow).length;
      for (const feature of allFeatures(model)) {
        const rows = declaredRows(feature);
        if (rows === null || feature.embed === null) continue;
        const bytes = rows * feature.embed * 4 * (1 + slots);
        if (bytes <= MOST_GIB * GIB) continue;
        const syntax = declarations.featureSyntax.get(feature.name)!;
        advise(
          { name: feature.name, gib: Math.round(bytes / GIB), slots, optimizer: settings.kind },
          syntax.type.span,
          {
            label: `${rows.toLocaleString("en-US")} rows of ${feature.embed} numbers`,
            help: "embed it narrower, or learn the vocabulary from data: `id(min_count: 5)`",
          },
        );
      }
    },
  },
);
