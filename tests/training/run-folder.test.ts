// A run folder is complete or absent, says exactly what was trained, and is refused once anything in it has changed.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { DEFAULT_SETTINGS } from "../../compiler/frontend/check/train.ts";
import { readRun } from "../../runtime/run/read-run.ts";
import { manifestBytes, type RunContents } from "../../runtime/run/run-files.ts";
import type { Manifest } from "../../runtime/run/run-folder.ts";
import { claimRun, writeRun } from "../../runtime/run/write-run.ts";
import { someBits } from "../support/bits.ts";

let folder = "";
let out = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dinc-run-"));
  out = join(folder, "run");
});
afterEach(() => rm(folder, { recursive: true }));

function contents(over: Partial<RunContents> = {}): RunContents {
  return {
    spec: { path: "model.din", text: "model tiny\n" },
    baseline: null,
    fitted: {
      vocabularies: new Map([["item_id", ["B1", 'quote " and \n break', "\ud800", "", "é"]]]),
      transforms: new Map([["price", [[], [1.1, 0.1 + 0.2]]]]),
    },
    tables: [
      { name: "item_id", rows: 7, width: 2, values: Float32Array.from({ length: 14 }, (_, i) => i / 7) },
    ],
    parameters: new Map([["net.click.dense_1.bias", { dims: [1], values: Float32Array.of(0.25) }]]),
    manifest: {
      compiler: "0.1.0",
      model: "tiny",
      parent: null,
      params: {},
      graphHash: "abc",
      backend: "wasm",
      settings: DEFAULT_SETTINGS,
      data: { trainRows: 3, validRows: 0, testRows: 0, validate: null, files: [] },
      tables: { item_id: { rows: 7, width: 2, trained: true, given: 0 } },
      timings: { seconds: 1.5, samplesPerSecond: 2 },
      epoch: 1,
      stopped: null,
      metrics: { auc: 0.12345678901234568, gauc: null },
    },
    evaluations: [{ epoch: 1, auc: 0.5 }],
    state: null,
    report: "<!doctype html>",
    ...over,
  };
}

/** The codes with which a promise is rejected. */
async function codes(promise: Promise<unknown>): Promise<string[]> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DiagnosticError);
  return (error as DiagnosticError).diagnostics.map((diagnostic) => diagnostic.name);
}

describe("what is written is read back", () => {
  test("spec, fitted values, weights and manifest", async () => {
    const written = contents();
    await writeRun(out, written, false);
    const run = await readRun(out);
    expect(run.spec.text).toBe(written.spec.text);
    expect(run.fitted).toEqual(written.fitted);
    expect(run.tables).toEqual(written.tables);
    expect(run.parameters).toEqual(written.parameters);
    expect(run.manifest).toMatchObject(written.manifest);
    expect(await readFile(join(out, "metrics.jsonl"), "utf8")).toBe('{"epoch":1,"auc":0.5}\n');
    expect(await readdir(folder)).toEqual(["run"]);
  });

  test("every string survives as a vocabulary's value", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.string({ unit: "binary" })), async (values) => {
        const fitted = { vocabularies: new Map([["item_id", values]]), transforms: new Map() };
        await writeRun(out, contents({ fitted }), true);
        expect((await readRun(out)).fitted.vocabularies.get("item_id")).toEqual(values);
      }),
      { numRuns: 15 },
    );
  });
});

