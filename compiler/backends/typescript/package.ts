// Makes the files of a standalone module from a model with its weights.

import { sigmoid } from "../../common/sigmoid.ts";
import { isCalibration } from "../../middle/programs/calibrated.ts";
import { FAST_TOLERANCE, TOLERANCE } from "../../serve/golden.ts";
import { relaxedForm } from "../../serve/wasm.ts";
import type { GoldenRequest } from "../../serve/weights.ts";
import type { EmitOptions } from "../contract/emit-options.ts";
import type { EmitContext, Emitted } from "../contract/emitted.ts";
import { requireValues, type TrainedModel } from "../contract/trained-model.ts";
import { goldenRequests } from "../golden/golden.ts";
import { referencesOf } from "../golden/reference.ts";
import { fittedFor, type TensorArray, usualFor, weightsFile } from "../serving/weights-file.ts";
import { storageFor, writtenTable } from "./compact-tables.ts";
import { emitProgram } from "./emit-program.ts";
import { NOT_LINTED } from "./finish-module.ts";
import { pool } from "./library.generated.ts";
import { separateLibrary } from "./library-file.ts";
import { measureGolden } from "./measure-golden.ts";
import { apiNames, type EmittedModule } from "./module.ts";
import { packageJson, readmeText, testFiles } from "./package-files.ts";
import { patchModule } from "./patch-module.ts";
import type { UserVector } from "./user-vector.ts";

export interface EmittedPackage extends Emitted {
  readonly module: EmittedModule;
  readonly golden: readonly GoldenRequest[];
  /** Whether the module has `explain`. */
  readonly explains: boolean;
}

/**
 * The logits of the golden requests are those of the tables in their written format. With a `userVector`, an
 * output of `trained.predict`, the module also returns that vector.
 */
export async function emitPackage(
  trained: TrainedModel,
  options: EmitOptions,
  { version, seed, load, checkAppends }: EmitContext,
  userVector: UserVector | null = null,
): Promise<EmittedPackage> {
  const { tables: type = "f32", withoutTable = [] } = options;
  const without = new Set(withoutTable);
  const { model, tables, run } = trained;
  const storageOf = (table: string) =>
    without.has(table)
      ? "source"
      : storageFor(requireValues(tables, table), isCalibration(table, model.predictions) ? "f32" : type);
  const rowsOf = (table: string) => {
    const { width, values } = requireValues(tables, table);
    return values.length / width;
  };
  const facts = { version, run, ...(checkAppends && { checkAppends }) };
  const emitted = emitProgram({ ...trained, rowsOf }, storageOf, options, facts, userVector);
  const { module, explained, parts } = emitted;
  const isFast = module.quantised.length > 0;
  const written = module.tables.map(
    (name) => [name, writtenTable(name, requireValues(tables, name), storageOf(name))] as const,
  );
  const asRead = new Map([...tables, ...written.map(([name, table]) => [name, table.read] as const)]);
  const golden = goldenRequests(trained, referencesOf({ ...trained, tables: asRead }), seed);
  const weights = weightsOf(
    module,
    trained,
    written.flatMap(([, table]) => table.tensors),
    golden,
  );
  const stored = module.tables
    .filter((name) => without.has(name))
    .map((name) => ({ name, file: rowsFile(name), values: requireValues(tables, name).values }));
  const read = { stored, bytes: weights.length };
  const test = testFiles(model, stored);
  const patches = patchModule();
  const files = new Map<string, string | Uint8Array>([
    ...typescriptFiles(module, options),
    ["model.js", module.javascript],
    ...(module.wasm === null
      ? []
      : ([
          ["model.wasm", module.wasm.simd],
          ["model.relaxed.wasm", relaxedForm(module.wasm.simd, module.wasm.fused)],
        ] as const)),
    ["model.weights.bin", weights],
    ...stored.map(({ file, values }) => [file, asBytes(values)] as const),
    [
      "model.golden.json",
      `${JSON.stringify({ tolerance: isFast ? FAST_TOLERANCE : TOLERANCE, requests: golden }, null, 1)}\n`,
    ],
    ["model.pool.ts", `${NOT_LINTED}\n${pool.typescript}`],
    ["model.pool.js", `${NOT_LINTED}\n${pool.javascript}`],
    ["model.patch.ts", patches.typescript],
    ["model.patch.js", patches.javascript],
    ["model.test.ts", test.typescript],
    ["model.test.js", test.javascript],
    ["package.json", packageJson(model, version, run, { program: module.program, options, parts })],
    [
      "README.md",
      readmeText(model, version, {
        ...read,
        example: golden[0]?.request,
        explains: explained.length > 0,
        type,
        isFast,
        isSingleFile: options.singleFile === true,
        calibration: trained.calibration,
      }),
    ],
  ]);
  const sources = new Map([...tables].filter(([name]) => without.has(name)));
  const fast = isFast
    ? {
        products: module.quantised,
        ...(await measureGolden(await load(module.javascript), weights, sources, golden)),
      }
    : null;
  const { places, appends } = module;
  const about = { module, golden, explains: explained.length > 0 };
  if (type === "f32") return { files, fast, places, appends, ...about };
  const inFile = written.filter(([name]) => !without.has(name));
  const sum = (lengths: readonly number[]) => lengths.reduce((a, b) => a + b, 0);
  const compacted = {
    bytes: sum(inFile.flatMap(([, table]) => table.tensors.map(([, { byteLength }]) => byteLength))),
    bytesAsFloats: sum(inFile.map(([name]) => requireValues(tables, name).values.byteLength)),
    stayed: inFile.map(([name]) => name).filter((name) => storageOf(name) === "f32"),
    ...differences(golden, goldenRequests(trained, referencesOf(trained), seed)),
  };
  return { files, compacted, fast, places, appends, ...about };
}

