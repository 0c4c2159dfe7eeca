// Writes the weights file that generated code reads (runtime/serve/weights.ts says what is in it).

import type { Fitted } from "../../compiler/model/model.ts";
import type { GoldenRequest } from "../serve/golden.ts";
import {
  crc32,
  WEIGHTS_ALIGNMENT,
  WEIGHTS_MAGIC,
  WEIGHTS_PREFIX,
  WEIGHTS_VERSION,
  type WeightsHeader,
} from "../serve/weights.ts";

export interface WeightsContent {
  /** Fingerprint of the program that reads them. */
  readonly program: string;
  /** By name: `net.….kernel`, `table.item_id`. */
  readonly tensors: ReadonlyMap<string, Float32Array>;
  readonly fitted: Fitted;
  readonly golden: readonly GoldenRequest[];
}

export function weightsFile({ program, tensors, fitted, golden }: WeightsContent): Uint8Array {
  // The header says where the tensors lie, and they lie behind the header: try until it fits before the first.
  const header = (first: number): string => {
    let offset = first;
    const entries = [...tensors].map(([name, { length }]) => {
      const entry = { name, length, offset };
      offset = aligned(offset + length * 4);
      return entry;
    });
    const content: WeightsHeader = {
      program,
      tensors: entries,
      vocabularies: [...fitted.vocabularies],
      transforms: [...fitted.transforms],
      golden,
    };
    return asciiJson(content);
  };
  let first = WEIGHTS_ALIGNMENT;
  let text = header(first);
  while (first < WEIGHTS_PREFIX + text.length) {
    first = aligned(WEIGHTS_PREFIX + text.length);
    text = header(first);
  }
  const sizes = [...tensors.values()].map(({ length }) => aligned(length * 4));
  const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + size, first));
  for (let i = 0; i < text.length; i++) bytes[WEIGHTS_PREFIX + i] = text.charCodeAt(i);
  let offset = first;
  for (const values of tensors.values()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset = aligned(offset + values.byteLength);
  }
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < WEIGHTS_MAGIC.length; i++) bytes[i] = WEIGHTS_MAGIC.charCodeAt(i);
  view.setUint32(8, WEIGHTS_VERSION, true);
  view.setUint32(12, text.length, true);
  view.setUint32(16, crc32(bytes, WEIGHTS_PREFIX), true);
  return bytes;
}

function aligned(offset: number): number {
  return Math.ceil(offset / WEIGHTS_ALIGNMENT) * WEIGHTS_ALIGNMENT;
}

/** JSON in ASCII: other characters as `\uXXXX`. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
