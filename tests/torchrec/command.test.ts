// `dinc compile --target torchrec` as a person uses it: a spec with its dinc.yaml becomes a package, which is
// replaced by the next one.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { describeSpec } from "../../compiler/frontend/config/rows-description.ts";
import { graphHash } from "../../compiler/middle/builder/graph-hash.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { expectSuccess, runHere } from "../cli/run-here.ts";

const folder = mkdtempSync(join(tmpdir(), "dinc-torchrec-"));
const at = (...path: string[]) => join(folder, ...path);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SPEC = `model clicks
param units = 8
features user { user_id : id  embed 4 }
features item { item_id : id  embed 4 }
label click : binary
net { predict click = concat(user_id, item_id) |> dense(units, relu) |> dense(1) |> sigmoid }
train { optimizer adagrad(learning_rate: 0.05)  batch 64  epochs 2  metrics auc, ece(bins: 20) }
`;

beforeAll(() => {
  writeFileSync(at("model.din"), SPEC);
  writeFileSync(at("dinc.yaml"), "spec: model.din\nparams:\n  units: 12\ntrain:\n  epochs: 5\n");
});

test("settings of dinc.yaml and of the command line are the package's", async () => {
  const written = await runHere([
    "compile",
    "-c",
    at("dinc.yaml"),
    "--set",
    "train.batch=32",
    "--target",
    "torchrec",
    "--out",
    at("package"),
  ]);
  expect(written.code, written.err).toBe(0);
  expect(written.err).not.toContain("random");
  const model = readFileSync(at("package/clicks/model.py"), "utf8");
  expect(model).toContain("self.dense_1 = Dense(8, 12)");
  const settings = readFileSync(at("package/clicks/settings.py"), "utf8");
  expect(settings).toContain(
    "optimizer=Adagrad(learning_rate=0.05, initial_accumulator=0.1, epsilon=1e-08, row_wise=False)",
  );
  expect(settings).toContain("batch=32,\n    epochs=5,");
  expect(settings).toContain('Metric(title="ece", kind="ece", bins=20, equal="width")');
});

test("what a package says of itself is what a run's manifest says", () => {
  const description = JSON.parse(readFileSync(at("package/clicks/dinc.json"), "utf8"));
  const { value } = check(sourceFile("model.din", description.spec.text));
  const program = trainingProgram(lower(value!), value!);
  expect(description).toMatchObject({
    ...{ version: 1, model: "clicks", parent: null, params: { units: 12 } },
    graphHash: graphHash(program.predict),
    rows: { reads: describeSpec(value!) },
    settings: { batch: 32, epochs: 5 },
  });
});

test("a package replaces one, and nothing else", async () => {
  writeFileSync(at("package/clicks/left.py"), "");
  const again = ["compile", at("model.din"), "--target", "torchrec", "--out", at("package")];
  expectSuccess(await runHere(again));
  expect(existsSync(at("package/clicks/left.py"))).toBe(false);
  const refused = await runHere(["compile", at("model.din"), "--target", "torchrec", "--out", folder]);
  expect(refused.code).not.toBe(0);
  expect(existsSync(at("model.din"))).toBe(true);
});

test.each([
  [["compile", "--target", "torchrec", "--out", "x"], "takes a run folder or a spec"],
  [["compile", "model.din", "--target", "torchrec", "--tables", "i8", "--out", "x"], "not for torchrec"],
  [["compile", "model.din", "--target", "torchrec"], "name it with --out"],
])("%j is a usage error", async (args, said) => {
  const { code, err } = await runHere(args);
  expect(code).toBe(2);
  expect(err).toContain(said);
});
