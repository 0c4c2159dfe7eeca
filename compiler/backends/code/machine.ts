// The machines for which kernels are written. A machine decides how wide vectors are and how many sums of a product stay in
// registers, and nothing else: results have the same bits, and values the same addresses, on every machine.

export type LaneCount = 4 | 8 | 16;

export interface Machine {
  /** The numbers of its widest vector. */
  readonly lanes: LaneCount;
  /** The vectors that a compiler keeps in registers in the loop of a product. */
  readonly registers: number;
  /** Whether a product and its sum are one instruction. If not, the product needs a register. */
  readonly isFused: boolean;
}

export const machines = {
  wasm: { lanes: 4, registers: 13, isFused: false },
  relaxedWasm: { lanes: 4, registers: 15, isFused: true },
  sse2: { lanes: 4, registers: 16, isFused: false },
  neon: { lanes: 4, registers: 32, isFused: false },
  avx2: { lanes: 8, registers: 16, isFused: false },
  avx512: { lanes: 16, registers: 32, isFused: false },
} as const satisfies Readonly<Record<string, Machine>>;

/** The most rows and vectors of columns whose sums stay in registers. */
export interface Tile {
  readonly rows: number;
  readonly vectors: number;
}

/** The tile of a product that has `vectors` vectors of columns left. */
export function tileOf({ registers, isFused }: Machine, left = Number.POSITIVE_INFINITY): Tile {
  const vectors = Math.min(left, registers < 32 ? 2 : 3);
  // Besides sums, there are the vectors of weights, the number that multiplies them, and the product.
  const sums = registers - vectors - (isFused ? 1 : 2);
  return { rows: Math.min(MOST_ROWS, Math.floor(sums / vectors)), vectors };
}

/** More rows save few loads, and take longer to compile. */
const MOST_ROWS = 12;

/** The widths of vectors that a loop uses, the widest first. */
export function widthsOf(most: LaneCount): readonly LaneCount[] {
  return ALL_WIDTHS.filter((lanes) => lanes <= most);
}

const ALL_WIDTHS: readonly LaneCount[] = [16, 8, 4];
