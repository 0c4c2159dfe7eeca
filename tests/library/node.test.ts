// `dinc/node` as others call it: options in; values, events and errors out. It prints nothing and leaves the
// process as it was.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Scratch } from "../../runtime/files/scratch.ts";
import {
  compareRuns,
  compile,
  DiagnosticError,
  type DriverEvent,
  evaluate,
  init,
  listRuns,
  openRun,
  type Prepared,
  predict,
  predictTo,
  prepare,
  readModel,
  resume,
  Stopped,
  sourceFile,
  type TrainedRun,
  train,
  UsageError,
} from "../../runtime/index.ts";

const MODEL = `model tiny
features item { item_id : id  embed 4 }
label click : binary
net { predict click = item_id |> dense(8, relu) |> dense(1) |> sigmoid }
train { batch 50  epochs 2  metrics auc, log_loss }
`;

let folder = "";
const at = (name: string) => join(folder, name);
const config = () => sourceFile(at("dinc.yaml"), "data: { train: train.csv, test: train.csv }\n");
const model = () => sourceFile(at("model.din"), MODEL);
const backend = "wasm";
const printed = [vi.spyOn(process.stdout, "write"), vi.spyOn(process.stderr, "write")];
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const listeners = () => SIGNALS.map((signal) => process.listenerCount(signal));

let prepared: Prepared;
let run: TrainedRun;
const events: DriverEvent[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-library-"));
  const rows = Array.from({ length: 400 }, (_, i) => `${i % 23},${(i % 23) % 2}`);
  writeFileSync(at("train.csv"), `item_id,click\n${rows.join("\n")}\n`);
  prepared = await prepare(model(), { config: config(), onEvent: (event) => events.push(event) });
  run = await train(prepared, { out: at("run"), backend, onEvent: (event) => events.push(event) });
});
afterAll(() => rmSync(folder, { recursive: true }));

test("data are read once, and a training tells what it does", async () => {
  expect(prepared.summary).toMatchObject({
    rows: { train: 400, valid: null, test: 400 },
    vocabularies: { item_id: 23 },
    orderedBy: null,
  });
  expect(prepared.fitted.vocabularies.get("item_id")).toHaveLength(23);
  const kinds = new Set(events.map(({ kind }) => kind));
  for (const kind of ["data", "backend", "training", "step", "evaluation", "epoch", "checkpoint", "writing"])
    expect(kinds, kind).toContain(kind);
  expect(run).toMatchObject({ folder: at("run"), kept: 2, stopped: null });
  expect(run.epochs.map(({ epoch, steps }) => [epoch, steps])).toEqual([
    [1, 8],
    [2, 8],
  ]);
  const [evaluation] = run.evaluations;
  expect(evaluation!.values["auc"]).toBeGreaterThan(0.9);
});

test("what is prepared trains again: the same with the same seed, another model with another", async () => {
  await train(prepared, { out: at("same"), backend });
  await train(prepared, { out: at("other"), backend, seed: 7 });
  expect(await compareRuns(at("run"), at("same"))).toMatchObject({ same: true });
  expect(await compareRuns(at("run"), await openRun(at("other")))).toMatchObject({ same: false });
});

test("a run's metrics and scores are those of its training", async () => {
  const opened = await openRun(run.folder);
  const { evaluations, rows, totals } = await evaluate(opened, { data: at("train.csv"), backend });
  expect([rows, totals.get("click")!.ones]).toEqual([400, 191]);
  expect(evaluations[0]!.values).toEqual(run.evaluations.find(({ split }) => split === "test")!.values);
  const told: DriverEvent[] = [];
  const options = { data: at("train.csv"), backend } as const;
  const pieces = [];
  for await (const piece of predict(opened, { ...options, onEvent: (event) => told.push(event) }))
    pieces.push(piece);
  expect(pieces.map(({ from, rows: count }) => [from, count])).toEqual([[0, 400]]);
  const [logit, probability] = [pieces[0]!.logits.get("click")!, pieces[0]!.probabilities.get("click")!];
  expect(probability[0]).toBeCloseTo(1 / (1 + Math.exp(-logit[0]!)), 6);
  expect(told.at(-1)).toMatchObject({ kind: "scored", rows: 400 });
  expect(await predictTo(opened, at("scores.csv"), options)).toBe(400);
  let text = "";
  const write = async (part: string) => {
    text += part;
  };
  await predictTo(run.folder, write, { config: config(), split: "test", backend });
  expect(text).toBe(readFileSync(at("scores.csv"), "utf8"));
});

test("what is read for one call goes with it, and closed data train no more", async () => {
  const removed = vi.spyOn(Scratch.prototype, "remove");
  const foldersRemoved = () => new Set((removed.mock.contexts as Scratch[]).map(({ path }) => path)).size;
  const given = await prepare(model(), { config: config() });
  // DuckDB has a folder of its own, which goes when all is read.
  expect(foldersRemoved()).toBe(1);
  given.close();
  expect(foldersRemoved()).toBe(2);
  await expect(train(given, { out: at("closed"), backend })).rejects.toThrow(UsageError);
  await train(model(), { config: config(), out: at("own"), backend });
  expect(foldersRemoved()).toBe(4);
  await evaluate(at("own"), { config: config(), backend });
  expect(foldersRemoved()).toBe(6);
  await predictTo(at("own"), at("own.csv"), { data: at("train.csv"), backend });
  // The rows, and DuckDB's folder, as above.
  expect(foldersRemoved()).toBe(8);
  await expect(evaluate(at("own"), { data: at("none.csv"), backend })).rejects.toThrow(DiagnosticError);
  expect(foldersRemoved()).toBe(10);
  removed.mockRestore();
});

