// Writes what `dinc compile --target c` makes into a folder, compiles it in several ways, and runs it.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { CInputs, CPart } from "../../compiler/backends/c-library/inputs.ts";
import type { EmitOptions } from "../../compiler/backends/contract/emit-options.ts";
import type { CompiledModel } from "../../compiler/backends/contract/emitted.ts";
import type { TrainedModel } from "../../compiler/backends/contract/trained-model.ts";
import { root } from "../cli/spawn.ts";
import type { CCompiler } from "./c-code.ts";
import { emittedBy } from "./emitted.ts";

/** The flags of every compile: a warning is an error. */
const STRICT = ["-O1", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror"];

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export class CModule {
  readonly compiled: CompiledModel;
  readonly folder: string;
  readonly prefix: string;

  private readonly trained: TrainedModel;

  private constructor(trained: TrainedModel, compiled: CompiledModel, folder: string) {
    this.trained = trained;
    this.compiled = compiled;
    this.folder = folder;
    this.prefix = [...compiled.files.keys()].find((name) => name.endsWith(".h"))!.slice(0, -2);
  }

  static async of(trained: TrainedModel, options: EmitOptions = {}): Promise<CModule> {
    const compiled = await emittedBy("c", trained, options);
    const folder = mkdtempSync(join(tmpdir(), "dinc-c-module-"));
    for (const [name, content] of compiled.files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content as string | Uint8Array);
    }
    return new CModule(trained, compiled, folder);
  }

  /** The parts of a request and their fields, as the header lists them. */
  inputs(): Pick<CInputs, "parts" | "candidates"> {
    const header = String(this.compiled.files.get(`${this.prefix}.h`));
    const names = [...this.trained.model.histories.keys(), "user", "context", "candidates"];
    const all = [
      ...header.matchAll(/enum \{\n((?: {2}\w+_FIELD_.*\n)*) {2}\w+_FIELDS_OF_(\w+) = \d+\n/g),
    ].map(([, fields, upper]): CPart => {
      const name = names.find((each) => each.toUpperCase() === upper)!;
      const kind =
        name === "candidates" ? name : this.trained.model.histories.has(name) ? "history" : "record";
      return { kind, name, fields: [...fields!.matchAll(/\/\* (.*) \*\//g)].map(([, field]) => field!) };
    });
    return { parts: all.slice(0, -1), candidates: all.at(-1)! };
  }

  /** Compiles and runs the folder's own test. */
  golden(compiler: string, ...options: readonly string[]): Ran {
    return this.compiledFrom("test.c", compiler, options);
  }

  /** Compiles and runs the program that README shows. */
  example(compiler: string, ...options: readonly string[]): Ran {
    return this.compiledFrom("example.c", compiler, options);
  }

  /** The same test as C++, which calls the model in C. */
  goldenOfCpp(): Ran {
    const { prefix, folder: cwd } = this;
    execFileSync("gcc", ["-std=c99", ...STRICT, "-c", `${prefix}.c`, "-o", "model.o"], { cwd });
    execFileSync("g++", [...STRICT, "-x", "c++", "test.c", "-x", "none", "model.o", "-o", "golden"], { cwd });
    return this.run("golden");
  }

  /** The program of tests/serve/c/driver.c. */
  driver(compiler: string, ...options: readonly string[]): (...what: readonly string[]) => Ran {
    return this.driverBy({ name: compiler, options });
  }

  /** The same by a compiler whose programs may need an emulator. */
  driverBy({ name, options, runs = [] }: CCompiler): (...what: readonly string[]) => Ran {
    const { prefix, folder: cwd } = this;
    const own = [`-DMODEL_C="${prefix}.c"`, `-DMODEL=${prefix}`, "-I.", "-pthread"];
    const source = join(root, "tests/serve/c/driver.c");
    const program = `driver-${name}`;
    execFileSync(name, ["-std=c99", ...STRICT, ...options, ...own, source, "-o", program, "-lm"], { cwd });
    return (...what) => this.run(program, what, runs);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private compiledFrom(source: string, compiler: string, options: readonly string[]): Ran {
    execFileSync(compiler, [...STRICT, ...options, source, `${this.prefix}.c`, "-o", "program", "-lm"], {
      cwd: this.folder,
    });
    return this.run("program");
  }

  private run(program: string, what: readonly string[] = [], by: readonly string[] = []): Ran {
    const whole = [...by, join(this.folder, program), `${this.prefix}.weights.bin`, ...what];
    const [command, ...given] = whole as [string, ...string[]];
    const { status, stdout, stderr } = spawnSync(command, given, {
      cwd: this.folder,
      maxBuffer: 2 ** 28,
    });
    return { code: status, out: stdout.toString(), err: stderr.toString() };
  }
}
