// An embedding table that no usual machine can hold while it is trained.

import type { Optimizer } from "../model/model.ts";
import { defineRule } from "./define-rule.ts";
import { declaredRows } from "./table-rows.ts";

/** Numbers kept for each weight beside itself. */
const SLOTS: Readonly<Record<Optimizer["kind"], number>> = { sgd: 0, adagrad: 1, adam: 2 };

const MOST_GIB = 16;
const GIB = 2 ** 30;

export const tableExceedsMemory = defineRule<{ name: string; gib: number; slots: number; optimizer: string }>(
  {
    code: "DIN0713",
    name: "table-exceeds-memory",
    message: ({ name, gib, slots, optimizer }) =>
      `training the table of \`${name}\` takes ${gib} GiB${slots === 0 ? "" : `, ${slots} of ${slots + 1} parts of it for \`${optimizer}\``}`,
    explanation:
      "A table takes rows × width × 4 bytes, and as much again for each number that the optimizer keeps beside a weight: one with `adagrad`, two with `adam`. Above 16 GiB it does not fit a usual machine. A vocabulary learned with `min_count` keeps only the ids that occur often enough to be learned.",
    examine({ model, declarations }, advise) {
      const { kind: optimizer } = model.train.optimizer;
      for (const feature of model.features.values()) {
        const rows = declaredRows(feature);
        if (rows === null || feature.embed === null) continue;
        const slots = SLOTS[optimizer];
        const bytes = rows * feature.embed * 4 * (1 + slots);
        if (bytes <= MOST_GIB * GIB) continue;
        const syntax = declarations.featureSyntax.get(feature.name)!;
        advise({ name: feature.name, gib: Math.round(bytes / GIB), slots, optimizer }, syntax.type.span, {
          label: `${rows.toLocaleString("en-US")} rows of ${feature.embed} numbers`,
          help: "embed it narrower, or learn the vocabulary from data: `id(min_count: 5)`",
        });
      }
    },
  },
);
