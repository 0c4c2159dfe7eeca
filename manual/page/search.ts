// The search of the manual. Sections with all the words come first, in any of their forms, spellings and
// synonyms; then those with a word that is misspelt by one letter; then those with some of the words. Pure.

import MiniSearch, { type SearchResult as Match, type Query } from "minisearch";
import { stemmer } from "stemmer";
import { synonyms } from "./synonyms.ts";

export interface Index {
  /** The address of each page, its name, and the weight of its sections. */
  readonly pages: readonly (readonly [place: string, name: string, weight: number])[];
  readonly sections: readonly (readonly [page: number, anchor: string, heading: string, words: string])[];
}

export interface SearchResult {
  /** Relative to the root of the manual. */
  readonly place: string;
  readonly page: string;
  readonly heading: string;
  readonly excerpt: readonly { readonly text: string; readonly isFound: boolean }[];
}

/** The most results to show. */
const MOST = 12;
/**
 * Each further section of a page counts less than the previous one, so that one page doesn't fill the list.
 */
const OF_NEXT = 0.7;
const BEFORE = 60;
const EXCERPT = 180;

const WORD = /[\p{L}\p{N}]+/gu;
/** Words of questions that say nothing about the answer. */
const QUESTION = new Set(
  "a an the of to in on for with and or is are do does can how what why which my i it".split(" "),
);

const known = new Map<string, string>();

/** A word in the form of the index: its stem, in American spelling. */
function termOf(word: string): string {
  let term = known.get(word);
  if (term === undefined) {
    term = stemmer(americanOf(word.toLowerCase()));
    known.set(word, term);
  }
  return term;
}

function americanOf(word: string): string {
  return word
    .replace(/(?<=..)our/, "or")
    .replace(/is(?=ation|e[sd]?$|ing$|er$)/, "iz")
    .replace(/ence$/, "ense")
    .replace(/ll(?=ed$|ing$|er$)/, "l");
}

function wordsOf(text: string): string[] {
  return text.match(WORD) ?? [];
}

type Found = Pick<Match, "id" | "terms" | "score">;

interface Phrase {
  readonly terms: readonly string[];
  readonly others: readonly (readonly string[])[];
}

/** Longer phrases come first, so that "target item" is not found as a target and an item. */
const phrases: readonly Phrase[] = synonyms
  .map((group) => group.map((phrase) => wordsOf(phrase).map(termOf)))
  .flatMap((group) => group.map((terms) => ({ terms, others: group.filter((other) => other !== terms) })))
  .sort((a, b) => b.terms.length - a.terms.length);

/** A section with only a synonym, a longer word or a misspelt word counts less. */
const OF_SYNONYM = 0.6;
const WEIGHTS = { prefix: 0.4, fuzzy: 0.3 };

/** Searches in an index that is built once. */
export function searchOf({ pages, sections }: Index): (query: string) => SearchResult[] {
  const engine = new MiniSearch({
    fields: ["heading", "page", "words"],
    tokenize: wordsOf,
    processTerm: termOf,
    searchOptions: {
      boost: { heading: 4, page: 2 },
      boostDocument: (id: number) => pages[sections[id]![0]]![2],
      weights: WEIGHTS,
      // Terms of a query are already stems.
      tokenize: (term) => [term],
      processTerm: (term) => term,
    },
  });
  engine.addAll(
    sections.map(([page, , heading, words], id) => ({ id, page: pages[page]![1], heading, words })),
  );

  /** The message with this code or name. */
  const named = (query: string): Found[] => {
    const name = query.trim().toLowerCase();
    const isNamed = (heading: string) =>
      heading.startsWith("DIN") && heading.toLowerCase().split(" ").includes(name);
    return sections.flatMap(([, , heading], id) => (isNamed(heading) ? [{ id, terms: [], score: 1 }] : []));
  };

  const matches = (query: string): Found[] => {
    const asked = wordsOf(query);
    const terms = asked.filter((word) => !QUESTION.has(word.toLowerCase())).map(termOf);
    const alternatives = alternativesOf(terms.length > 0 ? terms : asked.map(termOf));
    if (alternatives.length === 0) return [];
    const all = { combineWith: "AND", queries: alternatives } as const;
    const ways: Query[] = [
      { ...all, prefix: isLong },
      { ...all, prefix: isLong, fuzzy: (term: string) => (term.length > 4 ? 1 : false) },
      { combineWith: "OR", queries: alternatives, prefix: isLong },
    ];
    const found = new Map<number, Found>(named(query).map((match) => [match.id, match]));
    for (const way of ways) {
      if (found.size >= MOST) break;
      for (const match of varied(engine.search(way))) if (!found.has(match.id)) found.set(match.id, match);
    }
    return [...found.values()].slice(0, MOST);
  };

  const varied = (found: readonly Found[]): Found[] => {
    const counts = new Map<number, number>();
    return found
      .map((match) => {
        const [page] = sections[match.id]!;
        const before = counts.get(page) ?? 0;
        counts.set(page, before + 1);
        return { ...match, score: match.score * OF_NEXT ** before };
      })
      .sort((a, b) => b.score - a.score);
  };

  return (query) =>
    matches(query).map(({ id, terms }) => {
      const [page, anchor, heading, text] = sections[id]!;
      const [place, name] = pages[page]!;
      return {
        place: anchor === "" ? place : `${place}#${anchor}`,
        ...{ page: name, heading, excerpt: excerptOf(text, new Set(terms)) },
      };
    });
}

const isLong = (term: string): boolean => term.length > 2;

/** The alternatives in sections for each word or known phrase. */
function alternativesOf(terms: readonly string[]): Query[] {
  const queries: Query[] = [];
  for (let at = 0; at < terms.length; ) {
    const begins = ({ terms: phrase }: Phrase) => phrase.every((term, i) => terms[at + i] === term);
    const phrase = phrases.find(begins) ?? { terms: [terms[at]!], others: [] };
    const others = phrase.others.map((other) => ({ ...allOf(other), boostTerm: () => OF_SYNONYM }));
    queries.push({ combineWith: "OR", queries: [allOf(phrase.terms), ...others] });
    at += phrase.terms.length;
  }
  return queries;
}

const allOf = (terms: readonly string[]) => ({ combineWith: "AND" as const, queries: [...terms] });

/** The text around the first of the terms, in parts. */
function excerptOf(text: string, terms: ReadonlySet<string>): SearchResult["excerpt"] {
  const found = [...text.matchAll(WORD)].filter(([word]) => terms.has(termOf(word)));
  const first = found[0]?.index ?? 0;
  const from = first <= BEFORE ? 0 : text.indexOf(" ", first - BEFORE) + 1;
  const to = from + EXCERPT;
  const parts = [{ text: from > 0 ? "… " : "", isFound: false }];
  let at = from;
  for (const { 0: word, index } of found.filter(({ index }) => index < to)) {
    parts.push({ text: text.slice(at, index), isFound: false }, { text: word, isFound: true });
    at = index + word.length;
  }
  parts.push(
    { text: text.slice(at, Math.max(at, to)), isFound: false },
    { text: to < text.length ? " …" : "", isFound: false },
  );
  return parts.filter(({ text }) => text !== "");
}
