// Which back end runs a model where native TensorFlow is not installed, and what the person reads about it.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hasLargeProducts } from "../../compiler/backends/tensorflow/large-products.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import type { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import type { Graph } from "../../compiler/middle/graph/graph.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import type { Auto } from "../../runtime/engines/choose.ts";
import { formOfNode } from "../../runtime/engines/threads.ts";
import { nativeFolders } from "../../runtime/native/cache-folder.ts";

// Whatever npm could install on the machine that runs the test.
vi.mock("../../runtime/native/node-modules.ts", () => ({ installedPackage: () => null }));

let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "dinc-test-"));
  vi.stubEnv("DINC_CACHE", cache);
  vi.stubEnv("CC", "");
  vi.stubEnv("PATH", cache);
  // What loads is decided once a process; each test is to decide anew.
  vi.resetModules();
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

async function choose(choice: "native" | "node" | "wasm" | Auto) {
  return (await import("../../runtime/engines/choose.ts")).chooseBackend(choice);
}

/** For a training of a network of two layers. */
const auto = (units: number, trainedBy: string | null = null): Auto => ({ trainedBy, graph: step(units) });

function step(units: number): Graph {
  const text = `model m
features item { item_id : id  embed 48 }
label click : binary
net { predict click = item_id |> mlp([${units}, ${units}], relu) |> dense(1) |> sigmoid }
`;
  const model = check(sourceFile("m.din", text)).value!;
  return trainingProgram(lower(model), model).step;
}

/** A build whose main module says this instead of loading. */
function brokenBuild(message: string): string {
  const folders = nativeFolders(cache);
  mkdirSync(folders.package, { recursive: true });
  writeFileSync(join(folders.package, "package.json"), '{"version":"4.22.0"}');
  writeFileSync(join(folders.package, "index.js"), `throw new Error(${JSON.stringify(message)});`);
  writeFileSync(folders.facts, "{}");
  return folders.package;
}

const takesOver = "the machine has a C compiler, whose code takes over after some seconds";

/** A compiler for a processor with this feature. */
function compilerFor(feature: string): void {
  const macros = ["__GNUC__ 12", "__GNUC_MINOR__ 2", "__GNUC_PATCHLEVEL__ 0", `${feature} 1`];
  const script = macros.map((macro) => `echo '#define ${macro}'`).join("\n");
  writeFileSync(join(cache, "cc"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

describe("without native TensorFlow", () => {
  it("auto takes wasm, and says for a model with large products what is faster", async () => {
    const small = await choose(auto(100));
    expect(small).toMatchObject({ name: "wasm", reason: "the model's matrix products are small" });
    const large = await choose(auto(800));
    expect(large).toMatchObject({
      name: "wasm",
      reason:
        "the model's matrix products are large, and no C compiler makes vectors of 512 bits here; the faster one for it would be node, but native tfjs-node is not installed: dinc native install installs it",
    });
  });

  it("auto takes native where there is a C compiler, and the same bits as wasm", async () => {
    writeFileSync(join(cache, "cc"), "", { mode: 0o755 });
    const { name, reason, bits } = await choose(auto(100));
    expect({ name, reason, bits }).toEqual({
      ...{ name: "native", reason: takesOver, bits: `wasm, ${formOfNode()}` },
    });
    expect(bits).toBe((await choose("wasm")).bits);
  });

  it("auto takes native for large products too where vectors have 512 bits, and otherwise says what is faster", async () => {
    compilerFor("__AVX512F__");
    expect(await choose(auto(800))).toMatchObject({ name: "native", reason: takesOver });
    compilerFor("__AVX2__");
    const { name, reason } = await choose(auto(800));
    expect(name).toBe("native");
    expect(reason).toMatch(
      /^the model's matrix products are large, and no C compiler makes vectors of 512 bits here; the faster one for it would be node, but/,
    );
  });

  it("native is a finding where there is no C compiler, and wasm is taken for what it trained", async () => {
    const error = await choose("native").catch((caught: unknown) => caught as DiagnosticError);
    expect((error as DiagnosticError).diagnostics.map(({ code, message }) => [code, message])).toEqual([
      [
        "DIN0590",
        "the backend native cannot be used; no C compiler was found; install clang or gcc (Debian: apt install clang)",
      ],
    ]);
    expect(await choose(auto(100, "native"))).toMatchObject({ name: "wasm" });
  });

  it("auto takes wasm for what node trained, and says so", async () => {
    const { name, reason } = await choose(auto(100, "node"));
    expect(name).toBe("wasm");
    expect(reason).toMatch(/^the run was trained with node, but native tfjs-node is not installed/);
  });

  it("wasm is taken as asked, without advice", async () => {
    const backend = await choose("wasm");
    expect(backend.name).toBe("wasm");
    expect(backend.description).toMatch(/^WebAssembly(?: with fused multiply-add)?, made for the model$/);
  });

  it("node is a finding", async () => {
    const error = await choose("node").catch((caught: unknown) => caught as DiagnosticError);
    expect(error).toMatchObject({ name: "DiagnosticError" });
    expect((error as DiagnosticError).diagnostics.map(({ code, message }) => [code, message])).toEqual([
      [
        "DIN0590",
        "the backend node cannot be used; native tfjs-node is not installed: dinc native install installs it",
      ],
    ]);
  });
});

describe("which products are large", () => {
  it("goes by what was measured: even at two layers of about 150 units, before DIN in twice its size", () => {
    expect([64, 100, 200, 300, 400, 800].map((units) => hasLargeProducts(step(units)))).toEqual([
      ...[false, false],
      ...[true, true, true, true],
    ]);
  });

  it("leaves no model of the zoo to TensorFlow, nor its prediction", () => {
    const zoo = readdirSync("examples/zoo").filter((name) => name.endsWith(".din"));
    expect(zoo.length).toBeGreaterThan(15);
    for (const name of zoo) {
      const model = check(sourceFile(name, readFileSync(`examples/zoo/${name}`, "utf8"))).value!;
      const { step, predict } = trainingProgram(lower(model), model);
      expect([name, hasLargeProducts(step), hasLargeProducts(predict)]).toEqual([name, false, false]);
    }
  });
});

describe("with a build that does not load", () => {
  it("auto takes wasm and says why", async () => {
    const folder = brokenBuild("libtensorflow_cc.so.2: cannot open shared object file");
    const { name, reason } = await choose(auto(800));
    expect(name).toBe("wasm");
    expect(reason).toContain(
      `native tfjs-node in ${folder} does not load: libtensorflow_cc.so.2: cannot open`,
    );
  });

  it("dinc doctor says what to do", async () => {
    const folder = brokenBuild("libtensorflow_cc.so.2: cannot open shared object file");
    const { doctor } = await import("../../runtime/driver/doctor-facts.ts");
    const native = (await doctor()).find(({ subject }) => subject === "native");
    expect(native).toEqual({
      subject: "native",
      works: false,
      finding: `${folder} does not load: libtensorflow_cc.so.2: cannot open shared object file`,
      advice: `delete ${cache}/native and run dinc native install`,
    });
  });
});