describe("an abort", () => {
  const stoppedBy = async (isDue: (event: DriverEvent) => boolean, out: string) => {
    const controller = new AbortController();
    const onEvent = (event: DriverEvent) => {
      if (isDue(event)) controller.abort();
    };
    return train(prepared, { out: at(out), backend, signal: controller.signal, onEvent }).then(
      () => null,
      (error: unknown) => error,
    );
  };

  test("ends a training after its step, which goes on from there to the same run", async () => {
    const error = await stoppedBy(
      (event) => event.kind === "step" && event.epoch === 2 && event.step === 3,
      "cut",
    );
    expect(error).toBeInstanceOf(Stopped);
    const position = { epoch: 2, steps: 3 };
    const path = `${at("cut")}.checkpoint`;
    const stopped = `${at("cut")}.stopped`;
    expect(error).toMatchObject({ at: position, checkpoint: { path, at: position }, run: stopped });
    expect([existsSync(at("cut")), existsSync(path)]).toEqual([false, true]);
    await expect(train(prepared, { out: at("cut"), backend })).rejects.toThrow(DiagnosticError);
    const from: unknown[] = [];
    const resumed = await resume(prepared, {
      ...{ out: at("cut"), backend },
      onEvent: (event) => void (event.kind === "training" && from.push(event.from)),
    });
    expect(from).toEqual([{ path, at: position }]);
    expect(resumed).toMatchObject({ kept: 2 });
    expect(await compareRuns(at("run"), at("cut"))).toMatchObject({ same: true });
    expect(existsSync(stopped)).toBe(false);
    expect(await resume(prepared, { out: at("cut"), backend })).toBeNull();
  });

  test("leaves a run with the weights so far, which says that it was stopped", async () => {
    const position = { epoch: 1, steps: 2 };
    await stoppedBy((event) => event.kind === "step" && event.step === 2, "part");
    const stopped = `${at("part")}.stopped`;
    const { run } = await openRun(stopped);
    expect(run.manifest).toMatchObject({ interrupted: position, epoch: 1, metrics: {} });
    expect(readFileSync(join(stopped, "report.html"), "utf8")).toContain(
      "by the user after step 2 of epoch 1 of 2",
    );
    expect((await evaluate(stopped, { data: at("train.csv"), backend })).rows).toBeGreaterThan(0);
    const { runs } = await listRuns(stopped);
    expect(runs.map(({ columns }) => columns.get("stopped"))).toEqual(["step 2 of epoch 1"]);
    const told: string[] = [];
    const onEvent = (event: DriverEvent) => {
      if (event.kind === "diagnostics") told.push(...event.diagnostics.map(({ name }) => name));
    };
    await compile(stopped, { onEvent });
    expect(told).toEqual(["run-stopped"]);
    await expect(evaluate(at("part"), { data: at("train.csv"), backend })).rejects.toThrow(
      /part is not a run folder/,
    );
  });

  test("before the first step keeps nothing", async () => {
    expect(await stoppedBy(({ kind }) => kind === "backend", "early")).toMatchObject({
      name: "Stopped",
      checkpoint: null,
    });
    expect(existsSync(at("early"))).toBe(false);
    const signal = AbortSignal.abort();
    await expect(train(prepared, { out: at("early"), backend, signal })).rejects.toThrow(Stopped);
    await expect(prepare(model(), { config: config(), signal })).rejects.toThrow(Stopped);
  });

  test("ends scoring, and leaves no file", async () => {
    const options = { data: at("train.csv"), backend, signal: AbortSignal.abort() } as const;
    await expect(evaluate(run.folder, options)).rejects.toThrow(Stopped);
    await expect(predictTo(run.folder, at("none.csv"), options)).rejects.toThrow(Stopped);
    expect(existsSync(at("none.csv"))).toBe(false);
  });
});

test("a run and a spec are compiled, with or without a folder", async () => {
  const { files } = await compile(run.folder, { out: at("ranker") });
  expect(readFileSync(at("ranker/model.ts"), "utf8")).toBe(files.get("model.ts"));
  const untrained = await compile({ untrained: model() }, { target: "onnx" });
  expect([...untrained.files.keys()]).toContain("model.onnx");
  await expect(compile(run.folder, { withoutTable: ["users"] })).rejects.toThrow(UsageError);
  await expect(compile(run.folder, { out: folder })).rejects.toThrow(DiagnosticError);
});

test("a draft is made of rows, and written where a folder is named", async () => {
  const draft = await init({ data: at("train.csv") });
  expect(draft.rows).toMatchObject({ total: 400, looked: 400 });
  await init({ data: at("train.csv"), folder: at("draft") });
  expect(readFileSync(at("draft/model.din"), "utf8")).toBe(draft.spec);
  await expect(init({ data: at("train.csv"), folder: at("draft") })).rejects.toThrow(DiagnosticError);
  expect((await readModel(at("draft/model.din"))).labels.has("click")).toBe(true);
});

test("what is wrong is thrown as diagnostics, and what is asked wrongly as a UsageError", async () => {
  await expect(prepare(null, { config: config() })).rejects.toThrow(DiagnosticError);
  await expect(prepare(at("none.din"))).rejects.toThrow(DiagnosticError);
  await expect(openRun(at("none"))).rejects.toThrow(DiagnosticError);
  await expect(evaluate(run.folder, {})).rejects.toThrow(UsageError);
  await expect(predictTo(run.folder, at("scores.txt"), { data: at("train.csv") })).rejects.toThrow(
    UsageError,
  );
});

test("nothing was printed, and no signal is listened to", () => {
  for (const write of printed) expect(write).not.toHaveBeenCalled();
  expect(listeners()).toEqual([0, 0, 0]);
});
