// Writes train.csv and test.csv for the specs of this folder: one row for each rating of MovieLens-100k, with
// what the user liked before. Without that data, rows of the same columns are made up.
//   node prepare.mjs [--movielens FOLDER] [--users N] [--out data]
// A film is fair with 3 stars or more, liked with 4 or 5 and loved with 5, so that who loves likes: labels
// for the models of several tasks.

import "../usage.mjs";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    movielens: { type: "string" },
    users: { type: "string", default: "1000" },
    out: { type: "string", default: "data" },
  },
});
const HISTORY = 20;
const TEST = 5;

const columns = [
  ...["user_id", "gender", "age", "occupation"],
  ...["item_id", "genre", "year", "genres", "title"],
];
const labels = ["fair", "like", "love"];
// What only training knows: where on the page a film stood, how many minutes it was watched, and how long, in
// days, it took to love it, or how long nobody has; whether it was seen again, of those who were asked; and the
// page itself, a user's twenty films. All are made up.
const trainingOnly = ["place", "minutes", "waited", "again", "page"];
const histories = ["hist_item_id", "hist_genre", "hist_session", "hist_hours", "hist_title"];
/** Who comes back after half an hour begins another session (DSIN's rule). */
const PAUSE = 30 * 60;

function table(name) {
  const [head, ...lines] = readFileSync(join(options.movielens, name), "utf8").trim().split(/\r?\n/);
  const names = head.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    // A title may hold commas: it is the second column, and the only one that can.
    while (cells.length > names.length) cells.splice(1, 2, `${cells[1]},${cells[2]}`);
    return Object.fromEntries(names.map((key, i) => [key, cells[i]]));
  });
}

function movielens() {
  const users = new Map(table("users.csv").map((user) => [user.user_id, user]));
  const films = new Map(table("movies.csv").map((film) => [film.item_id, film]));
  return table("ratings.csv").map(({ user_id, item_id, rating, timestamp }) => {
    const { gender, age, occupation } = users.get(user_id);
    const { release_year, class: genres, movie_title } = films.get(item_id);
    // One film's year is "V", which was taken from the end of "… (1995) (V)": a year that is not known.
    const year = /^\d{4}$/.test(release_year) ? release_year : "";
    const all = genres.split(" ").filter((genre) => genre !== "");
    return {
      ...{ user_id, gender, age, occupation, item_id, year },
      // A comma would end the cell, and a bar the step.
      title: movie_title.replace(/[,|"]/g, " "),
      ...{
        genre: all[0] ?? "unknown",
        genres: all.join("|"),
        stars: Number(rating),
        time: Number(timestamp),
      },
    };
  });
}

/** Ratings by people who have a taste: each likes two of six genres. */
function madeUp() {
  let state = 2026;
  const draw = (n) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * n);
  };
  const genres = ["Action", "Comedy", "Drama", "Horror", "Romance", "Thriller"];
  const ratings = [];
  for (let user = 1; user <= 200; user++) {
    const taste = [draw(6), draw(6)];
    const about = {
      gender: draw(2) === 0 ? "M" : "F",
      age: String(18 + draw(50)),
      occupation: `job${draw(10)}`,
    };
    for (let time = 0; time < 30; time++) {
      const film = draw(300);
      const stars = Math.min(5, 1 + draw(3) + (taste.includes(film % 6) ? 2 : 0));
      const genre = genres[film % 6];
      const year = String(1970 + (film % 29));
      ratings.push({
        user_id: String(user),
        ...about,
        item_id: String(film + 1),
        genre,
        genres: genre,
        year,
        title: `${genre} ${film % 29} in ${year}`,
        stars,
        time: time * 600 + Math.floor(time / 4) * 3600,
      });
    }
  }
  return ratings;
}

/** Of each film its session, 0 for the latest, 1 for the one before. */
function sessionsOf(past) {
  const sessions = [];
  for (let i = past.length - 1; i >= 0; i--) {
    const later = past[i + 1];
    const begins = later !== undefined && later.time - past[i].time > PAUSE;
    sessions.unshift(later === undefined ? 0 : sessions[0] + (begins ? 1 : 0));
  }
  return sessions;
}

const ratings = options.movielens === undefined ? madeUp() : movielens();
const byUser = Map.groupBy?.(ratings, (row) => row.user_id) ?? new Map();
if (byUser.size === 0)
  for (const row of ratings) byUser.set(row.user_id, [...(byUser.get(row.user_id) ?? []), row]);

const lines = { train: [], test: [] };
for (const [, rated] of [...byUser].slice(0, Number(options.users))) {
  rated.sort((a, b) => a.time - b.time);
  const liked = [];
  rated.forEach((row, i) => {
    const past = liked.slice(-HISTORY);
    const cells = [
      ...columns.map((name) => row[name]),
      ...[row.stars >= 3, row.stars >= 4, row.stars === 5].map(Number),
      past.map((film) => film.item_id).join("|"),
      past.map((film) => film.genre).join("|"),
      sessionsOf(past).join("|"),
      // How long ago that was.
      past.map((film) => Math.round((row.time - film.time) / 36) / 100).join("|"),
      past.map((film) => film.title).join("|"),
      ...[1 + (i % 20), row.stars * 20 + (i % 7), ((i * 7) % 24) / 8],
      i % 3 === 0 ? "" : Number(row.stars >= 4 && i % 2 === 0),
      `${row.user_id}-${Math.floor(i / 20)}`,
    ];
    lines[i < rated.length - TEST ? "train" : "test"].push(cells.join(","));
    if (row.stars >= 4) liked.push(row);
  });
}
mkdirSync(options.out, { recursive: true });
for (const [split, rows] of Object.entries(lines)) {
  const head = [...columns, ...labels, ...histories, ...trainingOnly].join(",");
  writeFileSync(join(options.out, `${split}.csv`), `${[head, ...rows].join("\n")}\n`);
  console.log(`${split}.csv: ${rows.length} rows`);
}
