// The processes of a package read prepared rows in steps that keep the rows of a group together.

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../cli/spawn.ts";
import { ran } from "./forks.ts";
import { BATCH, Films } from "./packages.ts";
import { MISSING, torchPython } from "./python.ts";

const ROWS = 3000;
/** The groups of a request have some 11 rows; those of a user have some 75, more than a batch. */
const specOf = (by: string) => `model grouped_by_${by}
features user { user_id : id  embed 4 }
features item { genre : id  embed 4 }
features context { request : id }
label like : binary
net {
  let score    = dot(user_id, genre)
  predict like = score |> sigmoid
  loss pairs   = bpr(score, like, by: ${by})
}
train { metrics auc }
`;

type Step = readonly [groups: readonly number[], rows: readonly number[]];

let films: Films;

beforeAll(async () => {
  films = await Films.write({ train: ROWS, test: 10 });
  for (const by of ["request", "user_id"]) {
    await writeFile(films.at(`${by}.din`), specOf(by));
    await films.prepare(films.at(`${by}.din`), `rows-${by}`, "--shards", "6");
  }
  await writeFile(films.at("apart.din"), specOf("request").replace(/^ *loss.*\n/m, ""));
  await films.prepare(films.at("apart.din"), "rows-apart");
});

afterAll(() => rm(films.folder, { recursive: true, force: true }));

const stepsOf = async (by: string, ranks: number, rows = `rows-${by}`) => {
  const package_ = join(root, "runtime", "torchrec");
  const given = { package: package_, rows: films.at(rows), by, batch: BATCH, ranks };
  return (await ran(join(import.meta.dirname, "groups.py"), given)) as Step[][][];
};

test.skipIf(torchPython() === null).each([1, 2])(`%i process(es) (${MISSING})`, async (ranks) => {
  const epochs = await stepsOf("request", ranks);
  const orders = epochs.map((ofRanks) => {
    const counts = ofRanks.map((steps) => steps.length);
    expect(new Set(counts).size).toBe(1);
    const steps = ofRanks.flat();
    const stepsOfGroup = new Map<number, number>();
    for (const [step, [groups]] of steps.entries())
      for (const group of groups) {
        expect(stepsOfGroup.get(group) ?? step, `group ${group}`).toBe(step);
        stepsOfGroup.set(group, step);
      }
    expect(Math.min(...steps.map(([groups]) => groups.length))).toBeGreaterThan(0);
    const rows = steps.flatMap(([, numbers]) => numbers);
    expect(rows.toSorted((a, b) => a - b)).toEqual(Array.from({ length: ROWS }, (_, row) => row));
    return rows;
  });
  expect(orders[0]).not.toEqual(orders[1]);
});

test.skipIf(torchPython() === null)(`groups larger than a batch (${MISSING})`, async () => {
  for (const steps of (await stepsOf("user_id", 2)).flat()) {
    const sizes = steps.map(([groups]) => groups.length);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    expect(Math.max(...sizes)).toBeLessThan(BATCH);
  }
});

test.skipIf(torchPython() === null)(`rows that were prepared one by one (${MISSING})`, async () => {
  await expect(stepsOf("request", 1, "rows-apart")).rejects.toThrow(
    /does not keep the rows of each request together: prepare the rows again/,
  );
});