describe("an existing folder", () => {
  test("with a complete run is kept unless --force is given", async () => {
    await writeRun(out, contents(), false);
    expect(await codes(claimRun(out, false))).toEqual(["output-exists"]);
    expect(await codes(writeRun(out, contents(), false))).toEqual(["output-exists"]);
    await writeRun(out, contents({ report: "second" }), true);
    expect(await readFile(join(out, "report.html"), "utf8")).toBe("second");
    expect(await readdir(folder)).toEqual(["run"]);
  });

  test("that another process is making is told before any work, and not touched", async () => {
    const other = `${out}.partial-${process.ppid}`;
    await mkdir(other);
    expect(await codes(claimRun(out, true))).toEqual(["output-in-use"]);
    expect(await readdir(folder)).toEqual([`run.partial-${process.ppid}`]);
    await rm(other, { recursive: true });
    const release = await claimRun(out, false);
    expect(await readdir(folder)).toEqual([`run.partial-${process.pid}`]);
    release();
    expect(await readdir(folder)).toEqual([]);
  });

  test("that is not a run is never replaced", async () => {
    await mkdir(out);
    await writeRun(out, contents(), false); // an empty folder is nobody's
    const other = join(folder, "thesis");
    await mkdir(other);
    await writeFile(join(other, "thesis.txt"), "years");
    expect(await codes(claimRun(other, true))).toEqual(["output-not-a-run"]);
    expect(await codes(claimRun(join(other, "thesis.txt"), true))).toEqual(["output-not-a-run"]);
  });

  test.runIf(process.platform === "linux")(
    "in a place that takes no folders is an error about the place, at once",
    async () => {
      expect(await codes(claimRun("/proc/dinc/run", false))).toEqual(["file-unwritable"]);
      expect(await codes(claimRun("/proc/run", false))).toEqual(["file-unwritable"]);
    },
  );

  test("below folders that are missing makes them", async () => {
    const deep = join(folder, "a", "b", "run");
    await writeRun(deep, contents(), false);
    expect((await readRun(deep)).manifest.model).toBe("tiny");
  });

  test("below a file is an error about the place, not a stack trace", async () => {
    await writeFile(join(folder, "file"), "");
    expect(await codes(claimRun(join(folder, "file", "run"), false))).toEqual(["file-unwritable"]);
  });
});

test("a run that cannot be written in full leaves nothing", async () => {
  const report = {
    toString() {
      throw new Error("not text");
    },
  };
  const broken = contents({ report: report as unknown as string });
  await expect(writeRun(out, broken, false)).rejects.toThrow();
  expect(await readdir(folder)).toEqual([]);
});

describe("a changed run is refused", () => {
  const cases: [string, () => Promise<unknown>, RegExp][] = [
    [
      "weights cut short",
      () => truncate(join(out, "weights.safetensors"), 40),
      /weights\.safetensors has 40 bytes instead of/,
    ],
    [
      "spec edited",
      () => writeFile(join(out, "model.din"), "model tine\n"),
      /model\.din has been changed since training/,
    ],
    ["vocabulary missing", () => rm(join(out, "vocab", "item_id.jsonl")), /item_id\.jsonl is missing/],
    [
      "vocabulary longer",
      () => appendFile(join(out, "vocab", "item_id.jsonl"), '"B2"\n'),
      /bytes instead of/,
    ],
    ["manifest cut short", () => truncate(join(out, "manifest.json"), 100), /manifest\.json is not JSON/],
  ];
  test.each(cases)("%s", async (_name, change, message) => {
    await writeRun(out, contents(), false);
    await change();
    expect(await codes(readRun(out))).toEqual(["run-damaged"]);
    await expect(readRun(out)).rejects.toThrow(message);
  });

  test.each(["weights.safetensors", "vocab/item_id.jsonl", "fitted.json", "model.din", "manifest.json"])(
    "any flipped bit in %s",
    async (name) => {
      await writeRun(out, contents(), false);
      const path = join(out, name);
      const bytes = await readFile(path);
      const flips = someBits(bytes, name === "manifest.json" ? 500 : 100);
      for (const [at, bit] of flips) {
        bytes[at]! ^= bit;
        await writeFile(path, bytes);
        const names = await codes(readRun(out));
        // A flipped bit may also make another version of the manifest.
        expect(["run-damaged", "run-version"], `bit ${bit} of byte ${at}`).toContain(names.join());
        bytes[at]! ^= bit;
      }
      await writeFile(path, bytes);
      expect((await readRun(out)).manifest.model).toBe("tiny");
    },
  );

  test("a run of an earlier dinc, whose manifest is not sealed, is read", async () => {
    await writeRun(out, contents(), false);
    const path = join(out, "manifest.json");
    const { checksum: _, ...manifest } = JSON.parse(await readFile(path, "utf8")) as Manifest;
    await writeFile(path, JSON.stringify({ ...manifest, version: 1 }));
    expect((await readRun(out)).manifest.model).toBe("tiny");
    await writeFile(path, JSON.stringify(manifest));
    expect(await codes(readRun(out))).toEqual(["run-damaged"]);
  });

  test("a vocabulary's name that leads out of the run", async () => {
    await writeRun(out, contents({ fitted: { vocabularies: new Map(), transforms: new Map() } }), false);
    await rewrite("fitted.json", (fitted) => ({
      ...fitted,
      vocabularies: { "../../secret": { values: 1 } },
    }));
    await expect(readRun(out)).rejects.toThrow(/names a vocabulary "\.\.\/\.\.\/secret"/);
  });

  test("a manifest of a later version", async () => {
    await writeRun(out, contents(), false);
    const path = join(out, "manifest.json");
    await writeFile(path, (await readFile(path, "utf8")).replace('"version": 2', '"version": 3'));
    expect(await codes(readRun(out))).toEqual(["run-version"]);
  });

  test("weights that are not finite", async () => {
    await writeRun(
      out,
      contents({ parameters: new Map([["b", { dims: [1], values: Float32Array.of(Number.NaN) }]]) }),
      false,
    );
    await expect(readRun(out)).rejects.toThrow(/values in "b" that are not finite/);
  });

  test("no run at all", async () => {
    expect(await codes(readRun(out))).toEqual(["run-missing"]);
    await mkdir(out);
    expect(await codes(readRun(out))).toEqual(["run-missing"]);
  });

  /** Edits a JSON file and makes the manifest agree with it, as a forger would. */
  async function rewrite(name: string, change: (value: Record<string, unknown>) => object): Promise<void> {
    const { fingerprint } = await import("../../runtime/files/fingerprint.ts");
    const path = join(out, name);
    await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, "utf8")))));
    const manifestPath = join(out, "manifest.json");
    const manifest = JSON.parse(await readFile(manifestPath, "utf8")) as Manifest;
    const files = { ...manifest.files, [name]: await fingerprint(path) };
    await writeFile(manifestPath, manifestBytes({ ...manifest, files }));
  }
});

