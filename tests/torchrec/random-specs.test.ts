// Random specs on the same rows, from the same first weights, in the same order: a package trains as dinc does. The loss of every
// step, all weights and moving averages at the end, and the predictions of test rows are the same up to rounding. A spec that no
// package trains is refused with its place and what to write instead.
//
// How far rounding may carry is measured: the package trains twice more from weights that differ from the first by a few
// roundings. FUZZ=20 draws twenty times as many; FIRST=N begins with case N, SHOW=1 prints the spec of what fails.

import { readFile, rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emitTorchrec } from "../../compiler/backends/torchrec/package.ts";
import { Random } from "../../compiler/common/random.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { TOLERANCE } from "../../compiler/serve/golden.ts";
import { tableOf } from "../../compiler/train/tables.ts";
import { prepareTo, train } from "../../runtime/index.ts";
import { compareGolden, goldenRows, referenceLogits, type Weighted } from "../../runtime/run/golden-rows.ts";
import { openRun } from "../../runtime/run/open-run.ts";
import { readSafetensors } from "../../runtime/run/safetensors.ts";
import type { Tensor } from "../../runtime/run/safetensors-bytes.ts";
import { testContext } from "../support/emitted.ts";
import { runs, seed } from "../support/how-often.ts";
import { RandomSpec } from "../support/random-spec.ts";
import { runFork } from "./forks.ts";
import { Films, filmRows, HOSTILE_SETTINGS } from "./packages.ts";
import { noTorch, script } from "./torchrun.ts";
import {
  beginning,
  farthest,
  type Left,
  leftBy,
  type Tensors,
  type Trained,
  writeTensors,
} from "./trained-twice.ts";

const CASES = runs(8);
const FIRST = Number(process.env["FIRST"] ?? 0);
const STEPS = [1, 3, 20];
const TEST_ROWS = 40;

/** Weights of the other trainings differ so much from the first ones: by eight roundings, or by four of a number about 1. */
const NUDGE = 2 ** -20;
const NUDGE_OF_ZERO = 2 ** -22;
const NUDGED = 2;
/** Tensors whose numbers are all smaller are near 0. */
const SMALL = 0.01;

interface Case {
  readonly name: string;
  readonly text: string;
  readonly steps: number;
  readonly rows: number;
  /** Whether its rows are hard to read. */
  readonly isHostile: boolean;
}

interface Refusal {
  readonly text: string;
  readonly error: unknown;
}

/** A training that ended with an error has its message instead. */
type Outcome<T> =
  | { readonly kind: "refused"; readonly prepared: string; readonly alone: string }
  | { readonly kind: "trained"; readonly trained: T }
  | { readonly kind: "failed"; readonly message: string };

const { cases, refused } = noTorch === null ? drawn() : { cases: [], refused: [] };

function drawn(): { readonly cases: Case[]; readonly refused: Refusal[] } {
  const cases: Case[] = [];
  const refused: Refusal[] = [];
  for (let at = FIRST; cases.length < CASES; at++) {
    const name = `spec_${at}`;
    const { text, batch } = RandomSpec.of(seed * 100_003 + at, name);
    const { value: model } = check(sourceFile(`${name}.din`, text));
    if (model === null) continue;
    try {
      emitTorchrec(model, testContext);
    } catch (error) {
      refused.push({ text, error });
      continue;
    }
    const random = Random.of(at, "rows");
    const steps = STEPS[random.integer(STEPS.length)]!;
    // The last batch has one row, some, or all.
    const last = [1, 1 + random.integer(batch), batch][random.integer(3)]!;
    cases.push({ name, text, steps, rows: (steps - 1) * batch + last, isHostile: random.integer(3) === 0 });
  }
  return { cases, refused };
}

function nudged(tensors: Tensors, by: number): Tensors {
  const random = Random.of(by, "nudge");
  const draw = () => 2 * random.next() - 1;
  const moved = (name: string, { dims, values }: Tensor): Tensor => {
    // Moving averages begin at 0 and 1; the row of padding stays 0.
    if (/\.(mean|variance)$/.test(name)) return { dims, values };
    const first = name.startsWith("table.") ? dims[1]! : 0;
    const near = (value: number) => value * (1 + NUDGE * draw()) + NUDGE_OF_ZERO * draw();
    return { dims, values: values.map((value, i) => (i < first ? value : near(value))) };
  };
  return new Map([...tensors].map(([name, tensor]) => [name, moved(name, tensor)]));
}

