// Memory of docs/scale.md beside what TorchRec's own planner says of the same table, optimizer and number of GPUs.

import { expect, test } from "vitest";
import { ran } from "../torchrec/forks.ts";
import { MISSING, torchPython } from "../torchrec/python.ts";
import { script } from "../torchrec/torchrun.ts";
import { held, job, NARROWEST, type Sharding } from "./job.ts";

const adam = { kind: "adam", learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
const questions: readonly { readonly sharding: Sharding; readonly gpus: number }[] = [
  { sharding: "row_wise", gpus: 8 },
  { sharding: "row_wise", gpus: 64 },
  { sharding: "table_wise", gpus: 8 },
  { sharding: "column_wise", gpus: 8 },
  { sharding: "column_wise", gpus: 64 },
];

if (torchPython() === null) console.warn(`skipped: ${MISSING}`);

test.skipIf(torchPython() === null)(
  "a GPU holds what the planner says",
  async () => {
    const asked = { rows: job.ids, width: job.width, narrowest: NARROWEST, questions };
    const bytes = (await ran(script("../scale/planner.py"), asked)) as number[];
    // Beside table and optimizer, the planner has room for one row that is looked up.
    for (const [i, { sharding, gpus }] of questions.entries())
      expect(bytes[i]! / held(sharding, gpus, adam), `${sharding} on ${gpus}`).toBeCloseTo(1, 6);
  },
  240_000,
);
