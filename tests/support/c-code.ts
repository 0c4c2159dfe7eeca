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
import { Reservations } from "../../compiler/backends/code/memory.ts";
import { MemoryLayout } from "../../compiler/backends/code/training/layout.ts";
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
  return spawnSync(command, [command === "go" ? "version" : "--version"]).status === 0;
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
  /** Bytes between the places of values, which nothing reads or writes: first, and after the last. */
  readonly gaps: readonly Gap[];
}

type Gap = readonly [from: number, to: number];

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

export type Places = "close" | "apart";

/** Modules that are kept for the next one that needs them. */
const codes = new WeakMap<object, CodeModule>();

/**
 * Everything that a body computes by WebAssembly that it makes from code, by instance. Its form with multiply-adds isn't
 * recorded. With places `apart` there is a gap between any two of them.
 */
export async function recorded(
  body: () => unknown,
  places: Places = "close",
): Promise<readonly RecordedModule[]> {
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
  const gaps = places === "apart" ? new Gaps() : null;
  const record = (exports: Exports, code: CodeModule | null, memory: Memory) => {
    if (code === null) return exports;
    const recorder = new Recorder(code, memory, () => gaps?.now() ?? []);
    found.push(recorder);
    return recorder.wrapped(exports);
  };
  const codeOf = (bytes: Uint8Array, encodings: readonly Encoding[]) => {
    for (const code of made)
      for (const encoding of encodings) {
        const encoded = encoding(code);
        if (Buffer.compare(encoded.plain, bytes) === 0) return code;
        if (Buffer.compare(bytesIn("relaxed", encoded), bytes) === 0) return null;
      }
    unknown.push(bytes);
    return null;
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
      const code = codes.get(module) ?? codeOf(bytesOf.get(module)!, [(each) => encode(each, given)]);
      if (code !== null) codes.set(module, code);
      return { exports: record(exports, code, memory) };
    },
  });
  WebAssembly.instantiate = async (bytes) => {
    const { instance } = await instantiate(bytes);
    const memory = instance.exports["memory"] as Memory;
    const pages = memory.buffer.byteLength / PAGE;
    const encodings = [false, true].map((grows) => (code: CodeModule) => encode(code, pages, grows));
    return { instance: { exports: record(instance.exports, codeOf(bytes, encodings), memory) } };
  };
  try {
    await body();
  } finally {
    Object.assign(WebAssembly, { Module, Instance, instantiate });
    exporting.mockRestore();
    gaps?.end();
  }
  if (unknown.length > 0) throw new Error("a module whose code was made outside of the recording");
  return found.map((recorder) => ({ code: recorder.code, runs: recorder.finished() }));
}

type Encoding = (code: CodeModule) => Encoded;

/** More than any vector, or several. */
const GAP = 256;

/** Puts gaps between places, and knows those of the Graph that was last made and of the batch that was last laid out. */
class Gaps {
  private fixed: Gap[] = [];
  private ofBatch: Gap[] = [];
  private readonly spies: readonly { mockRestore(): void }[];

  constructor() {
    const { reserve } = Reservations.prototype;
    const { fit } = MemoryLayout.prototype;
    /** The places of a batch, and those of a block, in the order in which a layout makes them. */
    let inLayout: Map<Reservations, Gap[]> | null = null;
    let ofGraph: Reservations | null = null;
    const gapsOf = (places: Reservations): Gap[] => {
      if (inLayout !== null) {
        const known = inLayout.get(places) ?? [];
        inLayout.set(places, known);
        return known;
      }
      if (ofGraph !== places) {
        ofGraph = places;
        this.fixed = [];
        this.ofBatch = [];
      }
      return this.fixed;
    };
    const reserving = vi.spyOn(Reservations.prototype, "reserve");
    reserving.mockImplementation(function (this: Reservations, bytes) {
      const address = reserve.call(this, bytes);
      const { end } = this;
      this.end += GAP;
      gapsOf(this).push([end, this.end]);
      return address;
    });
    const setBatch = (gaps: Gap[]) => {
      this.ofBatch = gaps;
    };
    const fitting = vi.spyOn(MemoryLayout.prototype, "fit");
    fitting.mockImplementation(function (this: MemoryLayout, counts, threads) {
      inLayout = new Map();
      const isNew = fit.call(this, counts, threads);
      const [inBatch = [], inBlock = []] = inLayout.values();
      inLayout = null;
      if (isNew)
        setBatch([...inBatch, ...inBlock.map(([from, to]): Gap => [this.scratch + from, this.scratch + to])]);
      return isNew;
    });
    this.spies = [reserving, fitting];
  }

  now(): readonly Gap[] {
    return [...this.fixed, ...this.ofBatch];
  }

  end(): void {
    for (const spy of this.spies) spy.mockRestore();
  }
}

class Recorder {
  readonly code: CodeModule;
  private readonly memory: Memory;
  private readonly runs: Run[] = [];
  private readonly gapsNow: () => readonly Gap[];
  private current: (Run & { readonly calls: Call[] }) | null = null;

