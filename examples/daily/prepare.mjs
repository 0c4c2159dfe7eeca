// Writes rows.csv for this folder: one row for each rating of MovieLens-100k in the order of time, with what
// the user liked strictly before it, and when it was. Without that data, rows of the same columns are made
// up.
//   node prepare.mjs [--movielens FOLDER] [--out data]

import "../usage.mjs";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: { movielens: { type: "string" }, out: { type: "string", default: "data" } },
});
const HISTORY = 20;

function movielens() {
  const lines = (name) => readFileSync(join(options.movielens, name), "utf8").trim().split(/\r?\n/).slice(1);
  // A title may hold commas; the genres come last.
  const genres = new Map(
    lines("movies.csv").map((line) => [
      line.split(",")[0],
      line.split(",").at(-1).split(" ")[0] || "unknown",
    ]),
  );
  return lines("ratings.csv").map((line) => {
    const [user, film, stars, time] = line.split(",");
    return { user, film, genre: genres.get(film), stars: Number(stars), time: Number(time) };
  });
}

/** Ratings of 12 days from 2026-11-01 on; users and films come in day by day. */
function madeUp() {
  let state = 2026;
  const draw = (n) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * n);
  };
  return Array.from({ length: 6000 }, (_, i) => {
    const day = Math.floor(i / 500);
    const user = draw(60 + 5 * day);
    const film = draw(120 + 10 * day);
    const stars = Math.min(5, 1 + draw(3) + (film % 6 === user % 6 ? 2 : 0));
    const time = Date.UTC(2026, 10, 1) / 1000 + day * 86_400 + (i % 500) * 170;
    return { user: `u${user}`, film: `f${film}`, genre: `g${film % 6}`, stars, time };
  });
}

const ratings = options.movielens === undefined ? madeUp() : movielens();
ratings.sort((a, b) => a.time - b.time);
const liked = new Map();
const rows = ratings.map(({ user, film, genre, stars, time }) => {
  const before = (liked.get(user) ?? []).filter((each) => each.time < time).slice(-HISTORY);
  if (stars >= 4) liked.set(user, [...(liked.get(user) ?? []), { film, genre, time }]);
  const steps = (of) => before.map((each) => each[of]).join("|");
  return [user, film, genre, steps("film"), steps("genre"), Number(stars >= 4), time].join(",");
});
mkdirSync(options.out, { recursive: true });
const head = "user_id,item_id,genre,hist_item_id,hist_genre,like,time";
writeFileSync(join(options.out, "rows.csv"), `${[head, ...rows].join("\n")}\n`);
console.log(`${options.out}/rows.csv: ${rows.length} rows`);
