// Writes a patch, which leads from one weights file to another one (see compiler/serve/patch.ts for its content).

import {
  addSmall,
  alignedBytes,
  DifferenceCoders,
  headerText,
  identityOf,
  layoutOf,
  type NumberBits,
  numbersAt,
  PATCH_CHECKSUM,
  PATCH_MAGIC,
  PATCH_PREFIX,
  PATCH_VERSION,
  type PatchDeltas,
  type PatchHeader,
  smallDelta,
  TextCoder,
  tensorKey,
  writeHead,
} from "../../serve/patch.ts";
import {
  aligned,
  crc32,
  RankerWeightsError,
  readHeader,
  type TensorEntry,
  WEIGHTS_PREFIX,
  WIDTHS,
} from "../../serve/weights.ts";
import { RangeEncoder } from "./range-encoder.ts";
import { textParts } from "./text-parts.ts";
import { asciiJson } from "./weights-file.ts";

export interface WeightsPatch {
  readonly bytes: Uint8Array;
  readonly header: PatchHeader;
  /** By tensor that changed: how many numbers, of how many. */
  readonly changed: readonly ChangedTensor[];
}

export interface ChangedTensor {
  readonly name: string;
  readonly changed: number;
  readonly length: number;
}

/** Runs with fewer equal numbers between them are one: a run takes as much as these. */
const SHORTEST_GAP = 4;

/**
 * The patch that leads from `from` to `to`, or with 16-bit deltas to weights near it. Throws RankerWeightsError if one of them
 * isn't a weights file, or if they are for different programs.
 */
export function weightsPatch(from: Uint8Array, to: Uint8Array, deltas: PatchDeltas = "exact"): WeightsPatch {
  const old = alignedBytes(from);
  const now = deltas === "exact" ? alignedBytes(to) : approximated(old, alignedBytes(to));
  const [[before, oldFirst], [after, nowFirst]] = [readHeader(old), readHeader(now)];
  if (before.program !== after.program)
    throw new RankerWeightsError("the two weights files are for different programs");
  const encoder = new RangeEncoder();
  const [oldText, text] = [headerText(old), headerText(now)];
  const coder = new TextCoder(oldText.length);
  for (const part of textParts(oldText, text)) coder.code(encoder, part);
  const oldPlaces = layoutOf(before.tensors, oldFirst).of;
  const nowPlaces = layoutOf(after.tensors, nowFirst).of;
  const coders = new DifferenceCoders(deltas);
  const changed = after.tensors.map((entry) => {
    const key = tensorKey(entry);
    const numbers = [numbersAt(old, oldPlaces.get(key)), numbersAt(now, nowPlaces.get(key))] as const;
    return {
      name: entry.name,
      length: entry.length,
      changed: writeTensor(encoder, coders, entry, ...numbers),
    };
  });
  const header: PatchHeader = {
    program: after.program,
    from: identityOf(old),
    to: identityOf(now),
    headerLength: text.length,
    deltas,
  };
  const bytes = patchBytes(asciiJson(header), encoder.end());
  return { bytes, header, changed: changed.filter((each) => each.changed > 0) };
}

function patchBytes(header: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(PATCH_PREFIX + header.length + body.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < PATCH_MAGIC.length; i++) bytes[i] = PATCH_MAGIC.charCodeAt(i);
  view.setUint32(8, PATCH_VERSION, true);
  view.setUint32(12, header.length, true);
  view.setFloat64(16, bytes.length, true);
  for (let i = 0; i < header.length; i++) bytes[PATCH_PREFIX + i] = header.charCodeAt(i);
  bytes.set(body, PATCH_PREFIX + header.length);
  const checksum = crc32(bytes, PATCH_PREFIX, bytes.length, crc32(bytes, 0, PATCH_CHECKSUM));
  view.setUint32(PATCH_CHECKSUM, checksum, true);
  return bytes;
}

/** Returns how many numbers changed. */
function writeTensor(
  encoder: RangeEncoder,
  coders: DifferenceCoders,
  { type }: TensorEntry,
  old: NumberBits,
  now: NumberBits,
): number {
  const runs = runsOf(old, now);
  coders.runs.code(encoder, runs.length);
  let end = 0;
  for (const [start, next] of runs) {
    coders.skipped.code(encoder, start - end);
    coders.counts.code(encoder, next - start - 1);
    for (let i = start; i < next; i++) coders.number(encoder, type, old[i] ?? 0, i >= old.length, now[i]!);
    end = next;
  }
  let changed = 0;
  for (let i = 0; i < now.length; i++) if (now[i] !== old[i]) changed++;
  return changed;
}

/** Where numbers differ: starts, and the places after their ends. */
function runsOf(old: NumberBits, now: NumberBits): (readonly [start: number, end: number])[] {
  const runs: [number, number][] = [];
  for (let i = 0; i < now.length; i++) {
    if (now[i] === old[i]) continue;
    const last = runs.at(-1);
    if (last !== undefined && i - last[1] < SHORTEST_GAP) last[1] = i + 1;
    else runs.push([i, i + 1]);
  }
  return runs;
}

/** The weights that 16-bit deltas lead to: a weights file with right checksums. */
function approximated(old: Uint8Array, now: Uint8Array): Uint8Array {
  const [[before, oldFirst], [after, nowFirst]] = [readHeader(old), readHeader(now)];
  const oldPlaces = layoutOf(before.tensors, oldFirst).of;
  const bytes = new Uint8Array(now);
  const entries = [...layoutOf(after.tensors, nowFirst).of.values()].map(({ entry, offset }) => {
    const from = numbersAt(old, oldPlaces.get(tensorKey(entry)));
    const to = numbersAt(bytes, { entry, offset });
    if (entry.type === "f32")
      for (let i = 0; i < Math.min(from.length, to.length); i++)
        if (from[i] !== to[i]) to[i] = addSmall(from[i]!, smallDelta(from[i]!, to[i]!));
    const end = aligned(offset + entry.length * WIDTHS[entry.type]);
    return { ...entry, checksum: crc32(bytes, offset, end) };
  });
  const text = asciiJson({ ...after, tensors: entries });
  const first = aligned(WEIGHTS_PREFIX + text.length);
  const file = new Uint8Array(first + bytes.length - nowFirst);
  writeHead(
    file.subarray(0, first),
    Uint8Array.from(text, (letter) => letter.charCodeAt(0)),
  );
  file.set(bytes.subarray(nowFirst), first);
  return file;
}