describe.skipIf(noTorch !== null)("random specs", () => {
  let films: Films;
  const byDinc = new Map<string, Outcome<Trained>>();
  const outcomes = new Map<string, string>();
  /** By case the least change of a weight, of its tensor's largest number, that is seen in every tensor. */
  const shown = new Map<string, number>();

  beforeAll(async () => {
    films = await Films.write({ train: 1, test: TEST_ROWS });
    await writeFile(films.at("hostile.csv"), filmRows(TEST_ROWS, 2, true));
    const trainings: Training[] = [];
    for (const each of cases) {
      const expected = await prepared(films, each);
      byDinc.set(each.name, expected);
      if (expected.kind !== "refused") trainings.push(...(await beginnings(films, each)));
    }
    await writeFile(films.at("trainings.json"), JSON.stringify(trainings));
    const packages = cases.map(({ name }) => `package-${name}`);
    const { code, stdout, stderr } = await runFork([script("same_training.py"), "trainings.json"], {
      ...{ folder: films.folder, packages, ranks: 1 },
    });
    expect(code, stderr).toBe(0);
    for (const line of stdout.trim().split("\n").filter(Boolean)) {
      const { place, said } = JSON.parse(line);
      outcomes.set(trainings[place]!.out, said);
    }
  }, 3_600_000);

  afterAll(() => rm(films.folder, { recursive: true, force: true }));

  test.each(cases.map((each) => [each.name, each] as const))("%s", async (_, each) => {
    await expectSame(films, each, byDinc.get(each.name)!, outcomes, shown).catch((error) => {
      if (process.env["SHOW"] !== undefined) console.log(each.text, each.steps, "steps,", each.rows, "rows");
      throw error;
    });
  });

  test("most of them would show a difference of a thousandth", () => {
    const sharp = [...shown.values()].filter((least) => least < 1e-3);
    expect(sharp.length).toBeGreaterThanOrEqual(shown.size / 2);
  });

  test("what no package trains is refused with its place", () => {
    for (const { text, error } of refused) {
      expect(error, text).toBeInstanceOf(DiagnosticError);
      for (const found of (error as DiagnosticError).diagnostics)
        expect(found, text).toMatchObject({ code: "DIN0649", location: { kind: "text" } });
    }
  });
});

interface Training {
  readonly package: string;
  readonly arguments: readonly string[];
  readonly out: string;
}

/** Rows and a package; then what dinc came to. Where rows are refused, training by dinc alone refuses them for the same reason. */
async function prepared(films: Films, { name, text, rows, isHostile }: Case): Promise<Outcome<Trained>> {
  const [spec, config, run] = [films.at(`${name}.din`), films.at(`${name}.yaml`), films.at(`run-${name}`)];
  await writeFile(spec, text);
  await writeFile(films.at(`${name}.csv`), filmRows(rows, 1, isHostile));
  const test = isHostile ? "hostile.csv" : "test.csv";
  const more = isHostile ? HOSTILE_SETTINGS : "";
  await writeFile(config, `data:\n  train: ${name}.csv\n  test: ${test}\n${more}`);
  const folder = films.at(`rows-${name}`);
  try {
    await prepareTo(spec, folder, { config, order: "trained", shards: 1 });
  } catch (error) {
    const alone = await train(spec, { config, out: run }).then(() => "trained", codesOf);
    return { kind: "refused", prepared: codesOf(error), alone };
  }
  await films.compile(spec, `package-${name}`);
  try {
    const { epochs } = await train(spec, { config, rows: folder, out: run });
    const { tensors } = await readSafetensors(`${run}/weights.safetensors`);
    return { kind: "trained", trained: { losses: epochs[0]!.curve, weights: tensors } };
  } catch (error) {
    return { kind: "failed", message: codesOf(error) };
  }
}

function codesOf(error: unknown): string {
  if (!(error instanceof DiagnosticError)) throw error;
  return error.diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n");
}

/** From dinc's first weights, and from others near them. */
async function beginnings(films: Films, { name }: Case): Promise<Training[]> {
  const begun = await beginning(films.at(`${name}.din`), films.at(`rows-${name}`));
  const trainings: Training[] = [];
  for (let i = 0; i <= NUDGED; i++) {
    const [from, out] = [`${name}-${i}.safetensors`, `out-${name}-${i}`];
    await writeTensors(films.at(from), i === 0 ? begun : nudged(begun, i));
    trainings.push({
      package: name,
      arguments: ["--rows", `rows-${name}`, "--out", out, "--from", from],
      out,
    });
  }
  return trainings;
}

