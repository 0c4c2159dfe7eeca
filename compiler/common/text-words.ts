// Texts as words of four bytes in UTF-8, filled with zeros. A text of at most twelve bytes is compared, and found, as its
// length and three words, without making a string: DuckDB keeps such texts in its vectors in the same form, and itself
// compares them by these words.

/** The most bytes of a short text. */
export const LONGEST_SHORT = 12;

/** The words of a text's bytes; a short text has three. */
export function wordsIn(length: number): number {
  return length <= LONGEST_SHORT ? 3 : (length + 3) >> 2;
}

/** Holds one text. */
export class WordBuffer {
  words: Int32Array = new Int32Array(64);
  private bytes: Uint8Array = new Uint8Array(this.words.buffer);

  /**
   * Takes a text, and returns the number of its bytes. A half of a surrogate pair has three bytes, so that different
   * texts have different bytes.
   */
  take(text: string): number {
    if (3 * text.length + 4 > this.bytes.length) this.grow(3 * text.length + 4);
    const { bytes, words } = this;
    words[0] = words[1] = words[2] = 0;
    let at = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 0x80) {
        bytes[at++] = unit;
        continue;
      }
      const code = text.codePointAt(i)!;
      if (code > 0xffff) i++;
      if (code < 0x800) bytes[at++] = 0xc0 | (code >> 6);
      else {
        if (code < 0x10000) bytes[at++] = 0xe0 | (code >> 12);
        else {
          bytes[at++] = 0xf0 | (code >> 18);
          bytes[at++] = 0x80 | ((code >> 12) & 0x3f);
        }
        bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
      }
      bytes[at++] = 0x80 | (code & 0x3f);
    }
    for (let rest = at; (rest & 3) !== 0; rest++) bytes[rest] = 0;
    return at;
  }

  private grow(least: number): void {
    this.words = new Int32Array(Math.ceil(least / 2));
    this.bytes = new Uint8Array(this.words.buffer);
  }
}

const decoder = new TextDecoder();

/** The text of bytes that `WordBuffer` made. */
export function textOfBytes(bytes: Uint8Array): string {
  let all = 0;
  for (let at = 0; at < bytes.length; at++) all |= bytes[at]!;
  if (all < 0x80) return decoder.decode(bytes);
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at++]!;
    if (first < 0x80) {
      text += String.fromCharCode(first);
      continue;
    }
    const more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    let code = first & (0x3f >> more);
    for (const end = at + more; at < end; at++) code = (code << 6) | (bytes[at]! & 0x3f);
    text += String.fromCodePoint(code);
  }
  return text;
}

export function hashOfShort(length: number, a: number, b: number, c: number): number {
  let hash = Math.imul(a ^ length, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ b, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 13) ^ c, 0x2c1b3c6d);
  return hash ^ (hash >>> 16);
}

/** The hash of the text in a buffer; `hashOfShort` gives the same for a short one. */
export function hashOfWords(length: number, words: Int32Array): number {
  let hash = hashOfShort(length, words[0]!, words[1]!, words[2]!);
  for (let i = 3; i < wordsIn(length); i++) {
    hash = Math.imul(hash ^ words[i]!, 0x297a2d39);
    hash ^= hash >>> 15;
  }
  return hash;
}