/** `model.ts`, with the library beside it; its JavaScript is for programs that run `model.ts` itself. */
function typescriptFiles(
  module: EmittedModule,
  { singleFile = false }: EmitOptions,
): readonly (readonly [name: string, text: string])[] {
  if (singleFile) return [["model.ts", module.typescript]];
  const { typescript, library } = separateLibrary(module, new Set(apiNames));
  return [
    ["model.ts", typescript],
    ["model.library.ts", library.typescript],
    ["model.library.js", library.javascript],
  ];
}

/**
 * The weights file of a module, for a model with the same program. Tables are floats by default. There are no
 * golden requests, because these take longest to make.
 */
export function weightsOf(
  module: EmittedModule,
  { parameters, tables, fitted, usual, run }: TrainedModel,
  written: readonly (readonly [name: string, values: TensorArray])[] = module.tables.flatMap(
    (name) => writtenTable(name, requireValues(tables, name), "f32").tensors,
  ),
  golden: readonly GoldenRequest[] = [],
): Uint8Array {
  const own = module.parameters.map((name) => [name, requireValues(parameters, name)] as const);
  return weightsFile({
    program: module.program,
    run,
    tensors: new Map([...own, ...written]),
    fitted: fittedFor(fitted, module),
    golden,
    usual: usualFor(usual, module.counted),
  });
}

/** The largest differences of logits and of probabilities for the same requests. */
export function differences(
  a: readonly GoldenRequest[],
  b: readonly GoldenRequest[],
): { readonly logit: number; readonly probability: number } {
  let [logit, probability] = [0, 0];
  for (const [r, { logits }] of a.entries())
    for (const [l, [, own]] of logits.entries())
      for (const [i, x] of own.entries()) {
        const y = b[r]!.logits[l]![1][i]!;
        logit = Math.max(logit, Math.abs(x - y));
        probability = Math.max(probability, Math.abs(sigmoid(x) - sigmoid(y)));
      }
  return { logit, probability };
}

/** The name of the file with the rows of a table outside the weights. */
export function rowsFile(table: string): string {
  return `table.${table}.bin`;
}

export function asBytes({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
