// Finds the numbers at which an encoder changes its result, to the last bit, by bisection over all doubles. It needs no
// knowledge of the transforms, which never decrease.

/** The largest double that rounds to a finite 32-bit float: the one before 2¹²⁸ − 2¹⁰³. */
const LARGEST = doubleAt(placeOf(2 ** 128 - 2 ** 103) - 1n);

/** The numbers that an encoder accepts: all from `low` to `high`. None if `low` is infinite. */
export interface AcceptedNumbers {
  readonly low: number;
  readonly high: number;
}

/** `inside` are numbers of which one is accepted, unless none is. */
export function acceptedNumbers(
  isAccepted: (x: number) => boolean,
  inside: readonly number[],
): AcceptedNumbers {
  const one = inside.find((x) => Math.abs(x) <= LARGEST && isAccepted(x));
  if (one === undefined) return { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };
  const low = isAccepted(-LARGEST) ? -LARGEST : firstWhere(isAccepted, -LARGEST, one);
  const high = isAccepted(LARGEST) ? LARGEST : -firstWhere((x) => isAccepted(-x), -LARGEST, -one);
  return { low, high };
}

/**
 * The ascending numbers from each of which on `stepOf` is at least 1, 2, …; it gives whole numbers from 0 and never
 * decreases. Steps that it never reaches have no number.
 */
export function boundsOf(stepOf: (x: number) => number, { low, high }: AcceptedNumbers): number[] {
  const bounds: number[] = [];
  if (low > high) return bounds;
  const most = stepOf(high);
  for (let step = 1; step <= most; step++) {
    const isThere = (x: number) => stepOf(x) >= step;
    const from = bounds.at(-1) ?? low;
    bounds.push(isThere(from) ? from : firstWhere(isThere, from, high));
  }
  return bounds;
}

/** The least double where `holds`, which does not at `below` and does at `at`, and changes once between them. */
function firstWhere(holds: (x: number) => boolean, below: number, at: number): number {
  let [no, yes] = [placeOf(below), placeOf(at)];
  while (yes - no > 1n) {
    const middle = (no + yes) >> 1n;
    if (holds(doubleAt(middle))) yes = middle;
    else no = middle;
  }
  return doubleAt(yes);
}

/** The place of a double among all in ascending order; -0 comes just before 0. */
function placeOf(x: number): bigint {
  const bits = new BigInt64Array(Float64Array.of(x).buffer)[0]!;
  return bits >= 0n ? bits : -(bits & 0x7fff_ffff_ffff_ffffn) - 1n;
}

function doubleAt(place: bigint): number {
  const bits = place >= 0n ? place : BigInt.asIntN(64, (-place - 1n) | (1n << 63n));
  return new Float64Array(BigInt64Array.of(bits).buffer)[0]!;
}
