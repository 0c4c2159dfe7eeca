// Encodes requests with the encoders in C, and with those of TypeScript, for a comparison: floats as their bits, and the
// messages of errors.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodersCode, encodersHeader } from "../../../compiler/backends/c-library/encoders.ts";
import { fittedBlock } from "../../../compiler/backends/c-library/fitted.ts";
import { type CInputs, type CPart, cInputs } from "../../../compiler/backends/c-library/inputs.ts";
import type { TrainedModel } from "../../../compiler/backends/contract/trained-model.ts";
import { requireValues } from "../../../compiler/backends/contract/trained-model.ts";
import { inputFacts } from "../../../compiler/backends/onnx/input-facts.ts";
import { emitOnnxModel } from "../../../compiler/backends/onnx/model.ts";
import { onnxParts } from "../../../compiler/backends/onnx/package.ts";
import type { ReadInputs } from "../../../compiler/backends/typescript/read-inputs.ts";
import { hasIds, numbersIn } from "../../../compiler/frontend/kinds/registry.ts";
import { rankingProgram } from "../../../compiler/middle/programs/ranking.ts";
import { reasonLine, runCommand } from "../../../runtime/native/run-command.ts";
import type { Inputs } from "../../onnx/compiled.ts";
import { testContext } from "../../support/emitted.ts";
import { loadModule } from "../load-module.ts";

/** The bits of each input by its name, or the message of the error. */
export type Encoded = Readonly<Record<string, readonly number[]>> | string;

export interface EncodedModel {
  readonly name: string;
  readonly trained: TrainedModel;
  readonly read: ReadInputs;
  readonly table: CInputs;
  readonly inTypeScript: (request: unknown) => Encoded;
}

/** In the order of `dinc_type`. */
const types = "missing null no-record number integer text boolean list floats doubles object".split(" ");

export async function encodedModel(
  name: string,
  trained: TrainedModel,
  index: number,
): Promise<EncodedModel> {
  const { model, predict, parameters, tables } = trained;
  const graph = rankingProgram(model, predict);
  const weights = {
    parameter: (name: string) => requireValues(parameters, name),
    table: (name: string) => requireValues(tables, name).values,
  };
  const { counts } = emitOnnxModel(model, graph, weights, "test", {});
  const { read } = inputFacts(model, graph, counts, trained.padding);
  const { inputs, learned } = onnxParts(trained, "optimised", testContext);
  const encoder = (await loadModule<Inputs>(inputs.javascript)).createEncoder(learned);
  const inTypeScript = (request: unknown): Encoded => {
    try {
      return Object.fromEntries(
        Object.entries(encoder.feeds(request)).map(([name, { data }]) => [
          name,
          [...new Uint32Array(data.buffer, data.byteOffset, data.length)],
        ]),
      );
    } catch (error) {
      if ((error as Error).name !== "RankerInputError") throw error;
      return (error as Error).message;
    }
  };
  return { name, trained, read, table: cInputs(read, `m${index}`), inTypeScript };
}

// Values as `encode.c` reads them.

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function typeBytes(name: string): Buffer {
  return word(types.indexOf(name));
}

/** A value of a fixed size, or one with its length. */
function typed(name: string, { buffer, byteOffset, byteLength }: ArrayBufferView, length?: number): Buffer {
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  return Buffer.concat([typeBytes(name), ...(length === undefined ? [] : [word(length)]), bytes]);
}

function textBytes(bytes: Uint8Array): Buffer {
  return typed("text", bytes, bytes.length);
}

function valueBytes(value: unknown): Buffer {
  if (value === undefined) return typeBytes("missing");
  if (value === null) return typeBytes("null");
  if (value instanceof RawText) return textBytes(value.bytes);
  if (typeof value === "number") return typed("number", Float64Array.of(value));
  if (typeof value === "bigint")
    return BigInt.asIntN(64, value) === value
      ? typed("integer", BigInt64Array.of(value))
      : textBytes(Buffer.from(String(value)));
  if (typeof value === "string") return textBytes(Buffer.from(value));
  if (typeof value === "boolean") return Buffer.concat([typeBytes("boolean"), word(value ? 1 : 0)]);
  if (Array.isArray(value))
    return Buffer.concat([typeBytes("list"), word(value.length), ...value.map(valueBytes)]);
  if (value instanceof Float32Array) return typed("floats", value, value.length);
  if (value instanceof Float64Array) return typed("doubles", value, value.length);
  return typeBytes("object");
}

function rowsBytes({ kind, fields }: CPart, given: unknown): Buffer {
  if (kind === "record" ? !isRecord(given) : !Array.isArray(given)) {
    const type = given === undefined ? "missing" : given === null ? "null" : "number";
    return Buffer.concat([typeBytes(type), word(0)]);
  }
  const records: readonly unknown[] = kind === "record" ? [given] : (given as unknown[]);
  const valueIn = (record: unknown, field: string) =>
    isRecord(record) ? valueBytes(ownOf(record, field)) : typeBytes("no-record");
  return Buffer.concat([
    typeBytes(kind === "record" ? "object" : "list"),
    word(records.length),
    ...records.flatMap((record) => fields.map((field) => valueIn(record, field))),
  ]);
}

