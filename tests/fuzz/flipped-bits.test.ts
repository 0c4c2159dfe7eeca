// One changed bit anywhere in what a training or a compilation leaves: in each file that scores depend on it
// is refused, with the diagnostic or the error that is for it; in any other it changes nothing.

import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { DiagnosticError, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { RankerWeightsError } from "../../compiler/serve/weights.ts";
import { train } from "../../runtime/cli/commands/train.ts";
import type { Terminal } from "../../runtime/cli/terminal.ts";
import { prepareTo } from "../../runtime/driver/prepare-to.ts";
import { readModel } from "../../runtime/driver/read-spec.ts";
import { PreparedFolder } from "../../runtime/prepared/read-description.ts";
import { readPrepared } from "../../runtime/prepared/read-prepared.ts";
import { readBaseline } from "../../runtime/run/baseline.ts";
import { type OpenRun, openRun } from "../../runtime/run/open-run.ts";
import { readState } from "../../runtime/run/optimizer-file.ts";
import { damaged } from "../../runtime/run/read-run.ts";
import { rowsOf } from "../data/files.ts";
import { type Compiled, compiled } from "../serve/compiled.ts";
import { specs } from "../serve/specs.ts";
import { someBits } from "../support/bits.ts";
import { runs, timeout } from "../support/how-often.ts";

vi.setConfig({ testTimeout: timeout });

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dinc-flips-"));
  await writeFile(
    at("model.din"),
    `model small
features item {
  item_id : id  embed 4
  price   : number |> standardize
}
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net { predict click = concat(item_id, price, mean(clicks)) |> dense(4, dice) |> dense(1) |> sigmoid }
train { batch 16  epochs 1  metrics auc }
`,
  );
  const rows = Array.from({ length: 60 }, (_, i) => `i${i % 7},${i % 4},i1|i${i % 5},${i % 2}`);
  await writeFile(at("train.csv"), `item_id,price,clicked,click\n${rows.join("\n")}\n`);
  const terminal: Terminal = {
    ...{ out: () => {}, progress: () => {}, say: () => {} },
    ...{ color: { messages: false, data: false }, interactive: false },
  };
  const set = [`data.train=${at("train.csv")}`];
  await train(at("model.din"), { out: at("run"), set, backend: "wasm", checkpointEvery: 60 }, terminal);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What nothing reads again. */
const FOR_PEOPLE = ["metrics.jsonl", "report.html"];

/** Opens a run and reads what only some commands read. */
async function allOf(path: string): Promise<OpenRun> {
  const opened = await openRun(path);
  await readBaseline(opened);
  await readState(path, opened.run.manifest, damaged);
  return opened;
}

test("of a run", async () => {
  const whole = JSON.stringify((await openRun(at("run"))).run.manifest);
  const names = await readdir(at("run"), { recursive: true });
  let flips = 0;
  for (const name of names) {
    const path = at("run", name);
    if ((await stat(path)).isDirectory()) continue;
    const bytes = await readFile(path);
    for (const [place, bit] of someBits(bytes, runs(8))) {
      flips++;
      bytes[place]! ^= bit;
      await writeFile(path, bytes);
      const opened = await allOf(at("run")).then(
        ({ run }) => JSON.stringify(run.manifest),
        (error: unknown) => error,
      );
      const where = `bit ${bit} of byte ${place} of ${name}`;
      if (FOR_PEOPLE.includes(name)) expect(opened, where).toBe(whole);
      else {
        expect(opened, where).toBeInstanceOf(DiagnosticError);
        const said = (opened as DiagnosticError).diagnostics[0]!.name;
        expect(["run-damaged", "run-version"], where).toContain(said);
      }
      bytes[place]! ^= bit;
    }
    await writeFile(path, bytes);
  }
  expect(flips).toBeGreaterThan(runs(40));
});

test("of prepared rows", async () => {
  const model = await readModel(at("model.din"));
  const source = rowsOf(at("train.csv"), { test: at("train.csv") });
  await prepareTo(at("model.din"), at("rows"), {
    set: [`data.train=${source.train}`, `data.test=${source.test}`],
    shards: 2,
  });
  const read = async () => {
    const folder = await PreparedFolder.open(at("rows"));
    await readPrepared(folder, model, { data: source, location: noLocation }, { memory: source.memory });
    return [await folder.titles(), await folder.baseline()];
  };
  await read();
  const names = (await PreparedFolder.open(at("rows"))).files;
  expect(names).toHaveLength(2 + 2 + 3 + 2);
  for (const path of names) {
    const bytes = await readFile(path);
    for (const [place, bit] of someBits(bytes, runs(4))) {
      bytes[place]! ^= bit;
      await writeFile(path, bytes);
      const said = await read().then(
        () => null,
        (error: unknown) => (error as DiagnosticError).diagnostics[0]!.name,
      );
      expect(["prepared-damaged", "prepared-version"], `bit ${bit} of byte ${place} of ${path}`).toContain(
        said,
      );
      bytes[place]! ^= bit;
    }
    await writeFile(path, bytes);
  }
});

describe("of the weights of a module", () => {
  let subject: Compiled;
  beforeAll(async () => {
    subject = await compiled(specs.din);
  });

  test("with its tables", async () => {
    const bytes = Uint8Array.from(subject.weights);
    for (const [place, bit] of someBits(bytes, runs(70))) {
      bytes[place]! ^= bit;
      const made = subject.module.createRanker({ weights: bytes });
      await expect(made, `bit ${bit} of byte ${place}`).rejects.toMatchObject({
        name: RankerWeightsError.name,
      });
      bytes[place]! ^= bit;
    }
    expect((await subject.module.createRanker({ weights: bytes })).verify()).toBeLessThan(1e-4);
  });
});
