// Sorts many texts in the order of `<`: numbers made of a few characters first, which the machine sorts fastest, and then the
// texts that begin alike.

/** Fewer texts are compared with each other. */
const FEW = 24;

/** The characters in a number of 64 bits, and the bits for the index beside them. */
const CHARACTERS = 5;
const INDEX_BITS = 24;

/** The characters whose code, and one more, has eight bits. */
const MOST = 0xfe;

/** These indices in the order of their texts, which must differ. */
export function inTextOrder(indices: readonly number[], textAt: (index: number) => string): number[] {
  const texts = indices.map(textAt);
  const sorted: number[] = [];
  sortInto(sorted, texts, [...texts.keys()], 0);
  return sorted.map((place) => indices[place]!);
}

/** Adds `places` of texts that have the same characters before `from`. */
function sortInto(sorted: number[], texts: readonly string[], places: number[], from: number): void {
  const keys = places.length > FEW && places.length < 1 << INDEX_BITS ? keysOf(texts, places, from) : null;
  if (keys === null) {
    for (const place of places.sort((a, b) => (texts[a]! < texts[b]! ? -1 : 1))) sorted.push(place);
    return;
  }
  const words = new Uint32Array(keys.sort().buffer);
  const placeAt = (i: number) => places[words[2 * i]! & ((1 << INDEX_BITS) - 1)]!;
  const isLikeNext = (i: number) =>
    words[2 * i + 1] === words[2 * i + 3] &&
    words[2 * i]! >>> INDEX_BITS === words[2 * i + 2]! >>> INDEX_BITS;
  for (let i = 0; i < places.length; ) {
    const first = i++;
    while (i < places.length && isLikeNext(i - 1)) i++;
    if (i === first + 1) sorted.push(placeAt(first));
    else {
      const alike = Array.from({ length: i - first }, (_, at) => placeAt(first + at));
      sortInto(sorted, texts, alike, from + CHARACTERS);
    }
  }
}

/** The next characters of each text, and its index in `places`; null if a character has too many bits. */
function keysOf(texts: readonly string[], places: readonly number[], from: number): BigUint64Array | null {
  const keys = new BigUint64Array(places.length);
  // The low word comes first.
  const words = new Uint32Array(keys.buffer);
  for (let i = 0; i < places.length; i++) {
    const text = texts[places[i]!]!;
    let high = 0;
    let low = 0;
    for (let at = from; at < from + CHARACTERS; at++) {
      // The end of a text comes before every character.
      const code = at < text.length ? text.charCodeAt(at) : -1;
      if (code > MOST) return null;
      if (at < from + CHARACTERS - 1) high = (high << 8) | (code + 1);
      else low = code + 1;
    }
    words[2 * i + 1] = high;
    words[2 * i] = (low << INDEX_BITS) | i;
  }
  return keys;
}
