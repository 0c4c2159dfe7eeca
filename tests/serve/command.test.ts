// `dinc compile` as a user runs it, and the whole way: trained on rows, compiled, and every row scored by both.

import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../runtime/cli/commands/compile.ts";
import { train } from "../../runtime/cli/commands/train.ts";
import type { Terminal } from "../../runtime/cli/terminal.ts";
import { chooseBackend } from "../../runtime/engines/choose.ts";
import { openRun } from "../../runtime/run/open-run.ts";
import { scoreRun } from "../../runtime/run/score-run.ts";
import { readRows } from "../data/in-memory.ts";
import { compareRows } from "../support/compare-rows.ts";
import { specFiles } from "../support/spec-files.ts";
import type { Generated } from "./compiled.ts";
import { loadModule } from "./load-module.ts";
import { specs } from "./specs.ts";

let folder: string;
let said: string[];
let printed: string;
const terminal: Terminal = {
  out: (text) => {
    printed += text;
  },
  say: (message) => {
    said.push(message);
  },
  progress: () => {},
  color: { messages: false, data: false },
  interactive: false,
};
const inFolder = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dinc-compile-"));
  await writeFile(inFolder("model.din"), specs.din);
  const wide = specFiles("tests/bench/rank").find(([path]) => path.endsWith("/din.din"))![1];
  await writeFile(inFolder("wide.din"), wide);
  const sharper = wide.replace(
    "activation_unit(target, clicks)",
    "softmax(activation_unit(target, clicks) * 10000) * 1000",
  );
  await writeFile(inFolder("sharp.din"), sharper);
  await writeFile(inFolder("broken.din"), specs.din.replace("item_id <->", "item <->"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (path: string, options: Parameters<typeof compile>[1]) => {
  said = [];
  printed = "";
  return compile(inFolder(path), options, terminal);
};

describe("a spec", () => {
  test("becomes a folder, whose files are listed with their sizes", async () => {
    expect(await run("model.din", { out: inFolder("module") })).toBe(0);
    const names = await readdir(inFolder("module"));
    expect(names.sort()).toEqual(
      [
        "README.md",
        "model.golden.json",
        "model.js",
        "model.library.js",
        "model.library.ts",
        "model.patch.js",
        "model.patch.ts",
        "model.pool.js",
        "model.pool.ts",
        "model.relaxed.wasm",
        "model.test.js",
        "model.test.ts",
      ].concat(...["model.ts", "model.wasm", "model.weights.bin"], "package.json"),
    );
    for (const name of names) expect(said.join("\n")).toContain(`  ${name} `);
    expect(said.join("\n")).toContain("The weights are random");
    expect(printed).toBe("");
  });

  test("gives the same bytes each time, and others with another seed", async () => {
    const weights = async (out: string, seed?: number) => {
      await run("model.din", { out: inFolder(out), ...(seed === undefined ? {} : { seed }) });
      return readFile(inFolder(`${out}/model.weights.bin`));
    };
    const first = await weights("a");
    expect((await weights("b")).equals(first)).toBe(true);
    expect((await weights("c", 7)).equals(first)).toBe(false);
  });

  test("with mistakes is refused with its diagnostics, and nothing is written", async () => {
    await expect(run("broken.din", { out: inFolder("none") })).rejects.toThrow(/DIN0/);
    expect(await readdir(folder)).not.toContain("none");
  });

  test("has its tables in fewer bytes, and says what that saves and costs", async () => {
    expect(await run("model.din", { out: inFolder("bytes"), tables: "i8" })).toBe(0);
    const words =
      /Tables as i8: [\d,]+ bytes instead of [\d,]+\. Golden requests score within 0\.0\d+ of f32 tables \(logits within 0\.\d+\)\./;
    expect(said.join("\n")).toMatch(words);
    await run("model.din", { out: inFolder("floats"), tables: "f32" });
    expect(said.join("\n")).not.toContain("Tables as");
    const { length } = await readFile(inFolder("bytes/model.weights.bin"));
    expect(length).toBeLessThan((await readFile(inFolder("floats/model.weights.bin"))).length);
  });

  test("computes in 16-bit integers where that is asked for, and says what it costs", async () => {
    const options = { out: inFolder("fast"), mode: "fast", withoutTable: ["item_id"] } as const;
    expect(await run("wide.din", options)).toBe(0);
    const words =
      /In 16-bit integers: products 32 × 80, 80 × 40, of each candidate and step\. Golden requests' logits are within 0\.0+\d+\./;
    expect(said.join("\n")).toMatch(words);
    const readme = await readFile(inFolder("fast/README.md"), "utf8");
    expect(readme).toContain("within 0.001 + 0.001 |logit|");
    const golden = JSON.parse(await readFile(inFolder("fast/model.golden.json"), "utf8")) as object;
    expect(golden).toMatchObject({ tolerance: { absolute: 1e-3, relative: 1e-3 } });
    await run("model.din", { out: inFolder("narrow"), mode: "fast" });
    expect(said.join("\n")).toContain("--mode fast changes nothing here: no product of a candidate");
  });

  test("is not computed in 16-bit integers where these are too coarse", async () => {
    await expect(run("sharp.din", { out: inFolder("none"), mode: "fast" })).rejects.toThrow(
      /`mode: "fast"` is too coarse for this model: a golden request's logit is off by 0\.\d+\. Leave it out/,
    );
    expect(await readdir(folder)).not.toContain("none");
    expect(await run("sharp.din", { out: inFolder("sharp") })).toBe(0);
    await expect(run("wide.din", { out: inFolder("none"), target: "onnx", mode: "fast" })).rejects.toThrow(
      '`mode` is for `target: "ts", "two-tower", "c", "server" or "page"`, not for onnx',
    );
  });

  test("leaves a table to a store, and its rows beside the weights", async () => {
    expect(await run("model.din", { out: inFolder("stored"), withoutTable: ["item_id"] })).toBe(0);
    expect(await readdir(inFolder("stored"))).toContain("table.item_id.bin");
    expect(await readFile(inFolder("stored/README.md"), "utf8")).toContain("rows of the table item_id");
    await expect(run("model.din", { out: inFolder("none"), withoutTable: ["items"] })).rejects.toThrow(
      "the model has no table items; it has item_id, cate_id, user_id, gender, hour",
    );
  });

  test("is never replaced by what is made of it, even with --force", async () => {
    await symlink(folder, `${folder}-link`);
    try {
      for (const out of [folder, join(folder, "nothing", ".."), `${folder}-link`])
        await expect(run("model.din", { out, force: true })).rejects.toMatchObject({
          diagnostics: [{ code: "DIN0612" }],
        });
      expect(await readFile(inFolder("model.din"), "utf8")).toBe(specs.din);
    } finally {
      await rm(`${folder}-link`);
    }
  });

  test("needs --out", async () => {
    await expect(run("model.din", {})).rejects.toThrow("name it with --out");
  });
});

describe("--emit", () => {
  test("ast, for a broken spec too", async () => {
    await run("broken.din", { emit: "ast" });
    const { name, items } = JSON.parse(printed) as { name: { name: string }; items: { kind: string }[] };
    expect(name.name).toBe("din");
    expect(items.map(({ kind }) => kind)).toContain("history");
  });
  test("model", async () => {
    await run("model.din", { emit: "model" });
    const model = JSON.parse(printed) as {
      features: Record<string, unknown>;
      histories: Record<string, unknown>;
    };
    expect(Object.keys(model.features)).toEqual(["user_id", "gender", "item_id", "cate_id", "price", "hour"]);
    expect(model.histories["clicks"]).toMatchObject({ max: 12 });
  });
  test("graph: over examples; optimised: over a request and its candidates", async () => {
    await run("model.din", { emit: "graph" });
    expect(printed).toMatch(/%\d+ = batch_mean .* : once/);
    expect(printed).toContain("example×clicks");
    await run("model.din", { emit: "optimised" });
    expect(printed).toContain("request×clicks");
    expect(printed).not.toMatch(/batch_mean|example/);
  });
});

describe("the whole way", () => {
  test("every row of a file scores alike, with unseen ids and empty histories among them", async () => {
    const header = "user_id,gender,item_id,cate_id,price,hour,hist_item_id,hist_cate_id,click";
    const row = (i: number, unseen: string) => {
      const steps = Array.from({ length: i % 16 }, (_, step) => 1 + ((i * 3 + step) % 9));
      const history = `${steps.join("|")},${steps.map((step) => step % 4).join("|")}`;
      return `${unseen}${i % 6},${i % 2 ? "f" : "m"},${unseen}${1 + (i % 9)},${i % 4},${i / 3},${i % 24},${history},${i % 2}`;
    };
    const table = (unseen: (i: number) => string, rows: number) =>
      `${[header, ...Array.from({ length: rows }, (_, i) => row(i, unseen(i)))].join("\n")}\n`;
    await writeFile(
      inFolder("train.csv"),
      table(() => "", 64),
    );
    await writeFile(
      inFolder("rows.csv"),
      table((i) => (i % 5 === 0 ? "x" : ""), 90),
    );
    await writeFile(inFolder("dinc.yaml"), "spec: model.din\ndata:\n  train: train.csv\n");
    said = [];
    const options = {
      config: inFolder("dinc.yaml"),
      out: inFolder("run"),
      set: [],
      backend: "wasm",
      checkpointEvery: 60,
    } as const;
    expect(await train(undefined, options, terminal)).toBe(0);

    expect(await run("run", { out: inFolder("trained") })).toBe(0);
    expect(said.join("\n")).not.toContain("random");
    const module = await loadModule<Generated>(await readFile(inFolder("trained/model.js"), "utf8"));
    const weights = await readFile(inFolder("trained/model.weights.bin"));
    const ranker = await module.createRanker({ weights, verify: true });

    const opened = await openRun(inFolder("run"));
    const data = await readRows(opened.model, opened.run.fitted, inFolder("rows.csv"), {
      labels: "optional",
    });
    const logits = await scoreRun(opened, data, await chooseBackend("wasm"));
    const compare = (other: typeof logits) =>
      compareRows(opened.model, opened.run.fitted, data, other, ranker);
    const comparison = compare(logits);
    expect(comparison).toMatchObject({ rows: 90, beyondTolerance: 0, withoutSteps: 6 });
    expect(comparison.withUnknown).toBeGreaterThanOrEqual(18);
    expect(comparison.largest).toBeLessThan(2e-5);
    // And a row that scores otherwise is found.
    const changed = logits.get("click")!.slice();
    changed[41]! += 0.001;
    expect(compare(new Map([["click", changed]]))).toMatchObject({ beyondTolerance: 1 });
  });
});
