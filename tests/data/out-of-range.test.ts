// A number that its transforms take out of the range of 32-bit floats never gets into a batch, also where the
// transforms learn from other rows than its own: in rows that are held back for validation.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { rowsOf } from "./files.ts";
import { readTraining } from "./in-memory.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dinc-out-of-range-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("rows held back for validation are refused as others are", async () => {
  const { value: model } = check(
    sourceFile(
      "small.din",
      `model small
features user { user_id : id }
features item { size : number |> standardize }
label click : binary
net { predict click = dense(size, 1) |> sigmoid }
train { batch 8  epochs 1 }
`,
    ),
  );
  const path = join(folder, "rows.csv");
  const outcomes = new Set<string>();
  for (let huge = 0; huge < 8; huge++) {
    const rows = Array.from({ length: 8 }, (_, i) => `u${i},${i === huge ? "3e38" : `${i}e-20`},${i % 2}`);
    await writeFile(path, `user_id,size,click\n${rows.join("\n")}\n`);
    const data = rowsOf(path, { validate: { share: 0.4, seed: 1, by: "user_id", location: noLocation } });
    const outcome = await readTraining(model!, data).then(
      ({ train, valid }) => {
        for (const { numbers } of [train, valid!])
          for (const x of numbers.get("size")!) expect(Number.isFinite(x)).toBe(true);
        return "read";
      },
      (error: Error) => error.message,
    );
    outcomes.add(outcome);
  }
  // Where the huge number is among the training rows its own scale is learned.
  expect([...outcomes].sort()).toEqual([
    expect.stringMatching(/^DIN0610: `size` is 3e\+38, which its transforms take out of the range/),
    "read",
  ]);
});
