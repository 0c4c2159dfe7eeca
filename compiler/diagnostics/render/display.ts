// Prepares text for a terminal: tabs and wide characters count with their real width, and no text can move
// the cursor, change colours or reorder a line.

export const tabWidth = 4;

/** Made for the first line that needs it, because making it takes as long as checking a small spec. */
let segmenter: Intl.Segmenter | undefined;

/** East Asian wide and full-width ranges (Unicode 15, UAX #11: W and F) beside emoji. */
const wide =
  /^[\u1100-\u115e\u2329\u232a\u2e80-\u303e\u3041-\u3163\u3165-\u3247\u3250-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{17000}-\u{18aff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]/u;
const emoji = /\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u;
const zeroWidth = /^[\p{Mn}\p{Me}\p{Default_Ignorable_Code_Point}]+$/u;
/** One line of text without control sequences. */
const unsafe = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

function shown(control: string): string {
  const code = control.charCodeAt(0);
  if (code === 10 || code === 13) return " ";
  return code < 32 ? String.fromCharCode(0x2400 + code) : "\ufffd";
}

/** One line of text without anything that acts on the terminal. */
export function printable(text: string): string {
  return text.replace(unsafe, shown);
}

function widthOf(grapheme: string): number {
  if (zeroWidth.test(grapheme)) return 0;
  return wide.test(grapheme) || emoji.test(grapheme) ? 2 : 1;
}

export interface DisplayedLine {
  readonly text: string;
  /** Column on the screen (from 0) of each UTF-16 unit of the line, and of its end. */
  readonly columns: readonly number[];
}

/** Expands tabs, makes controls visible, and measures. */
export function displayLine(line: string): DisplayedLine {
  // Segmenting is slow, and few lines need it.
  if (/^[ -~…]*$/.test(line))
    return { text: line, columns: Array.from({ length: line.length + 1 }, (_, i) => i) };
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  const columns: number[] = [];
  let text = "";
  let column = 0;
  for (const { segment } of segmenter.segment(line)) {
    for (let unit = 0; unit < segment.length; unit++) columns.push(column);
    if (segment === "\t") {
      const width = tabWidth - (column % tabWidth);
      text += " ".repeat(width);
      column += width;
    } else {
      const safe = printable(segment);
      text += safe;
      column += widthOf(safe);
    }
  }
  columns.push(column);
  return { text, columns };
}
