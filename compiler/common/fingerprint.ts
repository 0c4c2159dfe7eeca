// A hash of a text: 64-bit FNV-1a. It distinguishes programs and gives no protection against attackers.

export function fingerprintOf(text: string): string {
  // The two halves of the hash: a bigint would take as long as the rest of a module. The prime is 2 ** 40 +
  // 0x1b3.
  let [high, low] = [0xcbf29ce4, 0x84222325];
  for (let i = 0; i < text.length; i++) {
    const mixed = (low ^ text.charCodeAt(i)) >>> 0;
    const product = mixed * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.floor(product / 2 ** 32) + (mixed << 8)) >>> 0;
    low = product >>> 0;
  }
  return [high, low].map((half) => half.toString(16).padStart(8, "0")).join("");
}
