// Writes the weights file that generated code reads (see compiler/serve/weights.ts for its content).

import type { Fitted } from "../../frontend/model/model.ts";
import type { GoldenRequest } from "../../serve/weights.ts";
import {
  aligned,
  crc32,
  type TensorArrays,
  type TensorFormat,
  WEIGHTS_ALIGNMENT,
  WEIGHTS_MAGIC,
  WEIGHTS_PREFIX,
  WEIGHTS_VERSION,
  type WeightsHeader,
} from "../../serve/weights.ts";
import { requireValues, type Usual } from "../contract/trained-model.ts";

export interface WeightsContent {
  /** The fingerprint of the program that reads them. */
  readonly program: string;
  /** The run of the weights; null without one. */
  readonly run: string | null;
  /** By name: `net.….kernel`, `table.item_id`. */
  readonly tensors: ReadonlyMap<string, TensorArray>;
  readonly fitted: Fitted;
  readonly golden: readonly GoldenRequest[];
  readonly usual?: Usual | null;
}

/** The fitted values of the features that generated code uses. */
export function fittedFor(
  fitted: Fitted,
  named: { readonly vocabularies: readonly string[]; readonly transforms: readonly string[] },
): Fitted {
  return {
    vocabularies: new Map(named.vocabularies.map((name) => [name, fitted.vocabularies.get(name) ?? []])),
    transforms: new Map(named.transforms.map((name) => [name, requireValues(fitted.transforms, name)])),
  };
}

/** The statistics of training rows for the columns that generated code counts. */
export function usualFor(usual: Usual | null, counted: CountedColumns): Usual | null {
  if (usual === null) return null;
  const those = <T>(columns: readonly string[], all: ReadonlyMap<string, T>) =>
    new Map([...all].filter(([column]) => columns.includes(column)));
  return { values: those(counted.values, usual.values), numbers: those(counted.numbers, usual.numbers) };
}

/** Columns of training rows with statistics in a weights file. */
export interface CountedColumns {
  /** Columns with their most frequent values. */
  readonly values: readonly string[];
  /** Columns with their minimum, maximum and deciles; for histories, those of their lengths. */
  readonly numbers: readonly string[];
}

export type TensorArray = TensorArrays[TensorFormat];

export function weightsFile({
  program,
  run,
  tensors,
  fitted,
  golden,
  usual = null,
}: WeightsContent): Uint8Array {
  const header: WeightsHeader = {
    program,
    run,
    tensors: [...tensors].map(([name, values]) => ({
      name,
      type: typeOf(values),
      length: values.length,
      checksum: checksumOf(values),
    })),
    vocabularies: [...fitted.vocabularies],
    transforms: [...fitted.transforms],
    common: [...(usual?.values ?? [])],
    usual: [...(usual?.numbers ?? [])],
    golden,
  };
  const text = asciiJson(header);
  const first = aligned(WEIGHTS_PREFIX + text.length);
  const sizes = [...tensors.values()].map(({ byteLength }) => aligned(byteLength));
  const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + size, first));
  for (let i = 0; i < text.length; i++) bytes[WEIGHTS_PREFIX + i] = text.charCodeAt(i);
  let offset = first;
  for (const values of tensors.values()) {
    bytes.set(bytesOf(values), offset);
    offset = aligned(offset + values.byteLength);
  }
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < WEIGHTS_MAGIC.length; i++) bytes[i] = WEIGHTS_MAGIC.charCodeAt(i);
  view.setUint32(8, WEIGHTS_VERSION, true);
  view.setUint32(12, text.length, true);
  view.setUint32(16, crc32(bytes, WEIGHTS_PREFIX, first), true);
  return bytes;
}

function typeOf(values: TensorArray): TensorFormat {
  if (values instanceof Float32Array) return "f32";
  return values instanceof Uint16Array ? "f16" : "i8";
}

/** The checksum includes the zeros after it. */
function checksumOf(values: TensorArray): number {
  const { byteLength } = values;
  const own = crc32(bytesOf(values), 0, byteLength);
  return crc32(new Uint8Array(WEIGHTS_ALIGNMENT), 0, aligned(byteLength) - byteLength, own);
}

function bytesOf({ buffer, byteOffset, byteLength }: TensorArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** JSON in ASCII: other characters as `\uXXXX`. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
