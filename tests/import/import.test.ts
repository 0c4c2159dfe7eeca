// There and back: what a training leaves in the form of a package is imported as the run that it was, to the
// last bit, and every command goes on with it.

import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Stopped } from "../../runtime/driver/events.ts";
import { importRun } from "../../runtime/driver/import.ts";
import type { RunComparison } from "../../runtime/run/compare-runs.ts";
import { openRun } from "../../runtime/run/open-run.ts";
import { runHere } from "../cli/run-here.ts";
import { writeTrained } from "./trained.ts";

const spec = `/// Which of two items is clicked.
model tiny

param units = 8

features user { user_id : id }
features item {
  item_id : id  embed 4
  price   : number |> standardize
  tags    : set(id, max: 3)  embed 4
}
history clicks(max: 5) { item_id <-> clicked }
label click : binary

net {
  let idle = embed(item_id, 3)  // a table that nothing reads
  predict click =
    concat(item_id, price, tags, sum(softmax(dot(clicks, item_id)) * clicks)) |> dense(units, dice) |> dense(1) |> sigmoid
}

train { batch 16  epochs 3  stop early(log_loss)  metrics auc, gauc(by: user_id), log_loss }
`;
const rows = (count: number) =>
  `user_id,item_id,price,tags,clicked,click\n${Array.from(
    { length: count },
    (_, i) =>
      `u${i % 9},i${(i * i) % 11},${(i * 7) % 5}.5,${i % 3 === 0 ? "" : `t${i % 4}|t${i % 3}`},${i % 6 === 0 ? "" : `i${i % 7}|i${i % 4}`},${(i * i + 3 * i) % 7 < 3 ? 1 : 0}\n`,
  ).join("")}`;

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);
const dinc = async (...args: string[]) => {
  const ran = await runHere(args, { cwd: folder });
  expect(ran.code, ran.err).toBe(0);
  return ran;
};
const wasm = ["--backend", "wasm"];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-import-"));
  writeFileSync(at("model.din"), spec);
  writeFileSync(at("train.csv"), rows(300));
  writeFileSync(at("valid.csv"), rows(80).replaceAll("i10", "i3"));
  writeFileSync(at("test.csv"), rows(90).replaceAll("u1", "u2"));
  writeFileSync(
    at("dinc.yaml"),
    "spec: model.din\ndata: { train: train.csv, valid: valid.csv, test: test.csv }\n",
  );
  await dinc("prepare", "-c", "dinc.yaml", "--param", "units=12", "--out", "rows");
  await dinc("train", "-c", "dinc.yaml", "--param", "units=12", ...wasm, "--out", "run");
  await writeTrained(at("out"), at("run"), at("rows"));
  const { out, err } = await dinc("import", "out", ...wasm, "--out", "imported");
  said = { out, err };
});
afterAll(() => rmSync(folder, { recursive: true }));

let said = { out: "", err: "" };

test("the run is the one that was trained, to the last bit", async () => {
  for (const name of [
    "weights.safetensors",
    "fitted.json",
    "model.din",
    "vocab/item_id.jsonl",
    "vocab/tags.jsonl",
  ])
    expect(readFileSync(at("imported", name)).equals(readFileSync(at("run", name))), name).toBe(true);
  const [{ run: imported }, { run: trained }] = [await openRun(at("imported")), await openRun(at("run"))];
  const { files: _, checksum: __, peakMemory: ___, environment, ...record } = imported.manifest;
  const { files: _a, checksum: _b, peakMemory: _c, environment: _d, ...before } = trained.manifest;
  const { trainer, ...others } = record;
  expect(others).toEqual(before);
  expect(trainer).toBe("PyTorch 2.14.1, TorchRec 1.9.2, FBGEMM 1.9.0, 2 processes on cpu");
  expect(environment).toMatchObject({ cpu: "a processor", cores: 2, backend: `${trainer}, Python 3.11.7` });
  expect(record).toMatchObject({ parent: null, params: { units: 12 }, settings: { epochs: 3, batch: 16 } });
  expect(before.stopped).not.toBeNull();
});

