// The search of the manual: sections that have all the words, those whose heading has them first. Pure.

export interface Index {
  /** Where each page is, and its name. */
  readonly pages: readonly (readonly [place: string, name: string])[];
  readonly sections: readonly (readonly [page: number, anchor: string, heading: string, words: string])[];
}

export interface SearchResult {
  /** From the root of the manual. */
  readonly place: string;
  readonly page: string;
  readonly heading: string;
  readonly excerpt: readonly { readonly text: string; readonly isFound: boolean }[];
}

/** As many as a person looks through. */
const MOST = 12;
const BEFORE = 60;
const EXCERPT = 180;

export function search({ pages, sections }: Index, query: string): SearchResult[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return [];
  return sections
    .map((section, order) => ({ section, order, score: scoreOf(section, pages[section[0]]![1], words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.order - b.order)
    .slice(0, MOST)
    .map(({ section: [page, anchor, heading, text] }) => {
      const [place, name] = pages[page]!;
      return {
        place: anchor === "" ? place : `${place}#${anchor}`,
        ...{ page: name, heading, excerpt: excerptOf(text, words) },
      };
    });
}

/** A heading counts so much more than text; that of a message less, because there are hundreds of them. */
const OF_HEADING = 10;
const OF_MESSAGE = 3;

/**
 * 0 where a word is missing. A heading counts more than text, a whole word more than a part of one, the name
 * of a page a little.
 */
function scoreOf(
  [, anchor, heading, text]: Index["sections"][number],
  page: string,
  words: readonly string[],
): number {
  const [head, body, name] = [heading.toLowerCase(), text.toLowerCase(), page.toLowerCase()];
  const [phrase, ofHeading] = [words.join(" "), /^din\d{4} /.test(head) ? OF_MESSAGE : OF_HEADING];
  let score = head === phrase ? 100 : head.includes(phrase) ? ofHeading : body.includes(phrase) ? 3 : 0;
  for (const word of words) {
    const own = Math.max(ofHeading * fit(head, word), fit(body, word));
    const whole = own === 0 ? fit(name, word) : own;
    if (whole === 0) return 0;
    score += whole;
  }
  return anchor === "" ? score + 1 : score;
}

/** 0: not in it; 1: within a word; 2: begins one; 3: is one. */
function fit(text: string, word: string): number {
  let best = 0;
  for (let at = text.indexOf(word); at >= 0 && best < 3; at = text.indexOf(word, at + 1)) {
    const begins = !/[\p{L}\p{N}_]/u.test(text.charAt(at - 1));
    const ends = !/[\p{L}\p{N}_]/u.test(text.charAt(at + word.length));
    best = Math.max(best, begins && ends ? 3 : begins ? 2 : 1);
  }
  return best;
}

function excerptOf(text: string, words: readonly string[]): SearchResult["excerpt"] {
  const lower = text.toLowerCase();
  const places = words.map((word) => lower.indexOf(word)).filter((at) => at >= 0);
  const first = places.length === 0 ? 0 : Math.min(...places);
  const from = first <= BEFORE ? 0 : text.indexOf(" ", first - BEFORE) + 1;
  const shown = text.slice(from, from + EXCERPT);
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const parts = shown.split(new RegExp(`(${escaped.join("|")})`, "i"));
  return [
    ...(from > 0 ? [{ text: "… ", isFound: false }] : []),
    ...parts.map((part, i) => ({ text: part, isFound: i % 2 === 1 })),
    ...(from + EXCERPT < text.length ? [{ text: " …", isFound: false }] : []),
  ];
}
