// The quantiles of the normal distribution by Wichura's algorithm AS 241 (1988), PPND7: about seven digits. Only operations that IEEE 754
// rounds alike everywhere are used, so every JavaScript engine gives the same bits. `Math.log` would not.

/** The number below which a standard normal number is with probability `p`, 2⁻³³ ≤ p ≤ 1 − 2⁻³³. */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    const above = ((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179;
    return (q * above) / (((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1);
  }
  const r = Math.sqrt(-logarithm(q < 0 ? p : 1 - p)) - 1.6;
  const above = ((0.17023821103 * r + 1.3067284816) * r + 2.75681539) * r + 1.4234372777;
  const size = above / ((0.12021132975 * r + 0.7370016425) * r + 1);
  return q < 0 ? -size : size;
}

/** ln x for 0 < x ≤ 1, to about twelve digits: ln(m / 2ⁿ) = 2·artanh((m − 1)/(m + 1)) − n·ln 2 with m from ¾ to 1½. */
function logarithm(x: number): number {
  let [m, n] = [x, 0];
  for (; m < 0.75; n++) m *= 2;
  const t = (m - 1) / (m + 1);
  const s = t * t;
  let series = 1 / 17;
  for (let k = 15; k > 0; k -= 2) series = series * s + 1 / k;
  return 2 * t * series - n * Math.LN2;
}
