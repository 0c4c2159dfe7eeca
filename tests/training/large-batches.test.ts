// Batches that no memory of WebAssembly holds: a library says so as the command line does, and not by a bare RangeError.

import { expect, test } from "vitest";
import { growMemory, MOST_PAGES, newMemory } from "../../compiler/backends/wasm/training/machine.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";

function said(work: () => void): string {
  try {
    work();
    return "nothing";
  } catch (error) {
    return error instanceof DiagnosticError ? error.diagnostics[0]!.code : String(error);
  }
}

test.each([false, true])("a step beyond 4 GiB is out of memory (DIN0626), shared: %s", (shared) => {
  const memory = newMemory(1, shared);
  growMemory(memory, 1);
  expect(memory.buffer.byteLength).toBe(2 * 65536);
  expect(said(() => growMemory(memory, MOST_PAGES))).toBe("DIN0626");
  expect(said(() => newMemory(MOST_PAGES + 1, shared))).toBe("DIN0626");
});

test("a memory of more than 1 GiB has room to grow", () => {
  const memory = newMemory(MOST_PAGES / 4 + 1, true);
  growMemory(memory, 1);
  expect(memory.buffer.byteLength).toBe((MOST_PAGES / 4 + 2) * 65536);
});
