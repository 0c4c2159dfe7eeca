// `dinc calibrate` as a user runs it: what it changes for eval, predict and compiled code, what it refuses,
// and how it is undone.

import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sigmoid } from "../../compiler/common/sigmoid.ts";
import { calibrated } from "../../compiler/middle/calibration/curve.ts";
import { calibrate, compareRuns, openRun, predict, uncalibrate } from "../../runtime/index.ts";
import { writeCalibration } from "../../runtime/run/calibration-file.ts";
import { trainedModelOf } from "../../runtime/run/trained-model.ts";
import { runHere } from "../cli/run-here.ts";
import { scorerOf } from "../onnx/compiled.ts";

let folder = "";
const at = (name: string) => join(folder, name);
const dinc = (command: string) => runHere(command.split(" "), { cwd: folder });

const SPEC = `model shop
features user { user_id : id }
features item {
  item_id : id  embed 4
  price   : number
}
features context { tab : enum("home", "search", "mail") }
label click : binary
net { predict click = concat(item_id, price) |> dense(8, relu) |> dense(1) |> sigmoid }
train { batch 32  epochs 4  optimizer adam(learning_rate: 0.02)  metrics auc, gauc(by: user_id), log_loss, ne }
`;
const tabs = ["home", "search", "mail"];
/** Clicks depend on the tab, which the network does not read. */
const rows = (from: number, count: number) =>
  Array.from({ length: count }, (_, k) => {
    const i = from + k;
    const chance = ((i * 7919) % 1000) / 1000;
    const rate = [0.2, 0.5, 0.8][i % 3]! + (i % 7) / 50;
    return `u${i % 41},i${i % 7},${(i % 11) / 10},${tabs[i % 3]},${chance < rate ? 1 : 0}\n`;
  }).join("");
const HEAD = "user_id,item_id,price,tab,click\n";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-calibrate-"));
  writeFileSync(at("model.din"), SPEC);
  for (const [name, from, count] of [
    ["train", 0, 1500],
    ["valid", 1500, 900],
    ["test", 2400, 600],
  ] as const)
    writeFileSync(at(`${name}.csv`), HEAD + rows(from, count));
  writeFileSync(
    at("dinc.yaml"),
    "spec: model.din\ndata: { train: train.csv, valid: valid.csv, test: test.csv }\n",
  );
  const { code, err } = await dinc("train --backend wasm --out run");
  expect(code, err).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

const CONFIG = { backend: "wasm" } as const;
const config = () => ({ ...CONFIG, config: at("dinc.yaml") });

async function scores(uncalibrated: boolean): Promise<{ logits: number[]; probabilities: number[] }> {
  const found = { logits: [] as number[], probabilities: [] as number[] };
  for await (const piece of predict(at("run"), { ...CONFIG, data: at("test.csv"), uncalibrated })) {
    found.logits.push(...piece.logits.get("click")!);
    found.probabilities.push(...piece.probabilities.get("click")!);
  }
  return found;
}

interface Module {
  logits(request: object): Float32Array;
  topK(request: object, k: number): { readonly index: number }[];
}

async function rankerOf(name: string): Promise<Module> {
  const { createRanker } = (await import(at(`${name}/model.js`))) as {
    createRanker(options: { readonly weights: Uint8Array }): Promise<Module>;
  };
  return createRanker({ weights: readFileSync(at(`${name}/model.weights.bin`)) });
}

