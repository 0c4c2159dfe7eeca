// Compares C that is printed from code with the WebAssembly of the same code: what a body runs is recorded with the memory
// before and after, and a program of the printed C computes it again.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { printC } from "../../compiler/backends/c/print.ts";
import { ModuleBuilder } from "../../compiler/backends/code/builder.ts";
import type { CodeModule } from "../../compiler/backends/code/code.ts";
import { type Encoded, encode } from "../../compiler/backends/wasm/encode.ts";
import { bytesIn } from "../../compiler/backends/wasm/training/form.ts";
import { MOST_PAGES } from "../../compiler/backends/wasm/training/machine.ts";
import { PAGE } from "../../compiler/serve/wasm.ts";

export interface CCompiler {
  readonly name: string;
  readonly options: readonly string[];
  /** The command that runs its programs. */
  readonly runs?: readonly string[];
}

/** Those of `gcc` and `clang` that this machine has. */
export const compilerNames: readonly string[] = ["gcc", "clang"].filter(isThere);

export function isThere(command: string): boolean {
  return spawnSync(command, ["--version"]).status === 0;
}

interface Call {
  readonly name: string;
  readonly values: readonly number[];
}

/** Calls between which nothing else changed the memory. */
export interface Run {
  readonly before: Uint8Array;
  readonly calls: readonly Call[];
  readonly after: Uint8Array;
}

export interface RecordedModule {
  readonly code: CodeModule;
  readonly runs: readonly Run[];
}

interface Memory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
}
type Exports = Readonly<Record<string, unknown>>;
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: { env: { memory: Memory } }) => { readonly exports: Exports };
  instantiate: (bytes: Uint8Array) => Promise<{ readonly instance: { readonly exports: Exports } }>;
};

/**
 * Everything that a body computes by WebAssembly that it makes from code, by instance. Its form with multiply-adds isn't
 * recorded.
 */
export async function recorded(body: () => unknown): Promise<readonly RecordedModule[]> {
  const made = new Set<ModuleBuilder>();
  const bytesOf = new WeakMap<object, Uint8Array>();
  const found: Recorder[] = [];
  /** Generated modules try another form if one isn't there, whatever the reason. */
  const unknown: Uint8Array[] = [];
  const { Module, Instance, instantiate } = WebAssembly;
  const exporting = vi.spyOn(ModuleBuilder.prototype, "export");
  exporting.mockImplementation(function (this: ModuleBuilder, name, { index }) {
    made.add(this);
    this.exports.push({ name, index });
  });
  const record = (exports: Exports, bytes: Uint8Array, memory: Memory, encodings: readonly Encoding[]) => {
    for (const code of made)
      for (const encoding of encodings) {
        const encoded = encoding(code);
        if (Buffer.compare(bytesIn("relaxed", encoded), bytes) === 0 && encoded.firsts.length > 0)
          return exports;
        if (Buffer.compare(encoded.plain, bytes) !== 0) continue;
        const recorder = new Recorder(code, memory);
        found.push(recorder);
        return recorder.wrapped(exports);
      }
    unknown.push(bytes);
    return exports;
  };
  WebAssembly.Module = new Proxy(Module, {
    construct(target, [bytes]: [Uint8Array]) {
      const module = new target(bytes);
      bytesOf.set(module, bytes);
      return module;
    },
  });
  WebAssembly.Instance = new Proxy(Instance, {
    construct(target, [module, imports]: ConstructorParameters<typeof Instance>) {
      const { memory } = imports.env;
      const given = { shared: memory.buffer instanceof SharedArrayBuffer, mostPages: MOST_PAGES };
      const { exports } = new target(module, imports);
      return { exports: record(exports, bytesOf.get(module)!, memory, [(code) => encode(code, given)]) };
    },
  });
  WebAssembly.instantiate = async (bytes) => {
    const { instance } = await instantiate(bytes);
    const memory = instance.exports["memory"] as Memory;
    const pages = memory.buffer.byteLength / PAGE;
    const encodings = [false, true].map((grows) => (code: CodeModule) => encode(code, pages, grows));
    return { instance: { exports: record(instance.exports, bytes, memory, encodings) } };
  };
  try {
    await body();
  } finally {
    Object.assign(WebAssembly, { Module, Instance, instantiate });
    exporting.mockRestore();
  }
  if (unknown.length > 0) throw new Error("a module whose code was made outside of the recording");
  return found.map((recorder) => ({ code: recorder.code, runs: recorder.finished() }));
}

type Encoding = (code: CodeModule) => Encoded;

class Recorder {
  readonly code: CodeModule;
  private readonly memory: Memory;
  private readonly runs: Run[] = [];
  private current: { readonly before: Uint8Array; readonly calls: Call[]; after: Uint8Array } | null = null;