  constructor(code: CodeModule, memory: Memory, gapsNow: () => readonly Gap[]) {
    this.code = code;
    this.memory = memory;
    this.gapsNow = gapsNow;
  }

  wrapped(exports: Exports): Exports {
    const wrap = ([name, given]: [string, unknown]) => {
      if (typeof given !== "function") return [name, given];
      const call = (...values: number[]) => {
        const before = Buffer.from(this.memory.buffer);
        if (this.current === null || Buffer.compare(before, this.current.after) !== 0) {
          this.end();
          const copy = Uint8Array.from(before);
          this.current = { before: copy, calls: [], after: copy.slice(), gaps: this.gapsNow() };
        }
        given(...values);
        this.current.calls.push({ name, values });
        this.current.after.set(before);
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
}

/**
 * Computes runs: `run` and the size of its memory, which is read; `gap`s for AddressSanitizer; each call by the number of its
 * module and its name, with its values. Writes the memories.
 */
function mainOf(modules: readonly RecordedModule[]): string {
  const exported = modules.flatMap(({ code: { functions, exports } }, i) =>
    exports.map(({ name, index }) => ({
      name: prefixOf(i) + name,
      parameters: functions[index]!.parameters,
    })),
  );
  const cases = exported.map(({ name, parameters }) => {
    const values = Array.from({ length: parameters }, (_, i) => `x[${i}]`);
    return `    else if (!strcmp(name, "${name}")) ${name}(${["memory", ...values].join(", ")});`;
  });
  const most = Math.max(2, ...exported.map(({ parameters }) => parameters));
  return `
#include <stdio.h>
#include <stdlib.h>
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size) (void)0
#define ASAN_UNPOISON_MEMORY_REGION(at, size) (void)0
#endif
int main(int argc, char **argv) {
  if (argc != 4) return 1;
  FILE *in = fopen(argv[1], "rb"), *calls = fopen(argv[2], "r"), *out = fopen(argv[3], "wb");
  if (!in || !calls || !out) return 1;
  char name[64];
  char *memory = NULL;
  size_t size = 0;
  for (;;) {
    uint32_t x[${most}], count;
    int more = fscanf(calls, "%63s %u", name, &count) == 2;
    if (!more || !strcmp(name, "run")) {
      if (memory) ASAN_UNPOISON_MEMORY_REGION(memory, size);
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
    if (!strcmp(name, "gap")) ASAN_POISON_MEMORY_REGION(memory + x[0], x[1] - x[0]);
${cases.join("\n")}
    else return 1;
  }
  fclose(in);
  fclose(calls);
  return fclose(out) != 0;
}
`;
}

/** Modules share a program. */
function prefixOf(module: number): string {
  return `din${module}_`;
}

const warnings = [
  ...["-Wall", "-Wextra", "-Werror"],
  ...["-Wno-unused-function", "-Wno-unused-parameter", "-Wno-unused-but-set-variable", "-Wno-psabi"],
];

/** Where the C of modules, compiled in one way, computes something else than their WebAssembly. */
export function differencesInC(
  modules: readonly RecordedModule[],
  { name, options, runs: by = [] }: CCompiler,
): string[] {
  const folder = mkdtempSync(join(tmpdir(), "dinc-c-"));
  const pathOf = (file: string) => join(folder, file);
  try {
    const printed = modules.map(({ code }, i) => printC(code, prefixOf(i)));
    writeFileSync(pathOf("program.c"), [...printed, mainOf(modules)].join("\n"));
    const from = ["-std=c99", ...warnings, "-ffp-contract=off", ...options, pathOf("program.c")];
    execFileSync(name, [...from, "-o", pathOf("program"), "-lm"], { stdio: "pipe" });
    const runs = modules.flatMap((module, i) => module.runs.map((run) => ({ ...run, prefix: prefixOf(i) })));
    const lines = runs.flatMap((run) => [
      `run ${run.before.length}`,
      ...run.gaps.map((gap) => `gap 2 ${gap.join(" ")}`),
      ...run.calls.map((each) =>
        [run.prefix + each.name, each.values.length, ...each.values.map((x) => x >>> 0)].join(" "),
      ),
    ]);
    writeFileSync(pathOf("calls"), lines.join("\n"));
    writeFileSync(pathOf("before"), Buffer.concat(runs.map(({ before }) => before)));
    const [command = pathOf("program"), ...first] = [...by, pathOf("program")];
    execFileSync(command, [...first, ...["before", "calls", "after"].map(pathOf)], { stdio: "pipe" });
    const found = readFileSync(pathOf("after"));
    let end = 0;
    return runs.flatMap(({ after, calls, prefix }) => {
      const from = end;
      end += after.length;
      const at = firstDifference(after, found.subarray(from, end));
      const names = calls.map((each) => prefix + each.name).join(", ");
      return at === null ? [] : [`${[name, ...options].join(" ")}: byte ${at} after ${names}`];
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
