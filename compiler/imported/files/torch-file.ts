// Reads what `torch.save` writes of a `state_dict`: an archive with one pickle that describes the tensors, and an
// entry with the numbers of each. The pickle may name only what a `state_dict` consists of.

import { isKind, type Pickled, type PickledObject, type PickledSequence, readPickle } from "./pickle.ts";
import { CheckpointError, type RandomAccess } from "./random-access.ts";
import { type CheckpointTensor, shapeText } from "./tensors.ts";
import { type ZipEntry, zipEntries } from "./zip.ts";

interface NumberType {
  readonly bytes: number;
  /** Null for whole numbers, which are counters and not weights. */
  readonly read: ((view: DataView, at: number) => number) | null;
}

const whole = (bytes: number): NumberType => ({ bytes, read: null });

/** By the name of the storage in `torch`. */
const numberTypes: Readonly<Record<string, NumberType>> = {
  FloatStorage: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  DoubleStorage: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  HalfStorage: { bytes: 2, read: (view, at) => half(view.getUint16(at, true)) },
  BFloat16Storage: { bytes: 2, read: (view, at) => bfloat(view.getUint16(at, true)) },
  LongStorage: whole(8),
  IntStorage: whole(4),
  ShortStorage: whole(2),
  CharStorage: whole(1),
  ByteStorage: whole(1),
  BoolStorage: whole(1),
};

const DICT = "collections.OrderedDict";
const TENSOR = "torch._utils._rebuild_tensor_v2";
const PARAMETER = "torch._utils._rebuild_parameter";
const NOT_STATE = "save `model.state_dict()`, as in `torch.save(model.state_dict(), path)`";
/** A pickle of this size describes a million tensors. */
const LARGEST_PICKLE = 200_000_000;

/** The tensors in their order. Throws CheckpointError. */
export async function readTorchFile(file: RandomAccess): Promise<CheckpointTensor[]> {
  const entries = await zipEntries(file);
  const compressed = [...entries.values()].find(({ isDeflated }) => isDeflated);
  if (compressed !== undefined)
    throw new CheckpointError(
      `has the compressed entry "${compressed.name}", which torch.save does not write`,
    );
  const [pickle] = [...entries.values()].filter(({ name }) => /^[^/]*\/data\.pkl$/.test(name));
  if (pickle === undefined) throw new CheckpointError("has no data.pkl, which torch.save writes");
  if (pickle.size > LARGEST_PICKLE) throw new CheckpointError(`has a pickle of ${pickle.size} bytes`);
  const folder = pickle.name.slice(0, -"data.pkl".length);
  await requireLittleEndian(file, entries.get(`${folder}byteorder`));
  const state = stateOf(readPickle(await file.read(pickle.offset, pickle.size)));
  return state.map(([name, value]) =>
    tensorOf(name, value, (key) => entries.get(`${folder}data/${key}`), file),
  );
}

async function requireLittleEndian(file: RandomAccess, entry: ZipEntry | undefined): Promise<void> {
  if (entry === undefined) return;
  const order = new TextDecoder().decode(await file.read(entry.offset, Math.min(entry.size, 16)));
  if (order !== "little") throw new CheckpointError(`has numbers in the byte order "${order}"`);
}

function stateOf(value: Pickled): [string, Pickled][] {
  const isDict = isKind(value, "dict") || (isKind(value, "object") && value.of === DICT);
  if (!isDict) {
    const what = isKind(value, "object") ? `an object of ${value.of}` : "something else";
    throw new CheckpointError(`has ${what} and not a state_dict: ${NOT_STATE}`);
  }
  return value.entries.map(([name, tensor]) => {
    if (typeof name !== "string")
      throw new CheckpointError(`has a key that is not a weight's name: ${NOT_STATE}`);
    return [name, tensor];
  });
}

function tensorOf(
  name: string,
  value: Pickled,
  entryOf: (key: string) => ZipEntry | undefined,
  file: RandomAccess,
): CheckpointTensor {
  const wrong = (why: string) => new CheckpointError(`has "${name}", ${why}`);
  const notTensor = (found: Pickled) =>
    wrong(`which is ${isKind(found, "object") ? found.of : "not a tensor"}: ${NOT_STATE}`);
  if (!isKind(value, "object")) throw notTensor(value);
  const built: PickledObject | Pickled = value.of === PARAMETER ? (value.args[0] ?? null) : value;
  if (!isKind(built, "object") || built.of !== TENSOR) throw notTensor(built);
  const [storage, offset, dims, strides] = built.args;
  const [tag, type, key] =
    isKind(storage, "reference") && isKind(storage.id, "tuple") ? storage.id.items : [];
  const named = isKind(type, "name") ? (/^torch\.(\w+)$/.exec(type.name)?.[1] ?? "") : "";
  const numbers = Object.hasOwn(numberTypes, named) ? numberTypes[named]! : null;
  if (numbers === null) throw wrong(`whose numbers are of the type ${named === "" ? "unknown" : named}`);
  if (tag !== "storage" || typeof key !== "string") throw wrong("which has no storage");
  const entry = entryOf(key);
  if (entry === undefined) throw wrong(`whose numbers are missing: there is no entry data/${key}`);
  if (!isSize(offset) || !isSizes(dims) || !isSizes(strides) || dims.items.length !== strides.items.length)
    throw wrong("which has no valid shape");
  const [shape, steps] = [dims.items as number[], strides.items as number[]];
  const count = shape.reduce((product, dim) => product * dim, 1);
  const last = shape.reduce((at, dim, i) => at + (dim - 1) * steps[i]!, offset);
  const available = Math.floor(entry.size / numbers.bytes);
  if (count > available || (count > 0 && last >= available))
    throw wrong(`of shape ${shapeText(shape)}, which has more numbers than its storage of ${available}`);
  return {
    name,
    dims: shape,
    storage: `${key}:${offset}:${shape.join()}`,
    isFloat: numbers.read !== null,
    values: async () => {
      const from = entry.offset + offset * numbers.bytes;
      const bytes = await file.read(from, count === 0 ? 0 : (last - offset + 1) * numbers.bytes);
      return numbersOf(bytes, numbers, shape, steps);
    },
  };
}

function numbersOf(
  bytes: Uint8Array<ArrayBuffer>,
  { bytes: width, read }: NumberType,
  dims: readonly number[],
  strides: readonly number[],
): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
  if (read === null) return values;
  const index = dims.map(() => 0);
  let place = 0;
  for (let i = 0; i < values.length; i++) {
    values[i] = read(view, place * width);
    // The next index, the last dimension first.
    for (let dim = dims.length - 1; dim >= 0; dim--) {
      place += strides[dim]!;
      if (++index[dim]! < dims[dim]!) break;
      place -= dims[dim]! * strides[dim]!;
      index[dim] = 0;
    }
  }
  return values;
}

function isSize(value: Pickled | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isSizes(value: Pickled | undefined): value is PickledSequence {
  return isKind(value, "tuple") && value.items.length <= 8 && value.items.every(isSize);
}

function half(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  const sign = bits >> 15 === 0 ? 1 : -1;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** The upper half of a 32-bit float. */
function bfloat(bits: number): number {
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0]!;
}
