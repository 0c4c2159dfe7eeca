// `dinc ablate` as a user runs it: one training for each part, what is lost without it, and going on after a stop.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { ablate, evaluate, Stopped, train } from "../../runtime/index.ts";
import { runHere } from "../cli/run-here.ts";

let folder = "";
const at = (name: string) => join(folder, name);
const dinc = (command: string) => runHere(command.split(" "), { cwd: folder });

const SPEC = `model shop
features user { user_id : id }
features item {
  item_id : id  embed 4
  brand   : id  embed 4
  price   : number
}
history clicks(max: 5) { brand <-> clicked_brands }
label click : binary
net {
  let past = mean(clicks)
  predict click = concat(item_id, brand, price, past) |> dense(8, relu) |> dense(1) |> sigmoid
}
train { batch 32  epochs 3  optimizer adam(learning_rate: 0.02)  metrics auc, gauc(by: user_id), log_loss }
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-ablate-"));
  writeFileSync(at("model.din"), SPEC);
  const rows = (from: number, count: number) =>
    Array.from({ length: count }, (_, k) => {
      const random = new Random(from + k);
      const [brand, past] = [random.integer(6), random.integer(6)];
      const click = random.next() < 0.2 + 0.12 * brand ? 1 : 0;
      return `u${(from + k) % 37},i${random.integer(11)},b${brand},${random.integer(10) / 10},b${past},${click}\n`;
    }).join("");
  const head = "user_id,item_id,brand,price,clicked_brands,click\n";
  writeFileSync(at("train.csv"), head + rows(0, 2000));
  writeFileSync(at("valid.csv"), head + rows(2000, 800));
  writeFileSync(at("dinc.yaml"), "spec: model.din\ndata: { train: train.csv, valid: valid.csv }\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

test("trains the model without each part, compares on validation rows, and writes a table, JSON and a plot", async () => {
  const { code, out, err } = await dinc("ablate --backend wasm --out all");
  expect(code, err).toBe(0);
  for (const step of ["1 of 5: the model as it is", "2 of 5: without item_id", "5 of 5: without clicks"])
    expect(err).toContain(step);
  expect(out).toMatch(
    /^click, 800 validation rows: the loss if the model is trained without a part\n {2}without +auc lost +interval/,
  );
  expect(out).toMatch(/^ {2}brand +\+0\.\d{5} +\+0\.\d{5} to \+0\.\d{5} +\+0\.\d{5} +\+0\.\d{5}/m);
  expect(out).toMatch(/^ {2}clicks \(with past\) /m);
  expect(out).toContain("the difference may be chance");
  expect(readdirSync(at("all")).sort()).toEqual([
    ...["ablation.html", "ablation.json", "base"],
    ...["without-brand", "without-clicks", "without-item_id", "without-price"],
  ]);
  expect(readFileSync(at("all/without-clicks/model.din"), "utf8")).toContain(
    "predict click = concat(item_id, brand, price) |> dense(8, relu)",
  );
  const found = JSON.parse(readFileSync(at("all/ablation.json"), "utf8"));
  expect(found).toMatchObject({ version: 1, metric: "auc", split: "valid", rows: 800, refused: [] });
  const [{ parts }] = found.predictions;
  expect(parts[0]).toMatchObject({ name: "brand", kind: "feature", with: [], verdict: "helps" });
  expect(readFileSync(at("all/ablation.html"), "utf8")).toContain('aria-label="auc lost without it: brand');
});

test("a difference is that of the two runs' metrics", async () => {
  const { predictions, base } = await ablate(null, {
    ...{ config: at("dinc.yaml"), out: at("all"), only: ["brand"], backend: "wasm", resamples: 16 },
  });
  const [{ run, differences }] = predictions[0]!.parts as [(typeof predictions)[0]["parts"][number]];
  const auc = async (one: string) => {
    const options = { config: at("dinc.yaml"), split: "valid", resamples: 0 } as const;
    return (await evaluate(one, options)).evaluations[0]!.values["auc"]!;
  };
  expect(differences[0]!.before).toBe(await auc(base));
  expect(differences[0]!.after).toBe(await auc(run));
  expect(differences[0]!.worse).toBe(differences[0]!.before - differences[0]!.after);
});

test("rows are read once for all trainings, and each run is that of its spec alone", async () => {
  const reads: string[] = [];
  const options = { backend: "wasm", seed: 3 } as const;
  await ablate(null, {
    ...{ ...options, config: at("dinc.yaml"), out: at("once"), resamples: 0 },
    onEvent: (event) => {
      if (event.kind === "data") reads.push("data");
      if (event.kind === "ablating") reads.push(event.without ?? "base");
    },
  });
  expect(reads).toEqual(["data", "base", "item_id", "brand", "price", "clicks"]);
  const hashesOf = (run: string) =>
    JSON.parse(readFileSync(join(run, "manifest.json"), "utf8")).files as Record<string, unknown>;
  await train(at("once/without-brand/model.din"), { ...options, config: at("dinc.yaml"), out: at("alone") });
  const [alone, once] = [hashesOf(at("alone")), hashesOf(at("once/without-brand"))];
  expect(Object.keys(once)).toEqual(Object.keys(alone));
  expect(once["weights.safetensors"]).toEqual(alone["weights.safetensors"]);
  expect(once["baseline.json"]).toEqual(alone["baseline.json"]);
});

test("runs that are there are not trained again, those of other settings are refused", async () => {
  const before = statSync(at("all/base/manifest.json")).mtimeMs;
  expect((await dinc("ablate --backend wasm --out all --only price")).code).toBe(0);
  expect(statSync(at("all/base/manifest.json")).mtimeMs).toBe(before);
  const other = await dinc("ablate --backend wasm --out all --only price --set train.epochs=1");
  expect(other.code).toBe(1);
  expect(other.err).toContain("DIN0871");
  expect((await dinc("ablate --backend wasm --out all --only price --set train.epochs=1 --force")).code).toBe(
    0,
  );
  expect(statSync(at("all/base/manifest.json")).mtimeMs).not.toBe(before);
});

test("runs of other rows are refused", async () => {
  const rows = readFileSync(at("valid.csv"), "utf8");
  writeFileSync(
    at("later.csv"),
    rows.replace(/[01]\n$/, (click) => (click === "1\n" ? "0\n" : "1\n")),
  );
  const { err } = await dinc("ablate --backend wasm --out once --seed 3 --set data.valid=later.csv");
  expect(err).toContain("holds the run of another model, of other settings, or of other rows");
});

test("goes on where it was stopped", async () => {
  const controller = new AbortController();
  const options = { config: at("dinc.yaml"), out: at("stopped"), only: ["price"], backend: "wasm" } as const;
  const stopped = ablate(null, {
    ...options,
    signal: controller.signal,
    onEvent: (event) => {
      if (event.kind === "ablating" && event.number === 2) controller.abort();
    },
  });
  await expect(stopped).rejects.toThrow(Stopped);
  const made = statSync(at("stopped/base/manifest.json")).mtimeMs;
  const { predictions } = await ablate(null, options);
  expect(predictions[0]!.parts.map(({ name }) => name)).toEqual(["price"]);
  expect(statSync(at("stopped/base/manifest.json")).mtimeMs).toBe(made);
});

test("a part that is not read is refused with those that are", async () => {
  const { code, err } = await dinc("ablate --out none --only pirce");
  expect(code).toBe(2);
  expect(err).toContain("the network does not read pirce; it reads item_id, brand, price, clicks");
});
