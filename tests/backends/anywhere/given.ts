// What `trainer.ts` is given, as text, and `trainer.ts` itself as one module that runs anywhere.

import { join } from "node:path";
import { rolldown } from "rolldown";
import { expect } from "vitest";
import { modelOf } from "../../data/models.ts";
import { randomRows } from "../../support/random-rows.ts";
import { batchesOf, madeOf, severalLayers } from "../../support/random-training.ts";
import type { Given, GivenBatch } from "./trainer.ts";

const STEPS = 50;
const BATCH = 32;

const spec = severalLayers({ more: "", train: `batch ${BATCH}` });

export async function givenTraining(): Promise<string> {
  const made = madeOf(modelOf(spec), 40);
  const rows = randomRows(made.program, made.tables, { rows: 10 * BATCH });
  const batches = (await batchesOf(rows, BATCH, made)).map(
    ({ size, inputs, segments, tables, own }): GivenBatch => {
      const listed = (of: ReadonlyMap<string, Int32Array | Float32Array>) =>
        [...of].map(([name, values]) => [name, [...values]] as const);
      const isIds = (values: unknown) => values instanceof Int32Array;
      return {
        size,
        ids: listed(new Map([...inputs].filter(([, values]) => isIds(values)))),
        numbers: listed(new Map([...inputs].filter(([, values]) => !isIds(values)))),
        ...{ segments: listed(segments), tables: listed(tables), own: listed(own) },
      };
    },
  );
  const tables = made.tables.map(({ name, width, rows }) => ({ name, width, rows }));
  return JSON.stringify({ spec, batches, tables, steps: STEPS } satisfies Given);
}

export async function bundledTrainer(): Promise<string> {
  const input = join(import.meta.dirname, "trainer.ts");
  const bundled = await rolldown({ input, platform: "browser" });
  const { output } = await bundled.generate({ format: "esm", codeSplitting: false });
  await bundled.close();
  expect(output).toHaveLength(1);
  // Nothing of Node.
  expect([...output[0].imports, ...output[0].dynamicImports]).toEqual([]);
  return output[0].code;
}
