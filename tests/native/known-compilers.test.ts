// Compilers are asked once, and again when they have changed.

import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { targetNow } from "../../runtime/native/compile-library.ts";

let folder: string;
const at = (name: string) => join(folder, name);
const compiler = (...args: readonly string[]) => ({ program: at("cc"), args });
/** The number of times that the compiler was started. */
const starts = () => readFileSync(at("starts"), "utf8").length;

/** A compiler that only tells its macros. */
function writeCompiler(major: number): void {
  const macros = [`__clang__ 1`, `__clang_major__ ${major}`, "__clang_minor__ 0", "__clang_patchlevel__ 1"];
  const lines = [...macros, "__x86_64__ 1", "__AVX2__ 1"].map((macro) => `#define ${macro}`);
  writeFileSync(at("cc"), `#!/bin/sh\nprintf x >> '${at("starts")}'\necho '${lines.join("\n")}'\n`);
  chmodSync(at("cc"), 0o755);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-compilers-"));
  vi.stubEnv("DINC_CACHE", at("cache"));
  writeCompiler(17);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe.skipIf(process.platform === "win32")("a compiler", () => {
  test("is asked once, with the same answer afterwards", () => {
    const first = targetNow(compiler());
    expect(first).toMatchObject({ name: "clang 17.0.1", machine: { lanes: 8 } });
    expect(targetNow(compiler())).toEqual(first);
    expect(starts()).toBe(1);
  });

  test("is asked again if it was replaced, and with other arguments", () => {
    targetNow(compiler());
    writeCompiler(18);
    expect(targetNow(compiler())).toMatchObject({ name: "clang 18.0.1" });
    targetNow(compiler("-m32"));
    expect(starts()).toBe(3);
  });

  test.each([
    ["is damaged", (path: string) => writeFileSync(path, "[{")],
    ["holds other things", (path: string) => writeFileSync(path, '[null, {"identity": 3}]')],
    ["can be written by others", (path: string) => chmodSync(path, 0o666)],
  ])("is asked again if what is remembered %s", (_, change) => {
    targetNow(compiler());
    change(at("cache/compilers/macros.json"));
    expect(targetNow(compiler())).toMatchObject({ name: "clang 17.0.1" });
    expect(starts()).toBe(2);
    expect(targetNow(compiler())).toMatchObject({ name: "clang 17.0.1" });
    expect(starts()).toBe(2);
  });

  test("that is unknown is asked every time", () => {
    appendFileSync(at("cc"), "exit 1\n");
    for (let i = 0; i < 2; i++) expect(targetNow(compiler())).toHaveProperty("missing");
  });
});
