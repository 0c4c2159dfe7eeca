// Invalid weights files: wrong headers, tensors with other names, types, shapes and values, files of other
// formats. Each is derived from a valid file in the safetensors format.

import fc from "fast-check";

export interface HostileWeights {
  readonly what: string;
  readonly bytes: Uint8Array;
}

type Entry = { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
type Header = [name: string, entry: Entry][];

const NAMES = ["__proto__", "constructor", "", "table.", "net.", "../../x", "\u0000", "😀", "n".repeat(5000)];
const VALUES = [null, -1, 0.5, "F32", [], {}, 2 ** 53, [-1], [2 ** 31, 2 ** 31], [1, 0]];
const LENGTHS = [0n, 1n, 2n ** 24n, 2n ** 31n, 2n ** 40n, 2n ** 63n, 2n ** 64n - 1n];

/** Files that are invalid for the model with the weights `sound`. */
export function hostileWeights(sound: Uint8Array): fc.Arbitrary<HostileWeights> {
  const whole = Buffer.from(sound);
  const end = 8 + Number(whole.readBigUInt64LE(0));
  const header = Object.entries(JSON.parse(whole.toString("utf8", 8, end)) as Record<string, Entry>);
  const data = whole.subarray(end);
  const one = fc.nat(header.length - 1);
  const at = (index: number, change: (header: Header, entry: Header[number]) => void): Uint8Array => {
    const changed = structuredClone(header);
    change(changed, changed[index]!);
    return fileOf(textOf(changed), data);
  };
  const named = (what: string, index: number) => `${what} ${header[index]![0]}`;
  const tensors = fc.oneof(
    fc.tuple(one, fc.constantFrom(...NAMES)).map(([i, name]) => ({
      what: named(`another name (${JSON.stringify(name.slice(0, 9))}) of`, i),
      bytes: at(i, (_, entry) => {
        entry[0] = name;
      }),
    })),
    one.map((i) => ({ what: named("no", i), bytes: at(i, (all) => all.splice(i, 1)) })),
    fc
      .tuple(one, fc.constantFrom("F64", "F16", "BF16", "I32", "U8", "F8_E4M3", "x", null))
      .map(([i, dtype]) => ({
        what: named(`type ${dtype} of`, i),
        bytes: at(i, (_, [, entry]) => {
          entry.dtype = dtype;
        }),
      })),
    fc
      .tuple(one, fc.constantFrom<keyof Entry>("shape", "data_offsets"), fc.constantFrom(...VALUES))
      .map(([i, field, value]) => ({
        what: named(`${field} ${JSON.stringify(value)} of`, i),
        bytes: at(i, (_, [, entry]) => {
          entry[field] = value;
        }),
      })),
    fc
      .tuple(one, one)
      .filter(([i, other]) => i !== other)
      .map(([i, other]) => ({
        what: named("the offsets of another instead of those of", i),
        bytes: at(i, (all, [, entry]) => {
          entry.data_offsets = all[other]![1].data_offsets;
          entry.shape = all[other]![1].shape;
        }),
      })),
    one.map((i) => ({
      what: named("twice", i),
      bytes: at(i, (all, [name]) => {
        all.push([name, { dtype: "F32", shape: [1], data_offsets: [0, 4] }]);
      }),
    })),
  );
  const values = fc
    .tuple(fc.nat(data.length / 4 - 1), fc.constantFrom(Number.NaN, Infinity, -Infinity))
    .map(([i, value]) => {
      const changed = Buffer.from(data);
      changed.writeFloatLE(value, 4 * i);
      return { what: `${value} as number ${i}`, bytes: fileOf(whole.subarray(8, end), changed) };
    });
  const lying = fc.oneof(
    fc.constantFrom(...LENGTHS).map((length) => ({
      what: `a header of ${length} bytes`,
      bytes: fileOf(whole.subarray(8, end), data, length),
    })),
    fc
      .nat(whole.length - 1)
      .map((length) => ({ what: `the first ${length} bytes`, bytes: whole.subarray(0, length) })),
    fc
      .constantFrom(
        "",
        "[]",
        "null",
        "{",
        '{"a":',
        "[".repeat(200_000),
        '{"a":{}}',
        '{"__metadata__":{"a":1}}',
      )
      .map((text) => ({
        what: `the header ${text.slice(0, 30)}`,
        bytes: fileOf(Buffer.from(text), data),
      })),
    fc.nat(end - 9).map((place) => {
      const text = Buffer.from(whole.subarray(8, end));
      text[place] = 0xff;
      return { what: `no UTF-8 at ${place}`, bytes: fileOf(text, data) };
    }),
  );
  const others = fc.constantFrom(
    ...Object.entries({
      "a .pt of PyTorch": Buffer.from("PK\u0003\u0004archive/data.pkl\u0080\u0002}q\u0000.", "latin1"),
      "an older .pt": Buffer.from("\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.", "latin1"),
      "a .npy of NumPy": Buffer.from(
        `\u0093NUMPY\u0001\u0000v\u0000{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n`,
        "latin1",
      ),
      "an ONNX model": Buffer.from("\b\u0007\u0012\u0004dinc:\u0010\n\u000e\n\u0001x\u0012\u0001y", "latin1"),
      "a checkpoint of HDF5": Buffer.from("\u0089HDF\r\n\u001a\n", "latin1"),
      JSON: Buffer.from('{"weights": [1, 2, 3]}'),
      zeros: Buffer.alloc(4096),
      nothing: Buffer.alloc(0),
    }).map(([what, bytes]): HostileWeights => ({ what, bytes })),
  );
  return fc.oneof({ weight: 4, arbitrary: tensors }, values, { weight: 3, arbitrary: lying }, others);
}

/** JSON that may contain a name twice. */
function textOf(header: Header): Buffer {
  const entries = header.map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`);
  return Buffer.from(`{${entries.join(",")}}`);
}

function fileOf(header: Uint8Array, data: Uint8Array, claimed = BigInt(header.length)): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(claimed);
  return Buffer.concat([length, header, data]);
}
