// From a model with its weights to the files of a standalone module.

import type { Mode, TableType } from "../../compiler/backends/contract/emit-options.ts";
import { explainable } from "../../compiler/backends/typescript/explain.ts";
import { NOT_LINTED } from "../../compiler/backends/typescript/finish-module.ts";
import { poolJavascript } from "../../compiler/backends/typescript/library.generated.ts";
import { type EmittedModule, emitModule } from "../../compiler/backends/typescript/module.ts";
import { packageJson, readmeText, testFiles } from "../../compiler/backends/typescript/package-files.ts";
import { poolCode } from "../../compiler/backends/typescript/pool-file.ts";
import { InternalError } from "../../compiler/common/internal-error.ts";
import { sigmoid } from "../../compiler/common/sigmoid.ts";
import type { Fitted } from "../../compiler/frontend/model/model.ts";
import { rankingProgram } from "../../compiler/middle/programs/ranking.ts";
import type { GeneratedFiles } from "../files/output-folder.ts";
import { FAST_TOLERANCE, TOLERANCE } from "../serve/golden.ts";
import { relaxedForm } from "../serve/wasm.ts";
import type { GoldenRequest } from "../serve/weights.ts";
import { storageFor, writtenTable } from "./compact-tables.ts";
import { goldenRequests } from "./golden.ts";
import { type GoldenDifference, measureGolden } from "./measure-golden.ts";
import { referencesOf } from "./reference.ts";
import type { TrainedModel } from "./trained-model.ts";
import { type Tensor, weightsFile } from "./weights-file.ts";

/** How a module has its embedding tables. */
export interface TableOptions {
  readonly type: TableType;
  /** Tables that are left out of the weights file, as a store has their rows. */
  readonly without: ReadonlySet<string>;
}

export interface CompiledModel {
  /** The files of the module's folder by name. */
  readonly files: GeneratedFiles;
  /** How far fewer bytes for the tables take the golden requests from what training gives; null where there are no fewer. */
  readonly compacted: Compacted | null;
  /** What `mode` fast does; null where it changes nothing, and in `mode` exact. */
  readonly fast: Fast | null;
}

export interface Fast extends GoldenDifference {
  /** Products in 16-bit integers. */
  readonly products: EmittedModule["quantised"];
}

export interface Compacted {
  /** Of all tables in the weights file, and what they would have as f32. */
  readonly bytes: number;
  readonly bytesAsFloats: number;
  /** Tables that are f32 all the same. */
  readonly stayed: readonly string[];
  /** The largest differences of a candidate. */
  readonly logit: number;
  readonly probability: number;
}

/** `seed` draws the golden requests, whose logits are those of the tables as they are written. */
export async function compileModel(
  trained: TrainedModel,
  version: string,
  seed: number,
  { type, without }: TableOptions = { type: "f32", without: new Set() },
  mode: Mode = "exact",
): Promise<CompiledModel> {
  const { model, fitted, predict, parameters, tables, run } = trained;
  const { predict: explaining, explained } = explainable(model, predict);
  const storageOf = (table: string) =>
    without.has(table) ? "source" : storageFor(found(tables, table), type);
  const module = emitModule(
    model,
    rankingProgram(model, explaining),
    explained,
    storageOf,
    { version, run },
    mode,
  );
  const isFast = module.quantised.length > 0;
  const written = module.tables.map(
    (name) => [name, writtenTable(name, found(tables, name), storageOf(name))] as const,
  );
  const asRead = new Map([...tables, ...written.map(([name, table]) => [name, table.read] as const)]);
  const golden = goldenRequests(model, fitted, referencesOf({ ...trained, tables: asRead }), seed);
  const tensors = new Map<string, Tensor>();
  for (const name of module.parameters) tensors.set(name, found(parameters, name));
  for (const [, table] of written) for (const [name, values] of table.tensors) tensors.set(name, values);
  const weights = weightsFile({
    program: module.program,
    run,
    tensors,
    fitted: fittedFor(fitted, module),
    golden,
  });
  const stored = module.tables
    .filter((name) => without.has(name))
    .map((name) => ({ name, file: rowsFile(name), values: found(tables, name).values }));
  const read = { stored, bytes: weights.length };
  const test = testFiles(model, read);
  const files = new Map<string, string | Uint8Array>([
    ["model.ts", module.typescript],
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
    ["model.pool.ts", `${NOT_LINTED}\n${poolCode}`],
    ["model.pool.js", `${NOT_LINTED}\n${poolJavascript}`],
    ["model.test.ts", test.typescript],
    ["model.test.js", test.javascript],
    ["package.json", packageJson(model, version, run)],
    [
      "README.md",
      readmeText(model, version, {
        ...read,
        example: golden[0]?.request,
        explains: explained.length > 0,
        type,
        isFast,
      }),
    ],
  ]);
  const sources = new Map([...tables].filter(([name]) => without.has(name)));
  const fast = isFast
    ? {
        products: module.quantised,
        ...(await measureGolden(module.javascript, weights, sources, golden)),
      }
    : null;
  if (type === "f32") return { files, compacted: null, fast };
  const inFile = written.filter(([name]) => !without.has(name));
  const sum = (lengths: readonly number[]) => lengths.reduce((a, b) => a + b, 0);
  const compacted = {
    bytes: sum(inFile.flatMap(([, table]) => table.tensors.map(([, { byteLength }]) => byteLength))),
    bytesAsFloats: sum(inFile.map(([name]) => found(tables, name).values.byteLength)),
    stayed: inFile.map(([name]) => name).filter((name) => storageOf(name) === "f32"),
    ...differences(golden, goldenRequests(model, fitted, referencesOf(trained), seed)),
  };
  return { files, compacted, fast };
}

/** The largest differences of logits and of probabilities between the same requests. */
function differences(
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

/** What the file with the rows of a table is called that is not among the weights. */
function rowsFile(table: string): string {
  return `table.${table}.bin`;
}

function asBytes({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** What was learned about the features that generated code names. */
export function fittedFor(
  fitted: Fitted,
  named: { readonly vocabularies: readonly string[]; readonly transforms: readonly string[] },
): Fitted {
  return {
    vocabularies: new Map(named.vocabularies.map((name) => [name, fitted.vocabularies.get(name) ?? []])),
    transforms: new Map(named.transforms.map((name) => [name, found(fitted.transforms, name)])),
  };
}

export function found<T>(values: ReadonlyMap<string, T>, name: string): T {
  const value = values.get(name);
  if (value === undefined) throw new InternalError(`the model has no values for ${name}`);
  return value;
}
