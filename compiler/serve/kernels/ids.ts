// Kernels over ids.

/** ⌊id / divisor⌋, modulo `modulus` unless that is 0; `unknown` for an unknown value. out [rows, 1] */
export function idNumber(
  out: Float32Array,
  ids: Int32Array,
  rows: number,
  divisor: number,
  modulus: number,
  unknown: number,
): void {
  for (let i = 0; i < rows; i++) {
    const number = Math.floor(ids[i]! / divisor);
    out[i] = ids[i]! < 2 ? unknown : modulus === 0 ? number : number % modulus;
  }
}