test("its epochs, report and messages say what the training said", () => {
  const lines = (run: string) =>
    readFileSync(at(run, "metrics.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  expect(lines("imported").map(({ auc, split, epoch }) => ({ auc, split, epoch }))).toEqual(
    lines("run").map(({ auc, split, epoch }) => ({ auc, split, epoch })),
  );
  expect(said.err).toContain("golden rows of the training have dinc's logits");
  expect(said.err).toContain("next: dinc compile imported --target ts");
  expect(said.out).toContain("epoch");
  const sections = (run: string) =>
    readFileSync(at(run, "report.html"), "utf8").match(/<section[\s\S]*?<\/section>/g)!;
  const [imported, trained] = [sections("imported"), sections("run")];
  // Notes about the import, and the curve of the loss, are its own.
  const others = (all: readonly string[]) => all.filter((text) => !/id="(results|training)"/.test(text));
  expect(others(imported)).toEqual(others(trained));
  expect(imported.length).toBe(trained.length);
  expect(readFileSync(at("imported", "report.html"), "utf8")).toContain("PyTorch 2.14.1");
});

describe("goes on as after dinc train:", () => {
  test.each([
    ["-c", "dinc.yaml"],
    ["--data", "test.csv"],
    ["--rows", "rows"],
  ])("eval %s %s", async (...where) => {
    const [imported, trained] = await Promise.all(
      ["imported", "run"].map((run) => dinc("eval", run, ...where, ...wasm, "--format", "json")),
    );
    expect(imported!.out).toBe(trained!.out);
  });

  test("predict", async () => {
    for (const run of ["imported", "run"])
      await dinc("predict", run, "--data", "test.csv", ...wasm, "--out", `${run}.csv`);
    expect(readFileSync(at("imported.csv"), "utf8")).toBe(readFileSync(at("run.csv"), "utf8"));
  });

  test.each(["ts", "onnx"])("compile --target %s", async (target) => {
    await dinc("compile", "imported", "--target", target, "--out", `ranker-${target}`);
    await dinc("compile", "run", "--target", target, "--out", `other-${target}`);
    const names = readdirSync(at(`ranker-${target}`));
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) {
      const [imported, trained] = [`ranker-${target}`, `other-${target}`].map((ranker) =>
        readFileSync(at(ranker, name)),
      );
      // Its nodes say where they are from, with the path of the run.
      if (name === "model.onnx") expect(Math.abs(imported!.length - trained!.length)).toBeLessThan(1000);
      else expect(imported!.equals(trained!), name).toBe(true);
    }
  });

  test("diff", async () => {
    const ran = await dinc("diff", "run", "imported", "--format", "json");
    const { same, weights, differences } = JSON.parse(ran.out) as RunComparison;
    expect({ same, weights: weights.same, spec: differences.spec }).toEqual({
      same: true,
      weights: true,
      spec: [],
    });
    expect(differences.backend.map(({ b }) => b)).toContain(
      "PyTorch 2.14.1, TorchRec 1.9.2, FBGEMM 1.9.0, 2 processes on cpu, Python 3.11.7",
    );
  });
});

test("a complete run is not replaced unasked", async () => {
  const again = await runHere(["import", "out", "--out", "imported"], { cwd: folder });
  expect(again.err).toContain("DIN0501 output-exists");
  await dinc("import", "out", "--out", "imported", ...wasm, "--force");
});

test.each(["before anything", "while it measures"])("stopped %s, it leaves nothing", async (when) => {
  const controller = new AbortController();
  if (when === "before anything") controller.abort();
  const stopped = importRun(at("out"), {
    out: at("stopped"),
    backend: "wasm",
    signal: controller.signal,
    onEvent: ({ kind }) => kind === "measuring" && controller.abort(),
  });
  await expect(stopped).rejects.toThrow(Stopped);
  expect(readdirSync(folder).filter((name) => name.startsWith("stopped"))).toEqual([]);
});

test("rows that lie elsewhere are named, and training shards need not be there", async () => {
  renameSync(at("rows"), at("moved"));
  const without = await runHere(["import", "out", "--out", "other"], { cwd: folder });
  expect(without.err).toContain("DIN0645 import-rows-missing");
  rmSync(at("moved", "train"), { recursive: true });
  const { err } = await dinc("import", "out", "--rows", "moved", ...wasm, "--out", "other");
  expect(err).toMatch(/does not count ids in the 300 training rows: train\/part-00000.parquet is not here/);
  expect(readFileSync(at("other", "report.html"), "utf8")).not.toContain('id="embeddings"');
  const eval_ = ["--data", "test.csv", ...wasm, "--format", "json"];
  expect((await dinc("eval", "other", ...eval_)).out).toBe((await dinc("eval", "run", ...eval_)).out);
});