async function expectSame(
  films: Films,
  { name, steps, isHostile }: Case,
  expected: Outcome<Trained>,
  outcomes: ReadonlyMap<string, string>,
  shown: Map<string, number>,
): Promise<void> {
  if (expected.kind === "refused") {
    expect(expected.prepared).toBe(expected.alone);
    return;
  }
  const failure = outcomes.get(`out-${name}-0`);
  if (expected.kind === "failed" || failure !== undefined) {
    const message = expected.kind === "failed" ? expected.message : "dinc trained";
    const both = `${message}\n${failure ?? "the package trained"}`;
    expect(both).toMatch(/^DIN0436 .*the warm-up .* would outlast|^DIN05\d\d .*diverges/s);
    return;
  }
  const { losses, weights } = expected.trained;
  const found = await leftBy(films.at(`out-${name}-0`));
  const others: Left[] = [];
  for (let i = 1; i <= NUDGED; i++)
    if (!outcomes.has(`out-${name}-${i}`)) others.push(await leftBy(films.at(`out-${name}-${i}`)));
  /** Each step rounds anew, and what it rounds is carried as the nudge is. */
  const allowed = (of: (trained: Left) => ArrayLike<number>, size: number) =>
    NUDGE * size + 2 * steps * Math.max(0, ...others.map((other) => farthest(of(other), of(found))));

  expect(found.losses).toHaveLength(losses.length);
  for (let i = 0; i < losses.length; i++) {
    const bound = allowed(({ losses }) => losses.slice(0, i + 1), Math.max(1, Math.abs(losses[i]!)));
    expect(
      Math.abs(found.losses[i]! - losses[i]!),
      `loss of step ${i + 1}: ${found.losses[i]} for ${losses[i]}`,
    ).toBeLessThanOrEqual(bound);
  }
  expect([...found.weights.keys()].sort()).toEqual([...weights.keys()].sort());
  let least = 0;
  for (const [tensor, { dims, values }] of weights) {
    expect(found.weights.get(tensor)!.dims, tensor).toEqual(dims);
    const bound = allowed(({ weights }) => weights.get(tensor)!.values, largest(values));
    least = Math.max(least, bound / Math.max(SMALL, largest(values)));
    expect(farthest(found.weights.get(tensor)!.values, values), tensor).toBeLessThanOrEqual(bound);
  }
  shown.set(name, least);

  // The package's weights give the package's logits, and dinc's weights nearly the same.
  const run = await openRun(films.at(`run-${name}`));
  const golden = goldenRows(found.golden, run);
  expect(golden.rows.rows).toBe(TEST_ROWS);
  expect(compareGolden(golden, weightedBy(run, found.weights)).difference).toBeNull();
  const references = referenceLogits(golden.rows, run);
  for (const [channel, logits] of golden.logits) {
    const reference = references.get(channel)!;
    const bound = allowed((trained) => JSON.parse(trained.golden).logits[channel], largest(reference));
    expect(farthest(logits, reference), `logits of ${channel}`).toBeLessThanOrEqual(
      bound + TOLERANCE.absolute,
    );
  }
  // The same rows as people give them.
  await films.dinc(
    "predict",
    `run-${name}`,
    "--data",
    isHostile ? "hostile.csv" : "test.csv",
    "--out",
    `${name}.jsonl`,
  );
  const lines = (await readFile(films.at(`${name}.jsonl`), "utf8")).trim().split("\n");
  const predicted = lines.map((line) => JSON.parse(line).like_logit as number);
  expect(farthest(predicted, references.get("like")!)).toBeLessThanOrEqual(
    TOLERANCE.absolute + TOLERANCE.relative * largest(predicted),
  );
}

function weightedBy(run: Weighted, tensors: Tensors): Weighted {
  return {
    ...run,
    tables: new Map(
      [...run.tables].map(([name, { spec }]) => [name, tableOf(spec, tensors.get(`table.${name}`)!.values)]),
    ),
    parameters: new Map([...run.parameters].map(([name]) => [name, tensors.get(name)!.values])),
  };
}

function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