/** A request as `requests.c` reads it. */
export function requestBytes(
  { parts, candidates }: Pick<CInputs, "parts" | "candidates">,
  request: unknown,
): Buffer {
  const history = ownOf(request, "history");
  const type = isRecord(history) ? "object" : history === undefined ? "missing" : "null";
  const rows = parts.map((part) =>
    rowsBytes(part, ownOf(part.kind === "record" ? request : history, part.name)),
  );
  return Buffer.concat([typeBytes(type), ...rows, rowsBytes(candidates, ownOf(request, "candidates"))]);
}

function ownOf(record: unknown, name: string): unknown {
  return isRecord(record) && Object.hasOwn(record, name) ? record[name] : undefined;
}

/** A text of any bytes, which TypeScript gets decoded. */
export class RawText {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
  toString(): string {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.bytes);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !(value instanceof RawText);
}

/** The encoders in C over tables of models, compiled once. */
export class CEncoders {
  private readonly folder: string;
  private readonly models: readonly EncodedModel[];

  private constructor(folder: string, models: readonly EncodedModel[]) {
    this.folder = folder;
    this.models = models;
  }

  static async compile(
    models: readonly EncodedModel[],
    compiler: string,
    flags: readonly string[],
  ): Promise<CEncoders> {
    const folder = await mkdtemp(join(tmpdir(), "dinc-encoders-"));
    const hasWords = models.some(({ table }) => table.hasWords);
    const hasPairs = models.some(({ table }) => table.hasPairs);
    const tables = models.flatMap(({ table }) => table.code);
    const names = models.map((_, i) => `&m${i}`).join(", ");
    const all = [...tables, `static const dinc_inputs *const all[] = {${names}};`];
    await writeFile(join(folder, "inputs.h"), encodersHeader);
    await writeFile(
      join(folder, "encoders.c"),
      encodersCode({ ...models[0]!.table, hasWords, hasPairs, code: all }),
    );
    const strict = ["-std=c99", "-Wall", "-Wextra", "-Werror", ...flags, `-I${folder}`];
    const built = [...strict, join(import.meta.dirname, "encode.c"), "-lm", "-o", join(folder, "encode")];
    const result = await runCommand(compiler, built, { env: process.env });
    if (result.code !== 0) throw new Error(`${compiler} failed: ${reasonLine(result)}\n${result.stderr}`);
    return new CEncoders(folder, models);
  }

  /** Encodes requests of models, which are given by their index. */
  async encode(requests: readonly (readonly [model: number, request: unknown])[]): Promise<Encoded[]> {
    const given = requests.map(([model, request]) => this.requestBytes(model, request));
    const lines = await this.linesFor(given);
    return lines.map((line, i) => this.parsed(line, this.models[requests[i]![0]]!));
  }

  /** The bits of each number's logarithm if it isn't negative, else its own, and its text. */
  functionsOf(numbers: readonly number[]): Promise<string[]> {
    const bytes = Buffer.from(Float64Array.from(numbers).buffer);
    const each = numbers.map((_, i) => Buffer.concat([word(0xffffffff), bytes.subarray(8 * i, 8 * i + 8)]));
    return this.linesFor(each);
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  private requestBytes(model: number, request: unknown): Buffer {
    return Buffer.concat([word(model), requestBytes(this.models[model]!.table, request)]);
  }

  /** The lines that `encode` prints, one for each. */
  private async linesFor(given: readonly Buffer[]): Promise<string[]> {
    const blocks = this.models.map(({ table, trained, read }) => {
      const block = fittedBlock(table, trained.fitted);
      return Buffer.concat([word(block.length), block, ...placesOf(table, read)]);
    });
    const path = join(this.folder, "requests");
    await writeFile(path, Buffer.concat([...blocks, ...given]));
    const result = await runCommand(join(this.folder, "encode"), [path], { env: process.env });
    if (result.code !== 0) throw new Error(`encode failed: ${reasonLine(result)}\n${result.stderr}`);
    return result.stdout.split("\n").slice(0, -1);
  }

  private parsed(line: string, { read }: EncodedModel): Encoded {
    if (line.startsWith("E")) return line.slice(1);
    const values = line.slice(2).split("|");
    return Object.fromEntries(
      read.plan.inputs.map(({ name }, i) => {
        const text = values[i] ?? "";
        return [name, text === "" ? [] : text.split(" ").map((each) => Number.parseInt(each, 16))];
      }),
    );
  }
}

/** The facts that `encode.c` needs of each place: whose rows it has, the numbers of a row, and its set. */
function placesOf(table: CInputs, { plan, bound, served, crosses }: ReadInputs): Buffer[] {
  return plan.inputs.flatMap(({ name, rows }) => {
    const own = rows.kind === "elements" ? rows.of : rows;
    const input = bound.find((each) =>
      [each.input, each.rowOf, each.weights].some((of) => of?.name === name),
    );
    const feature =
      input?.feature ?? [...served, ...crosses].find((each) => each.input.name === name)!.feature;
    const isOfCandidates = own.kind === "each" && own.per === "candidate";
    const per =
      own.kind === "steps"
        ? 2 + table.parts.findIndex((part) => part.name === own.history)
        : isOfCandidates
          ? 1
          : 0;
    if (rows.kind === "elements")
      return [per, 0, plan.sets.findIndex(({ set }) => set === rows.set), rows.max].map(word);
    return [per, hasIds(feature.kind) ? 1 : numbersIn(feature.kind), 0, 0].map(word);
  });
}