describe.each([
  ["platt", undefined],
  ["isotonic", undefined],
  ["platt", "tab"],
  ["isotonic", "tab"],
  ["platt", "item_id"],
] as const)("by %s, segments %s", (method, by) => {
  beforeAll(async () => {
    const asked = by === undefined ? {} : { by };
    const { predictions, rows: fittedOn } = await calibrate(at("run"), { ...config(), method, ...asked });
    expect(fittedOn).toBe(900);
    const [{ before, after, segments, values }] = predictions as [(typeof predictions)[number]];
    expect(after.logLoss).toBeLessThanOrEqual(before.logLoss);
    expect(segments).toHaveLength(by === undefined ? 0 : values);
    if (by === "tab") {
      expect(segments.map(({ value }) => value).sort()).toEqual([...tabs].sort());
      expect(after.logLoss).toBeLessThan(before.logLoss - 0.05);
    }
  });

  test("rows get the logits of their curves", async () => {
    const { run } = await openRun(at("run"));
    const { all, byId } = run.calibration!.predictions.get("click")!;
    const [plain, now] = [await scores(true), await scores(false)];
    const ids = (row: number) => {
      if (by === undefined) return -1;
      if (by === "tab") return 2 + ((2400 + row) % 3);
      return 2 + run.fitted.vocabularies.get("item_id")!.indexOf(`i${(2400 + row) % 7}`);
    };
    for (const [row, logit] of plain.logits.entries()) {
      const curve = byId.get(ids(row)) ?? all;
      expect(now.logits[row]).toBeCloseTo(calibrated(curve, logit), 4);
      expect(now.probabilities[row]).toBeCloseTo(sigmoid(now.logits[row]!), 6);
    }
  });

  const ranker = `ranker-${method}-${by ?? "all"}`;

  test("a module and an ONNX model, in either form, score as predict does", async () => {
    // What is compiled is verified by golden requests, in TypeScript and in each form of WebAssembly.
    const { code, err } = await dinc(`compile run --out ${ranker}`);
    expect(code, err).toBe(0);
    const module = await rankerOf(ranker);
    const trained = await trainedModelOf(await openRun(at("run")));
    const expected = await scores(false);
    for (const form of ["optimised", "exported"] as const) {
      const onnx = await scorerOf(trained, form);
      for (let row = 0; row < 12; row++) {
        const i = 2400 + row;
        const context = by === "tab" ? { context: { tab: tabs[i % 3] } } : {};
        const request = { ...context, candidates: [{ item_id: `i${i % 7}`, price: (i % 11) / 10 }] };
        expect(module.logits(request)[0]).toBeCloseTo(expected.logits[row]!, 4);
        expect((await onnx.scores(request)).get("click")!.logits[0]).toBeCloseTo(expected.logits[row]!, 4);
      }
      await onnx.close();
    }
  });

  test("the order of candidates stays where they share a segment", async () => {
    const plain = `plain-${ranker}`;
    expect((await dinc(`compile run --uncalibrated --out ${plain}`)).code).toBe(0);
    const items = by === "item_id" ? 1 : 7;
    const candidates = Array.from({ length: 60 }, (_, i) => ({ item_id: `i${i % items}`, price: i / 30 }));
    const context = by === "tab" ? { context: { tab: "mail" } } : {};
    const order = async (name: string, request: object) =>
      (await rankerOf(name)).topK({ ...request, candidates }, 60).map(({ index }) => index);
    expect(await order(ranker, context)).toEqual(await order(plain, {}));
  });

  test("eval measures calibrated probabilities, and the training's own where it is asked for", async () => {
    const measured = async (...more: string[]) => {
      const { out } = await dinc(
        ["eval run -c dinc.yaml --split valid --backend wasm --resamples 0 --format json", ...more].join(" "),
      );
      return JSON.parse(out) as { metrics: Record<string, number>; calibration: { click: number } };
    };
    const [now, before] = [await measured(), await measured("--uncalibrated")];
    expect(now.metrics["log_loss"]).toBeLessThanOrEqual(before.metrics["log_loss"]! + 1e-6);
    expect(now.metrics["ne"]! / before.metrics["ne"]!).toBeCloseTo(
      now.metrics["log_loss"]! / before.metrics["log_loss"]!,
      6,
    );
    expect(now.calibration.click).toBeCloseTo(1, 1);
  });
});

