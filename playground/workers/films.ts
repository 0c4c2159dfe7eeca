// Simulates ratings of films for specs that are written for MovieLens, whose data may not be distributed with
// the page. The columns are those of examples/zoo/prepare.mjs. The probability of each rating is known, and
// with it the best AUC.

import { Random } from "../../compiler/common/random.ts";
import { sigmoid } from "../../compiler/common/sigmoid.ts";
import { bestOf } from "../../examples/din-simulated/simulate.mjs";
import type { ShownCell } from "./messages.ts";
import type { RowsOfPage } from "./rows-of-page.ts";

const GENRES = "Action Adventure Animation Comedy Crime Drama Fantasy Horror Musical Romance Thriller War";
const genres = GENRES.split(" ");
const FILMS = 200;
const USERS = 1600;
/** The number of ratings per user; the latest ones are for the test. */
const RATINGS = 30;
const TEST = 5;
/** The most films in a row's history. */
const HISTORY = 20;
/** Ratings between two pauses; hours between two ratings, and between two sessions. */
const SESSION = 6;
const HOURS = 0.2;
const PAUSE = 20;

/**
 * The stars that make a label 1, and the worth of a film at which they have a probability of one half.
 * Whoever loves a film also likes it.
 */
const labels = {
  fair: { stars: 3, worth: -0.8 },
  like: { stars: 4, worth: 0.6 },
  love: { stars: 5, worth: 2 },
} as const;

interface Film {
  readonly genre: number;
  readonly year: number;
  readonly quality: number;
  /** The columns of a row. */
  readonly columns: {
    readonly item_id: string;
    readonly genre: string;
    readonly genres: readonly string[];
    readonly year: number;
    readonly title: string;
  };
}

interface Rating {
  readonly user: number;
  readonly item: Film;
  /** The films that the user liked before, latest last. */
  readonly past: readonly Film[];
  readonly about: { readonly gender: "F" | "M"; readonly age: number; readonly occupation: string };
  /** The worth of the film for the user, without noise. */
  readonly worth: number;
  readonly stars: number;
  /** For each past film: how many sessions and how many hours ago it was liked. */
  readonly sessions: readonly number[];
  readonly hours: readonly number[];
  /** The number of the user's earlier ratings. */
  readonly before: number;
}

const columns = [
  ...(["user_id", "gender", "age", "occupation", "item_id", "genre", "year", "genres"] as const),
  ...(["title", "fair", "like", "love", "hist_item_id", "hist_genre", "hist_session", "hist_hours"] as const),
  "hist_title" as const,
  // Known only for training rows.
  ...(["place", "minutes", "waited", "again", "page"] as const),
] as const;

export const ratedFilms: RowsOfPage = {
  name: "simulated ratings of films",
  columns,
  made(seed, label) {
    const random = Random.of(seed, "films");
    const films = Array.from({ length: FILMS }, (_, i) => filmOf(random, i + 1));
    const ratings = Array.from({ length: USERS }, (_, i) => ratingsOf(random, i + 1, films));
    const train = ratings.flatMap((own) => own.slice(0, -TEST));
    const test = ratings.flatMap((own) => own.slice(-TEST));
    const best = label in labels ? bestOf(test.map(truthOf(label as keyof typeof labels))) : null;
    return { train: train.map(rowOf), test: test.map(rowOf), best };
  },
};

function truthOf(label: keyof typeof labels) {
  return ({ worth, stars }: Rating) => ({
    chance: sigmoid(worth - labels[label].worth),
    click: stars >= labels[label].stars ? (1 as const) : (0 as const),
  });
}

/** A power of a random number makes some genres frequent, and most films rather new. */
function filmOf(random: Random, id: number): Film {
  const genre = Math.floor(genres.length * random.next() ** 1.5);
  const other = random.integer(genres.length);
  const year = 1950 + Math.floor(49 * random.next() ** 0.5);
  const named = [...new Set([genres[genre]!, genres[other]!])];
  const title = `${named.join(" ")} ${id % 29} in ${year}`;
  const columns = { item_id: String(id), genre: genres[genre]!, genres: named, year, title };
  return { genre, year, quality: random.normal(), columns };
}

/** The ratings of one user in the order of time: half of them are of the user's two favourite genres. */
function ratingsOf(random: Random, user: number, films: readonly Film[]): readonly Rating[] {
  const about = {
    gender: random.next() < 0.3 ? ("F" as const) : ("M" as const),
    age: 15 + random.integer(50),
    occupation: `job${random.integer(12)}`,
  };
  const preferred = [random.integer(genres.length), random.integer(genres.length)];
  const own = films.filter(({ genre }) => preferred.includes(genre));
  const liked: { readonly film: Film; readonly session: number; readonly hour: number }[] = [];
  return Array.from({ length: RATINGS }, (_, before) => {
    const session = Math.floor(before / SESSION);
    const hour = PAUSE * session + HOURS * (before % SESSION);
    const pool = own.length > 0 && random.next() < 0.5 ? own : films;
    const item = pool[random.integer(pool.length)]!;
    const latest = liked.slice(-HISTORY);
    const matches = latest.filter(({ film }) => film.genre === item.genre).length;
    // Young users prefer new films.
    const taste = (45 - about.age) * (item.year - 1983) * 0.002;
    const worth = -0.9 + 1.3 * Math.log1p(matches) + 0.8 * item.quality + taste;
    const chance = random.next();
    const stars = 2 + Object.values(labels).filter((label) => chance < sigmoid(worth - label.worth)).length;
    if (stars >= labels.like.stars) liked.push({ film: item, session, hour });
    const past = latest.map(({ film }) => film);
    const sessions = latest.map((each) => session - each.session);
    const hours = latest.map((each) => Number((hour - each.hour).toFixed(2)));
    return { user, about, item, past, sessions, hours, worth, stars, before };
  });
}

function rowOf({
  user,
  about,
  item,
  past,
  sessions,
  hours,
  stars,
  before,
}: Rating): Readonly<Record<(typeof columns)[number], ShownCell>> {
  const has = (label: keyof typeof labels) => (stars >= labels[label].stars ? 1 : 0);
  return {
    ...{ user_id: String(user), ...about, ...item.columns },
    hist_item_id: past.map(({ columns }) => columns.item_id),
    hist_genre: past.map(({ columns }) => columns.genre),
    hist_session: sessions,
    hist_hours: hours,
    hist_title: past.map(({ columns }) => columns.title),
    ...{ fair: has("fair"), like: has("like"), love: has("love") },
    // Invented, as in examples/zoo/prepare.mjs.
    ...{ place: 1 + (before % 20), minutes: stars * 20 + (before % 7), waited: ((before * 7) % 24) / 8 },
    again: before % 3 === 0 ? null : Number(stars >= labels.like.stars && before % 2 === 0),
    page: `${user}-${Math.floor(before / 20)}`,
  };
}
