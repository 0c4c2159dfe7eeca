// The header of an array in NumPy's format, such as `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }`.

export interface NpyHeader {
  /** NumPy's name of the type, such as `<f4`; null for records with fields. */
  readonly type: string | null;
  readonly shape: readonly number[];
  /** Whether the numbers of a column are next to each other, as in Fortran. */
  readonly isByColumns: boolean;
  /** The number of bytes before the first element. */
  readonly start: number;
}

/** The most bytes that a header may have. */
const MOST = 2 ** 20;

/** The number of bytes to read for `npyHeader`. */
export const NPY_HEAD = 12 + MOST;

/** Reads the header that `bytes` begin with; null if they aren't an array of NumPy. */
export function npyHeader(bytes: Buffer): NpyHeader | null {
  if (bytes.length < 12 || bytes.toString("latin1", 0, 6) !== "\x93NUMPY") return null;
  const isShort = bytes[6] === 1;
  const before = isShort ? 10 : 12;
  const length = isShort ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  if (before + length > bytes.length) return null;
  const text = bytes.toString("latin1", before, before + length);
  const [, sizes] = /'shape':\s*\(([^)]*)\)/.exec(text) ?? [];
  if (sizes === undefined) return null;
  const shape = sizes.split(",").flatMap((each) => (each.trim() === "" ? [] : [Number(each)]));
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) return null;
  return {
    type: /'descr':\s*'([^']*)'/.exec(text)?.[1] ?? null,
    shape,
    isByColumns: !/'fortran_order':\s*False/.test(text),
    start: before + length,
  };
}