describe("kill -9 while a run is written", () => {
  const dist = (path: string) => pathToFileURL(resolve(import.meta.dirname, "../../dist", path)).href;
  // Writes a run of 8 MB again and again, saying when each one begins.
  const script = `
    import { writeRun } from ${JSON.stringify(dist("runtime/run/write-run.js"))};
    const [out, force] = process.argv.slice(1);
    const values = new Float32Array(2_000_000).fill(0.5);
    const manifest = { compiler: "", model: "", graphHash: "", backend: "", settings: {}, tables: {},
      data: { trainRows: 0, testRows: 0, files: [] }, timings: { seconds: 0, samplesPerSecond: 0 }, metrics: {} };
    do {
      process.stdout.write("begin\\n");
      await writeRun(out, { spec: { path: "", text: "" }, fitted: { vocabularies: new Map([["item_id", ["a"]]]), transforms: new Map() },
        tables: [{ name: "item_id", rows: 1_000_000, width: 2, values }], parameters: new Map(), manifest, evaluations: [], state: null, report: "" },
        force === "force");
    } while (force === "force");`;

  async function writer(force: boolean): Promise<ChildProcess> {
    const child = spawn(
      process.execPath,
      ["--input-type=module", "-e", script, out, force ? "force" : "once"],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    await once(child.stdout!, "data");
    return child;
  }

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  test("leaves no run where there was none, and the next training cleans up", async () => {
    let partials = 0;
    for (const delay of [0, 2, 5, 10, 20, 40]) {
      const child = await writer(false);
      await sleep(delay);
      await kill(child);
      const left = await readdir(folder);
      partials += left.filter((name) => name.startsWith("run.partial-")).length;
      if (left.includes("run")) expect((await readRun(out)).tables[0]!.rows).toBe(1_000_000);
      (await claimRun(out, true))();
      expect((await readdir(folder)).filter((name) => name !== "run")).toEqual([]);
      await rm(out, { recursive: true, force: true });
    }
    expect(partials).toBeGreaterThan(0);
  });

  test("leaves a complete run where there was one", async () => {
    await writeRun(out, contents(), false);
    for (const delay of [10, 60, 110]) {
      const child = await writer(true);
      await sleep(delay);
      await kill(child);
      (await claimRun(out, true))();
      expect(await readdir(folder)).toEqual(["run"]);
      expect((await readRun(out)).manifest.version).toBe(2);
    }
  });
});
