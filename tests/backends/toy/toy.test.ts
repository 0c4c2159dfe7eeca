// A back end is one folder and one line. The toy is put into the registry, as its line would put it; then it
// is trained with and compiled to from the command line, keeps the promises of all back ends, and nothing
// else had to know of it.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { backendsReference } from "../../../compiler/backends/reference.ts";
import { backends } from "../../../compiler/backends/registry.ts";
import { UsageError } from "../../../compiler/common/usage-error.ts";
import { evaluate } from "../../../compiler/middle/builder/evaluate.ts";
import { chooseBackend } from "../../../runtime/engines/choose.ts";
import { expectSuccess, runHere } from "../../cli/run-here.ts";
import { root } from "../../cli/spawn.ts";
import { describeOps } from "../op-suite.ts";
import type { Way } from "../runners.ts";
import { describeSessions } from "../session-suite.ts";
import { toy } from "./backend.ts";

vi.mock("../../../compiler/backends/registry.ts", async (original) => {
  const { toy } = await import("./backend.ts");
  const { backends } = await original<typeof import("../../../compiler/backends/registry.ts")>();
  return { backends: { ...backends, toy } };
});

/** The line of `runners.ts`. */
const way: Way = {
  ...{ name: "toy", per: ["example", "request", "candidate"], runsExports: false },
  takes: () => true,
  open: async (graph) => ({
    async run({ feeds, layout }) {
      const floats = (values: ReadonlyMap<string, Float64Array>) =>
        new Map([...values].map(([name, value]) => [name, Float32Array.from(value)]));
      const { outputs, updates } = evaluate(graph, feeds, layout);
      return { outputs: floats(outputs), updates: floats(updates), shapes: null };
    },
    close: () => {},
  }),
};

describe("the suites of all back ends", () => {
  describeOps(way);
  describeSessions("toy", () => chooseBackend("toy" as never));
});

describe("what reads the registry", () => {
  const spec = `model small
features user { user_id : id  embed 2 }
features item { item_id : id  embed 2 }
label click : binary
net { predict click = concat(user_id, item_id) |> dense(1) |> sigmoid }
train { loss binary_cross_entropy  optimizer sgd(learning_rate: 0.5)  batch 4  epochs 2  metrics log_loss }
`;
  let folder: string;
  const at = (name: string) => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dinc-toy-"));
    await writeFile(at("model.din"), spec);
    const rows = Array.from({ length: 12 }, (_, i) => `u${i % 3},i${i % 4},${i % 2}`);
    await writeFile(at("rows.csv"), ["user_id,item_id,click", ...rows, ""].join("\n"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("offers it, and documents it", async () => {
    expect((await runHere(["train", "--help"])).out.replace(/\s+/g, " ")).toContain('"wasm", "toy"');
    expect(backendsReference(backends)).toContain(
      "| toy | The references of the ops, one by one. | `--backend toy` | `--target toy` |",
    );
  });

  test("trains with it as with any other, and scores with what trained", async () => {
    const train = (name: string) => {
      const data = ["--set", `data.train=${at("rows.csv")}`, "--set", `data.valid=${at("rows.csv")}`];
      return runHere(["train", at("model.din"), ...data, "--backend", name, "--out", at(name)]);
    };
    const trained = await train("toy");
    expect(trained.code, trained.err).toBe(0);
    expect(trained.err).toContain("backend the references of the ops, one by one");
    expectSuccess(await train("wasm"));
    const scores = async (name: string) => {
      const args = ["predict", at(name), "--data", at("rows.csv"), "--out", at(`${name}.csv`)];
      expectSuccess(await runHere(args));
      const [, ...lines] = readFileSync(at(`${name}.csv`), "utf8")
        .trim()
        .split("\n");
      return lines.map((line) => Number(line.split(",")[1]));
    };
    const [toy, wasm] = [await scores("toy"), await scores("wasm")];
    expect(toy).toHaveLength(12);
    expect(Math.max(...toy) - Math.min(...toy)).toBeGreaterThan(0.01);
    for (const [i, score] of toy.entries()) expect(score).toBeCloseTo(wasm[i]!, 5);
    const manifest = JSON.parse(readFileSync(join(at("toy"), "manifest.json"), "utf8")) as {
      backend: string;
    };
    expect(manifest.backend).toBe("toy");
  });

  test("compiles to it as to any other", async () => {
    const help = (await runHere(["compile", "--help"])).out.replace(/\s+/g, " ");
    expect(help).toMatch(/choices: "ts", "two-tower", "c", "onnx", "torchrec", "server", "page", "toy"/);
    const compiled = await runHere(["compile", at("model.din"), "--target", "toy", "--out", at("made")]);
    expect(compiled.code, compiled.err).toBe(0);
    expect(readdirSync(at("made")).sort()).toEqual([
      "README.md",
      "model.js",
      "model.test.js",
      "package.json",
    ]);
    const ran = spawnSync(process.execPath, ["--test", join(at("made"), "model.test.js")], {
      encoding: "utf8",
    });
    expect(ran).toMatchObject({ status: 0 });
    const again = ["compile", at("model.din"), "--target", "toy", "--out", at("made")];
    expectSuccess(await runHere(again));
    const verify = vi.spyOn(toy.target, "verify");
    verify.mockRejectedValueOnce(new UsageError("this is not it"));
    const failed = await runHere([...again.slice(0, -1), at("failed")]);
    expect(failed).toMatchObject({ code: 2, err: expect.stringContaining("this is not it") });
    expect(verify).toHaveBeenCalledOnce();
    expect(readdirSync(folder)).not.toContain("failed");
    const refused = await runHere([...again, "--tables", "f16"]);
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.err).toContain("--tables is for --target ts, two-tower, c, server or page, not for toy");
  });
});

test("nothing outside its folder names it", () => {
  const named = ["compiler", "runtime", "tests"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .map((name) => join(folder, name))
      .filter((path) => path.endsWith(".ts") && !/^tests\/(backends\/toy|data\/toy-format)\//.test(path))
      .filter((path) => /\btoy\b/i.test(readFileSync(join(root, path), "utf8"))),
  );
  expect(named).toEqual([]);
});
