// A text as copies of another text and of itself, and bytes between them.

import { SHORTEST_COPY, type TextPart } from "../../serve/patch.ts";

/** The most places that are remembered. */
const MOST_SLOTS = 2 ** 22;

/** The parts of `text`; places count from the first byte of `old` on, and through `text`. */
export function* textParts(old: Uint8Array, text: Uint8Array): Generator<TextPart> {
  const window = new Uint8Array(old.length + text.length);
  window.set(old);
  window.set(text, old.length);
  const slots = new Int32Array(Math.min(MOST_SLOTS, 2 ** Math.ceil(Math.log2(window.length + 2)))).fill(-1);
  /** Latest places of six bytes, by their hash. */
  const slotAt = (at: number) => {
    let hash = 0;
    for (let i = 0; i < SHORTEST_COPY; i++) hash = Math.imul(hash ^ window[at + i]!, 0x01000193);
    return (hash ^ (hash >>> 15)) & (slots.length - 1);
  };
  const remember = (from: number, to: number) => {
    for (let at = from; at < Math.min(to, window.length - SHORTEST_COPY + 1); at++) slots[slotAt(at)] = at;
  };
  const same = (from: number, at: number) => {
    let length = 0;
    while (at + length < window.length && window[from + length] === window[at + length]) length++;
    return length;
  };
  remember(0, old.length - SHORTEST_COPY + 1);
  /** Where the old text continues, if the parts between copies have the same length in both. */
  let expected = 0;
  for (let at = old.length; at < window.length; ) {
    const candidates = at + SHORTEST_COPY <= window.length ? [expected, slots[slotAt(at)]!] : [];
    let [from, length] = [0, 0];
    for (const candidate of candidates) {
      const long = candidate < 0 || candidate >= at ? 0 : same(candidate, at);
      // A place that is not expected takes as much as a few bytes.
      if (long > length + (length < SHORTEST_COPY ? 0 : 3)) [from, length] = [candidate, long];
    }
    if (length < SHORTEST_COPY) {
      yield { kind: "byte", byte: window[at]! };
      [length, from] = [1, expected];
    } else yield { kind: "copy", from, length };
    remember(at, at + length);
    expected = from + length;
    at += length;
  }
}