  constructor(code: CodeModule, memory: Memory) {
    this.code = code;
    this.memory = memory;
  }

  wrapped(exports: Exports): Exports {
    const wrap = ([name, given]: [string, unknown]) => {
      if (typeof given !== "function") return [name, given];
      const call = (...values: number[]) => {
        const before = this.copy();
        if (this.current === null || Buffer.compare(before, this.current.after) !== 0) {
          this.end();
          this.current = { before, calls: [], after: before };
        }
        given(...values);
        this.current.calls.push({ name, values });
        this.current.after = this.copy();
      };
      return [name, call];
    };
    return Object.fromEntries(Object.entries(exports).map(wrap));
  }

  finished(): readonly Run[] {
    this.end();
    return this.runs;
  }

  private end(): void {
    if (this.current !== null) this.runs.push(this.current);
    this.current = null;
  }

  private copy(): Uint8Array {
    return new Uint8Array(this.memory.buffer).slice();
  }
}

/**
 * Computes runs: `run` and the size of its memory, which is read, and then each call by name, with its values. Writes the
 * memories.
 */
function mainOf({ functions, exports }: CodeModule): string {
  const cases = exports.map(({ name, index }) => {
    const values = Array.from({ length: functions[index]!.parameters }, (_, i) => `x[${i}]`);
    return `    if (!strcmp(name, "${name}")) din_${name}(${["memory", ...values].join(", ")});`;
  });
  const most = Math.max(1, ...exports.map(({ index }) => functions[index]!.parameters));
  return `
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
  if (argc != 4) return 1;
  FILE *in = fopen(argv[1], "rb"), *calls = fopen(argv[2], "r"), *out = fopen(argv[3], "wb");
  if (!in || !calls || !out) return 1;
  char name[64];
  char *memory = NULL;
  size_t size = 0;
  int more;
  do {
    uint32_t x[${most}], count;
    more = fscanf(calls, "%63s %u", name, &count) == 2;
    if (!more || !strcmp(name, "run")) {
      if (memory && fwrite(memory, 1, size, out) != size) return 1;
      free(memory);
      if (!more) break;
      size = count;
      memory = malloc(size);
      if (fread(memory, 1, size, in) != size) return 1;
      continue;
    }
    for (uint32_t i = 0; i < count; i++)
      if (fscanf(calls, "%u", &x[i]) != 1) return 1;
${cases.join("\n")}
  } while (more);
  fclose(in);
  fclose(calls);
  return fclose(out) != 0;
}
`;
}

const warnings = [
  ...["-Wall", "-Wextra", "-Werror"],
  ...["-Wno-unused-function", "-Wno-unused-parameter", "-Wno-unused-but-set-variable"],
];

/** Where the C of a module computes something else than its WebAssembly, compiled in one way. */
export function differencesInC(
  { code, runs }: RecordedModule,
  { name, options, runs: by = [] }: CCompiler,
): string[] {
  const folder = mkdtempSync(join(tmpdir(), "dinc-c-"));
  const pathOf = (file: string) => join(folder, file);
  try {
    writeFileSync(pathOf("program.c"), printC(code, "din_") + mainOf(code));
    const from = ["-std=c99", ...warnings, "-ffp-contract=off", ...options, pathOf("program.c")];
    execFileSync(name, [...from, "-o", pathOf("program"), "-lm"]);
    const texts = runs.map((run) => [
      `run ${run.before.length}`,
      ...run.calls.map((each) =>
        [each.name, each.values.length, ...each.values.map((x) => x >>> 0)].join(" "),
      ),
    ]);
    writeFileSync(pathOf("calls"), texts.flat().join("\n"));
    writeFileSync(pathOf("before"), Buffer.concat(runs.map(({ before }) => before)));
    const [command = pathOf("program"), ...first] = [...by, pathOf("program")];
    execFileSync(command, [...first, ...["before", "calls", "after"].map(pathOf)]);
    const found = readFileSync(pathOf("after"));
    let end = 0;
    return runs.flatMap(({ after }, i) => {
      const from = end;
      end += after.length;
      const at = firstDifference(after, found.subarray(from, end));
      return at === null ? [] : [`${[name, ...options].join(" ")}: byte ${at} after ${texts[i]!.join(", ")}`];
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** By word; a NaN is a NaN, whatever its bits. */
function firstDifference(wanted: Uint8Array, found: Uint8Array): number | null {
  if (Buffer.compare(wanted, found) === 0) return null;
  if (wanted.length !== found.length) return Math.min(wanted.length, found.length);
  const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [a, b] = [view(wanted), view(found)];
  for (let at = 0; at < wanted.length; at += 4) {
    if (a.getInt32(at) === b.getInt32(at)) continue;
    if (Number.isNaN(a.getFloat32(at, true)) && Number.isNaN(b.getFloat32(at, true))) continue;
    return at;
  }
  return null;
}
