// dinc tune: what it chooses is a training like any other, chosen by validation rows alone; a diverged trial
// is a finding; a search that is cut off goes on to the same choice.

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  DiagnosticError,
  prepareTo,
  Stopped,
  type StudyLine,
  type TunedStudy,
  type TuneEvent,
  train,
  tune,
} from "../../runtime/index.ts";
import { runHere } from "../cli/run-here.ts";
import { STACK_TRACE } from "../cli/spawn.ts";
import { argumentsIn } from "../support/shell.ts";
import { SPEC, writeProject } from "./project.ts";

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);
const backend = "wasm" as const;
const config = () => at("dinc.yaml");
let study: TunedStudy;
const events: TuneEvent[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-tune-"));
  writeProject(folder);
  study = await tune(null, {
    ...{ config: config(), out: at("search"), trials: 7, backend, parallel: 1 },
    onEvent: (event) => events.push(event),
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

const plain = (lines: readonly StudyLine[]) =>
  lines.map(({ seconds: _, rows: __, ...line }) => line).sort((a, b) => a.rung - b.rung || a.trial - b.trial);
const cli = (...args: string[]) => runHere(["tune", "--backend", backend, ...args], { cwd: folder });

describe("a search", () => {
  test("begins with the spec's own settings and draws the others from the ranges", () => {
    const first = study.lines.filter(({ rung }) => rung === 0);
    expect(first.map(({ trial }) => trial)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(first[0]!.settings).toBeNull();
    expect(study.own).toEqual({ rate: "0.001", units: "[8]" });
    for (const { settings } of first.slice(1)) {
      expect(Number(settings!["rate"])).toSatisfy((rate: number) => rate >= 1e-3 && rate <= 1e-1);
      expect(["[4]", "[8]", "[16, 8]"]).toContain(settings!["units"]);
    }
    expect(study.rungs).toEqual([1, 4]);
    const ended = study.lines.filter(({ rung }) => rung === 1).length;
    expect(ended).toBeGreaterThan(0);
    expect(ended).toBeLessThan(5);
  });

  test("of the spec's own ranges is the same as one of dinc.yaml's", async () => {
    const ranges =
      "tune {\n  rate:  log(1e-3..1e-1) // each order\n  units: choice([4], [8],\n    [16, 8])\n}\n";
    writeFileSync(at("own.din"), `${SPEC}${ranges}`);
    writeFileSync(at("own.yaml"), "data: { train: train.csv, valid: valid.csv, test: test.csv }\n");
    const asked = { config: at("own.yaml"), backend, parallel: 1, trials: 3, reduction: 1, force: true };
    const set = ["train.epochs=1"];
    const own = await tune(at("own.din"), { ...asked, set, out: at("own") });
    const other = await tune(at("model.din"), { ...asked, set, config: config(), out: at("other") });
    expect(own.space).toEqual(other.space);
    expect(plain(own.lines)).toEqual(plain(other.lines));
    // Of one name the option counts before dinc.yaml, and that before the spec.
    const yaml = "tune:\n  rate: uniform(0.1..0.2)\n  units: choice([1], [2])\n";
    writeFileSync(at("own.yaml"), `${yaml}${readFileSync(at("own.yaml"), "utf8")}`);
    const mixed = await tune(at("own.din"), {
      ...{ ...asked, set, trials: 1, out: at("mixed") },
      tune: { rate: "log(1e-5..1e-4)", "train.batch": "choice(8, 16)" },
    });
    expect(mixed.space).toEqual({
      ...{ rate: "log(0.00001..0.0001)", units: "choice([1], [2])", "train.batch": "choice(8, 16)" },
    });
  });

  test("chooses the best on the validation rows of those trained to their end", () => {
    const ended = study.lines.filter(({ rung }) => rung === 1);
    expect(study.chosen.value).toBe(Math.max(...ended.map(({ value }) => value!)));
    expect(study.metric).toBe("auc");
  });

  test("leaves a run of the chosen settings, with the figures of the trial", () => {
    expect(study.best.valid["click"]!["auc"]).toBe(study.chosen.value);
    expect(Object.keys(study.best.test["click"]!)).toEqual(["auc", "gauc", "log_loss"]);
    expect(String(study.best.params["rate"])).toBe(study.chosen.settings!["rate"]);
    expect(readdirSync(at("search")).sort()).toEqual(["best", "report.html", "study.json", "trials.jsonl"]);
  });

  test("a trial is the training of `dinc train` with the same settings, to the last digit", async () => {
    const { rate, units } = study.chosen.settings!;
    const run = await train(null, {
      ...{ config: config(), out: at("by-hand"), backend },
      params: { rate: Number(rate), units: JSON.parse(units!) as number[] },
    });
    for (const line of study.lines.filter(({ trial }) => trial === study.chosen.trial)) {
      const { evaluations } = run.epochs[line.epochs - 1]!;
      const valid = evaluations.find(({ split }) => split === "valid")!;
      expect(line.metrics).toEqual(valid.values);
    }
    expect(
      readFileSync(at("by-hand/weights.safetensors")).equals(
        readFileSync(at("search/best/weights.safetensors")),
      ),
    ).toBe(true);
  });

  test("measures no test rows before the choice", () => {
    const chosen = events.findIndex(({ kind }) => kind === "chosen");
    const measured = events.findIndex((event) => event.kind === "evaluation" && event.split === "test");
    expect(chosen).toBeGreaterThan(0);
    expect(measured).toBeGreaterThan(chosen);
    for (const line of study.lines) expect(JSON.stringify(line)).not.toContain("test");
  });

  test("other test rows change nothing but what is measured at the end", async () => {
    const rows = readFileSync(at("test.csv"), "utf8").trimEnd().split("\n");
    writeFileSync(at("other.csv"), `${rows.slice(0, 60).join("\n")}\n`);
    const other = await tune(null, {
      ...{ config: config(), out: at("other-test"), trials: 7, backend, parallel: 1 },
      set: ["data.test=other.csv", `data.dir=${folder}`],
    });
    expect(plain(other.lines)).toEqual(plain(study.lines));
    expect(other.chosen.trial).toBe(study.chosen.trial);
    expect(other.best.test).not.toEqual(study.best.test);
  });

  test("trials that read other features get rows of their own", async () => {
    const variants = await tune(null, {
      ...{ config: config(), out: at("variants"), trials: 5, reduction: 1, backend, parallel: 1 },
      tune: { variant: "choice(shop, cheap)" },
    });
    const tried = variants.lines.map(({ settings }) => settings?.["variant"]);
    expect(new Set(tried)).toEqual(new Set([undefined, "shop", "cheap"]));
    expect(variants.lines.every(({ value, epochs }) => value !== null && epochs === 4)).toBe(true);
  });
});

describe("what goes wrong", () => {
  test("a trial that diverges, or whose settings make no model, is a finding", async () => {
    const found = await tune(null, {
      ...{ config: config(), out: at("diverging"), trials: 6, reduction: 1, backend, parallel: 1 },
      tune: { rate: "choice(1e-2, 1e15)", units: "choice([8], [0])" },
    });
    const problems = found.lines.map(({ problem }) => problem ?? "");
    expect(problems.some((each) => /DIN05(07|34)/.test(each))).toBe(true);
    expect(problems.some((each) => each !== "" && !/DIN05(07|34)/.test(each))).toBe(true);
    expect(found.chosen.problem).toBeNull();
    const report = readFileSync(found.report, "utf8");
    expect(report).toContain("no result");
  });

  test("a search that is stopped goes on to the same choice, and does nothing twice", async () => {
    const controller = new AbortController();
    const ended: StudyLine[] = [];
    const options = { config: config(), out: at("stopped"), trials: 7, backend, parallel: 1 } as const;
    const stopped = tune(null, {
      ...options,
      signal: controller.signal,
      onEvent: (event) => {
        if (event.kind !== "trial") return;
        ended.push(event.line);
        if (ended.length === 3) controller.abort();
      },
    });
    await expect(stopped).rejects.toThrow(Stopped);
    const trained: StudyLine[] = [];
    const resumed = await tune(null, {
      ...options,
      resume: true,
      onEvent: (event) => {
        if (event.kind === "trial") trained.push(event.line);
      },
    });
    expect(trained).toHaveLength(study.lines.length - 3);
    expect(plain(resumed.lines)).toEqual(plain(study.lines));
    expect(resumed.chosen.trial).toBe(study.chosen.trial);
  });

  test("a kill in the middle of a line or of a training costs that training alone", async () => {
    cpSync(at("search"), at("killed"), { recursive: true });
    const lines = readFileSync(at("killed/trials.jsonl"), "utf8").split("\n").filter(Boolean);
    writeFileSync(
      at("killed/trials.jsonl"),
      `\n${lines.slice(0, 5).join("\n\n")}\n\n${lines[5]!.slice(0, 40)}`,
    );
    mkdirSync(at("killed/checkpoints"));
    writeFileSync(at("killed/checkpoints/trial-1"), "cut off");
    rmSync(at("killed/best"), { recursive: true });
    const resumed = await tune(null, {
      ...{ config: config(), out: at("killed"), trials: 7, backend, parallel: 1, resume: true },
    });
    expect(plain(resumed.lines)).toEqual(plain(study.lines));
    expect(resumed.best.valid).toEqual(study.best.valid);
  });

  test("goes on with the same rows from other paths, and never with other rows", async () => {
    cpSync(at("search"), at("moved"), { recursive: true });
    const options = { out: at("moved"), trials: 8, backend, parallel: 1, resume: true } as const;
    cpSync(at("train.csv"), at("same.csv"));
    const longer = await tune(null, { ...options, config: config(), set: [`data.train=${at("same.csv")}`] });
    expect(plain(longer.lines).filter(({ trial }) => trial < 7)).toEqual(plain(study.lines));
    writeFileSync(at("tomorrow.csv"), `${readFileSync(at("train.csv"), "utf8")}u1,i1,1.5,i2,1\n`);
    const set = [`data.train=${at("tomorrow.csv")}`];
    const lines = readFileSync(at("moved/trials.jsonl"), "utf8");
    await expect(tune(null, { ...options, trials: 9, config: config(), set })).rejects.toThrow(
      "cannot be continued: its rows are others",
    );
    expect(readFileSync(at("moved/trials.jsonl"), "utf8")).toBe(lines);
    await expect(tune(null, { ...options, config: config(), set: ["train.batch=8"] })).rejects.toThrow(
      "its params or its settings of `train` are others",
    );
  });

  test("a search of prepared rows goes on with these rows, and neither with others nor with files", async () => {
    const options = { config: config(), out: at("given"), backend, parallel: 1, set: ["train.epochs=1"] };
    await prepareTo(null, at("rows"), { config: config() });
    await tune(null, { ...options, rows: at("rows"), trials: 2 });
    cpSync(at("rows"), at("moved-rows"), { recursive: true });
    const longer = await tune(null, { ...options, rows: at("moved-rows"), trials: 3, resume: true });
    expect(longer.lines.map(({ trial }) => trial)).toEqual([0, 1, 2]);
    const more = { ...options, trials: 4, resume: true };
    const set = [`data.train=${at("valid.csv")}`];
    await prepareTo(null, at("other-rows"), { config: config(), set });
    await expect(tune(null, { ...more, rows: at("other-rows") })).rejects.toThrow(
      "cannot be continued: its rows are others",
    );
    await expect(tune(null, more)).rejects.toThrow("its rows are limited or prepared otherwise");
  });

  test("more trials go on from those that are there, and a complete search has nothing to do", async () => {
    cpSync(at("search"), at("longer"), { recursive: true });
    const trained: StudyLine[] = [];
    const options = {
      ...{ config: config(), out: at("longer"), backend, parallel: 1, resume: true },
      onEvent: (event: TuneEvent) => {
        if (event.kind === "trial") trained.push(event.line);
      },
    } as const;
    await tune(null, { ...options, trials: 7 });
    expect(trained).toEqual([]);
    const longer = await tune(null, { ...options, trials: 9 });
    expect(new Set(longer.lines.map(({ trial }) => trial)).size).toBe(9);
    expect(trained.length).toBe(longer.lines.length - study.lines.length);
  });

  test("time ends a search, however little there was after one training; what is chosen is trained to its end", async () => {
    const short = await tune(null, {
      ...{ config: config(), out: at("short"), minutes: 1e-6, backend, parallel: 1 },
    });
    expect(short.isCutShort).toBe(true);
    expect(short.trials).toBeNull();
    expect(short.lines).toHaveLength(1);
    expect(short.best.epoch).toBe(4);
  });

  test.each([
    [["--try", "lr=log(1e-4..1e-2)"], "error[DIN0829 unknown-name-to-tune]: there is no `lr` to search for"],
    [["--try", "learning_rate=log(1e-4..1e-2)"], "did you mean `train.learning_rate`?"],
    [["--try", "train.seed=int(1..9)"], "DIN0829"],
    [["--try", "rate=1e-3"], "error[DIN0830 range-malformed]: `rate`: `1e-3` isn't a range"],
    [
      ["--try", "units=choice([8], wide)"],
      "error[DIN0416 param-type]: `units` takes a list of Ints, like [80, 40], not `wide`",
    ],
    [["--try", "variant=choice(shop, cheep)"], "DIN0417"],
    [["--try", "train.batch=uniform(1..9)"], "train.batch"],
    [["--try", "rate"], "error: --try rate: write --try"],
    [["--metric", "recall"], "error[DIN0832 unknown-metric-to-tune]: the spec does not measure `recall`"],
    [["--set", "data.valid=none.csv"], "none.csv"],
    [["--rows", "nowhere"], "DIN0650"],
  ])("%j is refused before anything is trained", async (args, said) => {
    const { code, out, err } = await cli("--out", "refused", ...args);
    expect(code).toBeGreaterThan(0);
    expect(out).toBe("");
    expect(err).toContain(said);
    expect(err).not.toMatch(STACK_TRACE);
    expect(existsSync(at("refused"))).toBe(false);
  });

  test("a search in the way, or one of something else, is not gone on with", async () => {
    const args = ["--trials", "2", "--out", "search"];
    expect((await cli(...args)).err).toContain("error[DIN0834 study-exists]");
    expect((await cli(...args, "--resume", "--seed", "9")).err).toContain(
      "cannot be continued: its seed is another",
    );
    expect((await cli(...args, "--resume", "--try", "rate=log(1e-3..1)")).err).toContain(
      "it searches other ranges",
    );
    mkdirSync(at("mine"));
    writeFileSync(at("mine/notes.txt"), "mine");
    expect((await cli("--out", "mine", "--force")).err).toContain("error[DIN0833 output-not-a-study]");
    expect(readdirSync(at("mine"))).toEqual(["notes.txt"]);
    cpSync(at("search"), at("damaged"), { recursive: true });
    writeFileSync(at("damaged/study.json"), "{");
    expect((await cli("--out", "damaged", "--resume")).err).toContain("error[DIN0836 study-damaged]");
  });

  test("no validation rows, no search: with the place and what to write", async () => {
    writeFileSync(at("without.yaml"), "spec: model.din\ndata: { train: train.csv, test: test.csv }\n");
    const { err } = await cli("-c", "without.yaml", "--try", "rate=log(1e-4..1e-2)", "--out", "refused");
    expect(err).toContain("error[DIN0827 tune-without-validation]");
    expect(err).toContain("--> without.yaml:2:1");
    expect(err).toContain("validate: { share: 0.1, by: user_id }");
  });

  test("nothing succeeds: an error with the first reason", async () => {
    const error = await tune(null, {
      ...{ config: config(), out: at("nothing"), trials: 2, backend, parallel: 1 },
      tune: { rate: "choice(1e14, 1e15)" },
      params: { rate: 1e15 },
    }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DiagnosticError);
    expect((error as DiagnosticError).diagnostics[0]!.message).toContain("none of 2 trials has a result");
  });
});

describe("dinc tune", () => {
  test("prints a line for each training, what was found, and what to copy", async () => {
    const { code, out, err } = await cli("--trials", "4", "--out", "printed");
    expect(code).toBe(0);
    expect(out).toMatch(/^param rate {2}= [\d.]+\nparam units = \[[\d, ]+\]\n$/);
    expect(err).toMatch(
      /^trial +epochs +auc +rate +units +seconds\n +1 +1 +0\.\d{5} +0\.001 +\[8\] +\d+\.\d {2}best$/m,
    );
    expect(err).toMatch(/chosen: trial \d; it is trained once more, now with the test rows\n/);
    expect(err).toMatch(/Trial \d of 4 is the best on the validation rows: auc 0\.\d{5} after 4 epochs\.\n/);
    expect(err).toContain("Test rows were measured only after the choice");
    // Said once, though rows are read for the search and the spec is checked for each trial.
    expect(err.match(/of these 120 validation rows are also training rows/g)).toHaveLength(1);
    const args = argumentsIn(/^the same again: (.*)$/m.exec(err)![1]!);
    const trained = await runHere(args, { cwd: folder });
    expect(trained.code, trained.err).toBe(0);
    expect(
      readFileSync(at("my-run/weights.safetensors")).equals(
        readFileSync(at("printed/best/weights.safetensors")),
      ),
    ).toBe(true);
    // What is printed to be copied stands in a spec.
    const defaults = SPEC.replace(/param rate .*\nparam units .*\n/, out);
    writeFileSync(at("copied.din"), defaults);
    expect((await runHere(["check", "copied.din"], { cwd: folder })).code).toBe(0);
  });

  test("JSON has all of it", async () => {
    const { out } = await cli("--trials", "2", "--out", "json", "--format", "json");
    const told = JSON.parse(out);
    expect(told).toMatchObject({
      version: 1,
      trials: 2,
      metric: "auc",
      search: "sobol",
      own: { units: "[8]" },
    });
    expect(told.lines.length).toBeGreaterThanOrEqual(3);
  });

  test("the report is one file that shows all trials, and names from the data as text", async () => {
    const html = readFileSync(at("search/report.html"), "utf8");
    expect(html).not.toMatch(/<script|<link|src=/);
    for (const { trial } of study.lines) expect(html).toContain(`<td>${trial + 1}</td>`);
    expect(html).toContain("param rate");
    expect(html.match(/<path /g)!.length).toBeGreaterThanOrEqual(7);
    expect(html).toContain("Test rows were measured only after the choice");
  });
});