describe("the command", () => {
  test("prints what changed, writes a page, and undoes it", async () => {
    const { code, out, err } = await dinc("calibrate run -c dinc.yaml --by tab");
    expect(code, err).toBe(0);
    expect(out).toMatch(/^click, 900 rows \(valid\.csv\): platt, .*, 3 of 3 values of tab have their own\n/);
    expect(out).toMatch(/^ {2}expected of new rows( +\d\.\d{5}){4}$/m);
    const page = readFileSync(at("run/calibration.html"), "utf8");
    expect(page).toContain("<title>shop: calibration</title>");
    expect(page.match(/role="img"/g)).toHaveLength(2);
    copyFileSync(at("run/calibration.json"), at("kept.json"));
    const json = await dinc("calibrate run -c dinc.yaml --format json");
    expect(JSON.parse(json.out)).toMatchObject({ version: 1, method: "platt", by: null, rows: 900 });
    expect((await dinc("calibrate run --remove")).err).toContain("run is as it was after training");
    expect((await dinc("calibrate run --remove")).err).toContain("run has no calibration");
    expect((await openRun(at("run"))).uncalibrated).toBeNull();
  });

  test("one seed gives the same calibration, byte by byte", async () => {
    expect((await dinc("calibrate run -c dinc.yaml --by tab")).code).toBe(0);
    expect(readFileSync(at("run/calibration.json"))).toEqual(readFileSync(at("kept.json")));
    await uncalibrate(at("run"));
  });

  test("diff tells two calibrations apart", async () => {
    expect((await dinc("train --backend wasm --out other")).code).toBe(0);
    expect(await compareRuns(at("run"), at("other"))).toMatchObject({ same: true, calibration: [] });
    await calibrate(at("other"), config());
    const { code, out } = await dinc("diff run other");
    expect(code).toBe(1);
    expect(out).toMatch(
      /^calibration\n {2}method +nothing → platt\n {2}click +nothing → [\d.]+ · logit [+−] [\d.]+$/m,
    );
    expect(out).toContain("The weights are the same, but calibrations differ.");
  });

  test("refuses a calibration that was changed, and another run's", async () => {
    await calibrate(at("run"), config());
    const text = readFileSync(at("run/calibration.json"), "utf8");
    writeFileSync(at("run/calibration.json"), text.replace(/"slope":\d/, '"slope":7'));
    await expect(openRun(at("run"))).rejects.toThrow(/calibration\.json has been changed/);
    // One of more points than the Graph has room for, sealed.
    const { folder: here, run } = await openRun(at("other"));
    const numbers = Array.from({ length: 70 }, (_, i) => i);
    const curves = { all: { kind: "knots", x: numbers, y: numbers }, byId: new Map() } as const;
    const predictions = new Map([["click", curves]]);
    const large = { method: "isotonic", by: null, predictions } as const;
    await writeCalibration(here, run.manifest, large, { path: "", rows: 1 });
    await expect(openRun(at("other"))).rejects.toThrow(/does not fit the model/);
    writeFileSync(at("model.din"), SPEC.replace("epochs 4", "epochs 1"));
    expect((await dinc("train --backend wasm --out another")).code).toBe(0);
    writeFileSync(at("model.din"), SPEC);
    writeFileSync(at("another/calibration.json"), text);
    await expect(openRun(at("another"))).rejects.toThrow(/is the calibration of another run/);
    // Without it the run opens, and it can be taken out or replaced.
    expect((await openRun(at("run"), { uncalibrated: true })).run.calibration).toBeNull();
    await calibrate(at("run"), config());
    expect((await openRun(at("run"))).run.calibration).toMatchObject({ method: "platt" });
    writeFileSync(at("run/calibration.json"), "{}");
    expect(await uncalibrate(at("run"))).toBe(true);
    expect((await openRun(at("run"))).run.calibration).toBeNull();
  });

  test.each([
    ["a feature that is not there", "--by tba", /the model has no feature tba; it can be item_id, tab/],
    ["a feature without ids", "--by price", /price does not have one id a row that the run knows/],
    ["rows and --remove", "--remove", /--remove fits nothing/],
  ])("%s is refused", async (_, options, said) => {
    const { code, err } = await dinc(`calibrate run -c dinc.yaml ${options}`);
    expect(code).toBe(2);
    expect(err).toMatch(said);
  });

  test("rows that are not named are asked for", async () => {
    const { code, err } = await dinc("calibrate run");
    expect(code).toBe(2);
    expect(err).toContain("name the rows");
  });

  test("a file of a folder of training rows is refused as well", async () => {
    mkdirSync(at("days"));
    for (const day of [0, 1]) writeFileSync(at(`days/${day}.csv`), HEAD + rows(5000 + 300 * day, 300));
    const set = "--set data.train=days --backend wasm --set train.epochs=1";
    expect((await dinc(`train ${set} --out several`)).code).toBe(0);
    for (const path of ["days/1.csv", "days/*.csv"]) {
      const { code, err } = await dinc(`calibrate several --data ${path}`);
      expect(code).toBe(1);
      expect(err).toContain("the training rows of several");
    }
    expect((await dinc("calibrate several -c dinc.yaml")).code).toBe(0);
  });

  test.each(["train", "test"])("the %s rows are refused, whatever their name", async (split) => {
    copyFileSync(at(`${split}.csv`), at("renamed.csv"));
    const { code, err } = await dinc("calibrate run --data renamed.csv");
    expect(code).toBe(1);
    expect(err).toMatch(/DIN0860/);
    expect(err).toContain(split === "train" ? "the training rows of run" : "the test rows of run");
  });
});
