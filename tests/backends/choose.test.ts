// Which back end runs a model where native TensorFlow is not installed, and what the person reads about it.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { nativeFolders } from "../../runtime/native/cache-folder.ts";

// Whatever npm could install on the machine that runs the test.
vi.mock("../../runtime/native/node-modules.ts", () => ({ installedPackage: () => null }));

let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "dinc-test-"));
  vi.stubEnv("DINC_CACHE", cache);
  // What loads is decided once a process; each test is to decide anew.
  vi.resetModules();
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

async function choose(name: "auto" | "node" | "wasm") {
  return (await import("../../runtime/engines/choose.ts")).chooseBackend(name);
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

describe("without native TensorFlow", () => {
  it("auto takes wasm and says once what native would bring", async () => {
    const backend = await choose("auto");
    expect(backend.name).toBe("wasm");
    expect(backend.description).toContain(
      "dinc native install installs it; native trains 10 to 30 times faster",
    );
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

describe("with a build that does not load", () => {
  it("auto takes wasm and says why", async () => {
    const folder = brokenBuild("libtensorflow_cc.so.2: cannot open shared object file");
    const { name, description } = await choose("auto");
    expect(name).toBe("wasm");
    expect(description).toContain(
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
