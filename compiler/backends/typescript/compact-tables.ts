// Writes embedding tables in fewer bytes: 16-bit floats, or bytes with a scale for each row.

import { unreachable } from "../../common/internal-error.ts";
import { ByteTable, HalfTable, type RowTable } from "../../serve/tables.ts";
import { SCALE_PREFIX, TABLE_PREFIX } from "../../serve/weights.ts";
import type { TableType } from "../contract/emit-options.ts";
import type { TrainedTable } from "../contract/trained-model.ts";
import type { TableStorage } from "../serving/plan.ts";
import type { TensorArray } from "../serving/weights-file.ts";

/** The largest 16-bit float. */
const LARGEST_HALF = 65504;
/** Bytes are −127 … 127, so that zero is exact and both signs are symmetric. */
const LARGEST_BYTE = 127;

/**
 * The format of a table for which `wanted` is requested: f32 if `wanted` saves nothing, or cannot hold its
 * numbers.
 */
export function storageFor({ width, values }: TrainedTable, wanted: TableType): TableType {
  if (wanted === "i8") return width > 1 ? "i8" : "f32";
  if (wanted === "f16") return values.every((x) => Math.abs(x) <= LARGEST_HALF) ? "f16" : "f32";
  return "f32";
}

export interface WrittenTable {
  /** Its tensors in the weights file, by name. */
  readonly tensors: readonly (readonly [name: string, values: TensorArray])[];
  /** The numbers that compiled code reads from them. */
  readonly read: TrainedTable;
}

export function writtenTable(name: string, table: TrainedTable, storage: TableStorage): WrittenTable {
  const { width, values } = table;
  switch (storage) {
    case "source":
      return { tensors: [], read: table };
    case "f32":
      return { tensors: [[`${TABLE_PREFIX}${name}`, values]], read: table };
    case "f16": {
      const halves = new Uint16Array(values.length);
      for (let i = 0; i < halves.length; i++) halves[i] = halfOf(values[i]!);
      const read = readBack(new HalfTable(halves, width), table);
      return { tensors: [[`${TABLE_PREFIX}${name}`, halves]], read };
    }
    case "i8": {
      const { bytes, scales } = scaledBytes(values, width);
      return {
        tensors: [
          [`${TABLE_PREFIX}${name}`, bytes],
          [`${SCALE_PREFIX}${name}`, scales],
        ],
        read: readBack(new ByteTable(bytes, scales, width), table),
      };
    }
    default:
      return unreachable(storage, "storage");
  }
}

function readBack(written: RowTable, { width, values }: TrainedTable): TrainedTable {
  const read = new Float32Array(values.length);
  const id = new Int32Array(1);
  for (let row = 0; row * width < values.length; row++) {
    id[0] = row;
    written.gather(read, row * width, id, 1);
  }
  return { width, values: read };
}

const wordFloat = new Float32Array(1);
const wordBits = new Uint32Array(wordFloat.buffer);

/** The bits of the nearest 16-bit float, rounding half to even; for numbers up to 65504. */
export function halfOf(x: number): number {
  wordFloat[0] = x;
  const sign = (wordBits[0]! >>> 16) & 0x8000;
  const bits = wordBits[0]! & 0x7fffffff;
  // From 2⁻¹⁴ on, the exponent's bias is 15 instead of 127; carries from the fraction go into the exponent.
  if (bits >= 0x38800000) return sign | ((bits - 0x38000000 + 0xfff + ((bits >>> 13) & 1)) >>> 13);
  const steps = Math.abs(x) * 2 ** 24;
  const below = Math.floor(steps);
  const half = steps - below;
  return sign | (half > 0.5 || (half === 0.5 && below % 2 === 1) ? below + 1 : below);
}

/** The bytes of each row and its scale, which follows from its largest number. */
export function scaledBytes(
  values: Float32Array,
  width: number,
): { readonly bytes: Int8Array; readonly scales: Float32Array } {
  const bytes = new Int8Array(values.length);
  const scales = new Float32Array(values.length / width);
  for (let row = 0, first = 0; row < scales.length; row++, first += width) {
    let largest = 0;
    for (let i = first; i < first + width; i++) largest = Math.max(largest, Math.abs(values[i]!));
    // Limits the scale, because the product of the very largest floats with a rounded scale would overflow.
    scales[row] = Math.min(largest, 3.4e38) / LARGEST_BYTE;
    const scale = scales[row]!;
    for (let i = first; i < first + width && scale > 0; i++)
      bytes[i] = Math.max(-LARGEST_BYTE, Math.min(LARGEST_BYTE, Math.round(values[i]! / scale)));
  }
  return { bytes, scales };
}
