// A package's training as people start it: interrupted and gone on with, by other numbers of processes too,
// and ended by what goes wrong, with one sentence for all processes and the last checkpoint as it was.

import { readdirSync, readFileSync } from "node:fs";
import { cp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { digest } from "../../runtime/files/fingerprint.ts";
import type { PreparedDescription } from "../../runtime/prepared/prepared-folder.ts";
import { descriptionBytes } from "../../runtime/prepared/write-prepared.ts";
import { UNSEALED } from "../../runtime/run/seal.ts";
import { runHere } from "../cli/run-here.ts";
import { hostileWeights } from "../support/hostile-weights.ts";
import { runs } from "../support/how-often.ts";
import { runFork } from "./forks.ts";
import { BATCH, Films } from "./packages.ts";
import type { Ended } from "./python.ts";
import { noRay, noTorch, runPython, script, startRanks } from "./torchrun.ts";

const SPEC = `model films
features user { user_id : id  embed 4 }
features item { item_id : id  embed 6  genre : id  embed 4 }
history liked(max: 6) { item_id <-> hist_item_id  genre <-> hist_genre }
label like : binary
net {
  let interest = sum(softmax(dot(item_id, liked.item_id)) * liked)
  predict like = concat(user_id, item_id, genre, interest) |> batch_norm |> dense(12, dice) |> dropout(0.1) |> dense(1) |> sigmoid
}
train {
  optimizer adam(learning_rate: 1e-2)
  clip norm(1.0)
  average ema(0.9)
  batch ${BATCH}  epochs 2
  metrics auc, gauc(by: user_id), log_loss
}
`;

/** It learns by heart within few epochs, after which it gets worse. */
const STOPS = SPEC.replace("model films", "model stops")
  .replace("learning_rate: 1e-2", "learning_rate: 5e-2")
  .replace("epochs 2", "epochs 9")
  .replace(
    "metrics",
    "schedule plateau(factor: 0.5)  stop early(metric: log_loss - 0.01 * auc, patience: 2)\n  metrics",
  );

const STEPS = 16;

describe.skipIf(noTorch !== null)("a training", () => {
  let films: Films;

  const options = (rows: string, out: string, ...more: string[]) => ["--rows", rows, "--out", out, ...more];
  const start = (ranks: number, ...given: Parameters<typeof options>) =>
    startRanks(ranks, ["-m", "films.train", ...options(...given)], films.folder, ["package"]);
  const trained = async (ranks: number, ...given: Parameters<typeof options>) => {
    const run = { folder: films.folder, packages: ["package"], ranks };
    const { code, stderr } = await runFork(["-m", "films.train", ...options(...given)], run);
    expect(code, stderr).toBe(0);
  };
  const read = async (...path: string[]) => JSON.parse(await readFile(films.at(...path), "utf8"));
  const latest = (out: string) => read(out, "checkpoints", "latest.json");
  const often = ["--keep-every", "6"];
  const weights = (out: string) => readFile(films.at(out, "weights.safetensors"));

  beforeAll(async () => {
    films = await Films.write({ train: STEPS * BATCH, test: 150 });
    await writeFile(films.at("films.din"), SPEC);
    await films.prepare("films.din", "rows", "--shards", "2");
    await films.compile("films.din", "package");
    await writeFile(films.at("stops.din"), STOPS);
    await films.prepare(
      "stops.din",
      "rows-stops",
      "--shards",
      "2",
      "--set",
      "data.validate.share=0.2",
      "--set",
      "data.validate.rows=last",
    );
    await films.compile("stops.din", "package-stops");
    await trained(2, "rows", "out", ...often);
  }, 1_200_000);

  afterAll(() => rm(films.folder, { recursive: true, force: true }));

  test("killed in mid-epoch says so in one sentence, and goes on to the same weights", async () => {
    const killed = start(2, "rows", "cut", ...often);
    const hasKept = () =>
      latest("cut").then(
        ({ total }) => total >= 6,
        () => false,
      );
    while (!(await hasKept())) await new Promise((resolve) => setTimeout(resolve, 20));
    process.kill(childOf(killed.pid), "SIGKILL");
    const { code, stderr } = await killed.ended;
    expect(code).not.toBe(0);
    expect(sentencesOf({ stderr }), stderr).toEqual([
      expect.stringMatching(/the last checkpoint is complete, and --resume continues from it$/),
    ]);
    expect((await latest("cut")).total).toBeLessThan(2 * STEPS);
    await trained(2, "rows", "cut", "--resume", ...often);
    expect(await weights("cut")).toEqual(await weights("out"));
    expect(await lines(films.at("cut"))).toEqual(await lines(films.at("out")));
    const { epoch, epochs, steps, ranks, files } = await read("out", "trained.json");
    expect({ epoch, epochs, steps, ranks }).toEqual({ epoch: 2, epochs: 2, steps: 2 * STEPS, ranks: 2 });
    expect(files["weights.safetensors"].hash).toBe(digest(await weights("out")));
  }, 1_200_000);

  test.skipIf(noRay !== null)(
    "started by Ray ends with the same weights",
    async () => {
      const ray = ["--workers", "2", "--storage", films.at("ray"), "--"];
      const { code, stderr } = await runPython(
        "films.launch_ray",
        [...ray, ...options("rows", "out-ray")],
        films.folder,
        ["package"],
      );
      expect(code, stderr).toBe(0);
      expect(await weights("out-ray")).toEqual(await weights("out"));
    },
    1_200_000,
  );

  test("ended by what goes wrong: one sentence in all processes, and what was kept stays", async () => {
    const epoch = ["--epochs", "1"];
    const everyFew = [...epoch, "--keep-every", "5"];
    const cases: Case[] = [
      { name: "left", arguments: options("rows", "half"), fault: "left", says: /^left$/ },
      {
        name: "begun",
        arguments: options("rows", "half"),
        says: /half has an unfinished training: continue with --resume/,
      },
      {
        name: "other rows",
        arguments: options("rows-other", "half", "--resume"),
        says: /started with another prepared rows/,
      },
      {
        name: "other settings",
        arguments: options("rows", "half", "--resume", "--seed", "5"),
        says: /started with another settings/,
      },
      {
        name: "batch",
        arguments: options("rows", "new", "--batch", "63"),
        says: /^a batch of 63 rows cannot be divided evenly among 2 processes$/,
      },
      {
        name: "few shards",
        arguments: options("rows-one", "new"),
        says: /are 1 shards, too few for 2 processes: prepare them with --shards 2$/,
      },
      {
        name: "unequal",
        arguments: options("rows-unequal", "new"),
        says: /processes would have 2 to 1022 train rows, too unequal for 32 steps/,
      },
      {
        name: "missing",
        arguments: options("rows-missing", "new"),
        says: /part-00001.parquet is missing, which prepared.json names$/,
      },
      {
        name: "cut off",
        arguments: options("rows-cut", "new"),
        says: /part-00001.parquet has 100 bytes, and \d+ when it was prepared$/,
      },
      {
        name: "other spec",
        arguments: options("rows-spec", "new"),
        says: /another spec: the history `liked` was `max 5` there, and is `max 6` here/,
      },
      { package: "stops", name: "stops", arguments: options("rows-stops", "stopped"), says: null },
      {
        package: "stops",
        name: "no validation",
        arguments: options("rows", "new"),
        says: /epochs are compared by log_loss - 0.01 \* auc of validation rows, and none were prepared$/,
      },
      { name: "no rows", arguments: options("nowhere", "new"), says: /^nowhere has no prepared.json/ },
      {
        name: "diverges",
        arguments: options("rows", "diverges", "--learning-rate", "1e30", ...everyFew),
        says: /^the loss of step \d of epoch 1 is (nan|inf)/,
      },
      {
        name: "full disk",
        arguments: options("rows", "full", ...everyFew),
        fault: "full disk",
        says: /cannot be written \(File too large.*\); the previous one stays$/,
      },
      { name: "goes on", arguments: options("rows", "full", "--resume", ...everyFew), says: null },
    ];
    await damagedRows(films);
    cases.push(...(await hostile(films, options)));
    const given = cases.map(({ package: of = "films", name, arguments: own, fault = null }) => ({
      ...{ package: of, name, arguments: own, fault },
    }));
    await writeFile(films.at("cases.json"), JSON.stringify(given));
    const { code, stdout, stderr } = await runFork([script("faults.py"), "cases.json"], {
      ...{ folder: films.folder, packages: ["package", "package-stops"], ranks: 2 },
    });
    expect(code, stderr).toBe(0);
    const found = stdout
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
    for (const { name, says } of cases) {
      const sentences = found.filter((each) => each.name === name).map(({ sentence }) => sentence);
      const expected = says === null ? null : expect.stringMatching(says);
      expect(sentences, name).toEqual([expected, expected]);
    }
    expect((await read("full", "trained.json")).steps).toBe(STEPS);
    // The weights are those of the best epoch, which dinc finds in them too.
    const validated = (await lines(films.at("stopped"))).filter(({ split }) => split === "valid");
    const compared = validated.map(({ log_loss, auc }) => (log_loss as number) - 0.01 * (auc as number));
    const best = compared.indexOf(Math.min(...compared));
    const { epoch: kept, epochs, stopped } = await read("stopped", "trained.json");
    expect(compared).toHaveLength(best + 3);
    expect({ kept, epochs }).toEqual({ kept: best + 1, epochs: best + 3 });
    // The epoch after the best one is the first without a gain.
    const rates = validated.map(({ learning_rate }) => learning_rate as number);
    expect(rates).toEqual(compared.map((_, i) => expect.closeTo(i < best + 2 ? 0.05 : 0.025, 12)));
    expect(stopped).toEqual({
      metric: "log_loss - 0.01 * auc",
      label: "like",
      epoch: kept,
      value: expect.closeTo(compared[best]!, 12),
      early: true,
    });
    const { code: imported, err } = await runHere(["import", "stopped", "--out", "run"], {
      cwd: films.folder,
    });
    expect(imported, err).toBe(0);
    expect(err).not.toContain("warning");
    // What one process alone finds in mid-epoch ends the other one too.
    const damaged = await start(2, "rows-damaged", "damaged").ended;
    expect(damaged.code).not.toBe(0);
    expect(sentencesOf(damaged)).toEqual([expect.stringMatching(/part-00001.parquet cannot be read/)]);
    // The checkpoint after an epoch is gone on with by another number of processes.
    expect(await latest("half")).toMatchObject({ epoch: 2, step: 0, ranks: 2 });
    const before = await lines(films.at("half"));
    await trained(1, "rows", "half", "--resume");
    expect((await lines(films.at("half"))).slice(0, before.length)).toEqual(before);
    expect(await read("half", "trained.json")).toMatchObject({ ranks: 1, epochs: 2, steps: 2 * STEPS });
  }, 1_200_000);
});

/** Files that are none of what they are given for, and settings that no training has. */
async function hostile(
  films: Films,
  options: (rows: string, out: string, ...more: string[]) => string[],
): Promise<Case[]> {
  const cases: Case[] = [];
  const sound = await readFile(films.at("out", "weights.safetensors"));
  for (const [i, { what, bytes }] of fc.sample(hostileWeights(sound), runs(12)).entries()) {
    await writeFile(films.at(`hostile-${i}`), bytes);
    const from = ["--from", `hostile-${i}`];
    cases.push({
      name: `${i}: ${what}`,
      arguments: options("rows", "new", ...from),
      says: /^hostile-\d+ (has|isn't) /,
    });
  }
  for (const from of ["package", "nowhere"])
    cases.push({
      name: `from ${from}`,
      arguments: options("rows", "new", "--from", from),
      says: new RegExp(from),
    });
  for (const setting of [
    "--epochs 0",
    "--batch -1",
    "--batch 1e9",
    "--learning-rate nan",
    "--seed -1",
    "--keep-every x",
  ])
    cases.push({
      name: setting,
      arguments: options("rows", "new", ...setting.split(" ")),
      says: /^argument --/,
    });
  const record = await readFile(films.at("out", "checkpoints", "latest.json"), "utf8");
  const kept = JSON.parse(record);
  for (const [what, text, says] of [
    ["cut", record.slice(0, 40), /latest.json is damaged/],
    ["no object", "[]", /latest.json is damaged \(it has no `identity`\)/],
    [
      "without a step",
      JSON.stringify({ ...kept, step: undefined }),
      /latest.json is damaged \(it has no `step`\)/,
    ],
    ["of nowhere", JSON.stringify({ ...kept, at: "step-0" }), /step-0 cannot be read/],
    [
      "of another dinc",
      JSON.stringify({ ...kept, identity: { ...kept.identity, spec: "0" } }),
      /another version of dinc/,
    ],
  ] as const) {
    const out = `out ${what}`;
    await cp(films.at("out"), films.at(out), { recursive: true });
    await writeFile(films.at(out, "checkpoints", "latest.json"), text);
    cases.push({ name: out, arguments: options("rows", out, "--resume"), says });
  }
  const old = {
    name: "of an earlier package",
    arguments: options("rows", "old"),
    fault: "no averages",
    says: /^left$/,
  };
  cases.push(old, {
    ...{ name: "which is gone on with", arguments: options("rows", "old", "--resume") },
    says: /cannot be read \(.*averages\/.*\): start again in another folder$/,
  });
  for (const [what, text] of [
    ["cut", "{"],
    ["list", "[1]"],
    ["other", '{"version":1}'],
  ] as const) {
    await cp(films.at("rows"), films.at(`rows-json-${what}`), { recursive: true });
    await writeFile(films.at(`rows-json-${what}`, "prepared.json"), text);
    cases.push({
      name: `rows ${what}`,
      arguments: options(`rows-json-${what}`, "new"),
      says: /prepared.json (is|was) /,
    });
  }
  return cases;
}

interface Case {
  readonly name: string;
  /** `films` where nothing is said. */
  readonly package?: string;
  readonly arguments: string[];
  readonly fault?: string;
  /** Null where nothing goes wrong. */
  readonly says: RegExp | null;
}

/** Copies of the folder `rows` with something wrong, and rows of another spec. */
async function damagedRows(films: Films): Promise<void> {
  const copied = async (name: string, change: (description: PreparedDescription) => void = () => {}) => {
    await cp(films.at("rows"), films.at(name), { recursive: true });
    const description = JSON.parse(await readFile(films.at(name, "prepared.json"), "utf8"));
    change(description);
    const unsealed = { ...description, checksum: UNSEALED };
    await writeFile(films.at(name, "prepared.json"), descriptionBytes(unsealed));
  };
  const second = join("train", "part-00001.parquet");
  await copied("rows-other", (description) => Object.assign(description, { compiler: "another" }));
  await copied("rows-missing");
  await rm(films.at("rows-missing", second));
  await copied("rows-cut");
  await truncate(films.at("rows-cut", second), 100);
  await copied("rows-damaged");
  const bytes = await readFile(films.at("rows-damaged", second));
  await writeFile(films.at("rows-damaged", second), bytes.fill(7, bytes.length - 200));
  await copied("rows-unequal", ({ splits }) => {
    const [first, other] = splits.train.shards as unknown as { rows: number }[];
    first!.rows = STEPS * BATCH - 2;
    other!.rows = 2;
  });
  await films.prepare("films.din", "rows-one", "--shards", "1");
  await writeFile(films.at("shorter.din"), SPEC.replace("max: 6", "max: 5"));
  await films.prepare("shorter.din", "rows-spec", "--shards", "2");
}

/** What processes say of their end, without what torchrun adds. */
function sentencesOf({ stderr }: Pick<Ended, "stderr">): string[] {
  return stderr.split("\n").filter((line) => line.startsWith("films.train: "));
}

/** A process that `parent` has started. */
function childOf(parent: number): number {
  const children = readdirSync("/proc").filter((name) => {
    try {
      return (
        /^\d+$/.test(name) &&
        readFileSync(`/proc/${name}/stat`, "utf8").split(") ")[1]!.split(" ")[1] === String(parent)
      );
    } catch {
      return false; // it has ended
    }
  });
  return Math.max(...children.map(Number));
}

/** metrics.jsonl without what a clock says. */
async function lines(out: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(out, "metrics.jsonl"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => ({ ...JSON.parse(line), train_seconds: 0, samples_per_second: 0 }));
}
