// Items that training never saw, with and without codes of their vectors: MovieLens 100k, divided by item.
//
//   node tests/experiments/semantic-ids.mjs     writes docs/experiments/semantic-ids.md
//
// MovieLens is read from MOVIELENS (default ../shared/data/movielens-100k).
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { train } from "../bench/dinc.mjs";
import { spread } from "../bench/statistics.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const data = resolve(root, process.env.MOVIELENS ?? "../shared/data/movielens-100k");
if (!existsSync(join(data, "ratings.csv"))) throw new Error(`no MovieLens in ${data}`);

const WIDTH = 64;
/** Words of fewer films are left out. */
const LEAST = 5;
const PARTS = 5;

/** What each model knows of a film besides its id: its features, and the vectors that meet the user's. */
const models = {
  "ids alone": { features: [], met: [] },
  "the vector itself": { features: [`content : vector(${WIDTH})`], met: ["dense(content, 16)"] },
  "codes(levels: 3, of: 32)": {
    features: [`content : vector(${WIDTH}) |> codes(levels: 3, of: 32)  embed 16`],
    met: ["content"],
  },
  "codes(levels: 3, of: 32, prefixes: 10_000)": {
    features: [`content : vector(${WIDTH}) |> codes(levels: 3, of: 32, prefixes: 10_000)  embed 16`],
    met: ["content"],
  },
  "codes(levels: 1, of: 64)": {
    features: [`content : vector(${WIDTH}) |> codes(levels: 1, of: 64)  embed 16`],
    met: ["content"],
  },
  "the vector and codes(levels: 3, of: 32)": {
    features: [
      `content : vector(${WIDTH})`,
      `coded : vector(${WIDTH}) |> codes(levels: 3, of: 32)  embed 16`,
    ],
    met: ["dense(content, 16)", "coded"],
  },
};

function specOf({ features, met }) {
  const items = ["item_id : id(min_count: 5)  embed 16", ...features];
  const each = met.map((text, i) => `  let m${i} = ${text}`);
  const names = met.map((_, i) => `m${i}`);
  const parts = ["user_id", "item_id", ...names, ...["item_id", ...names].map((name) => `user_id * ${name}`)];
  return `model cold
features user { user_id : id  embed 16 }
features item {
${items.map((text) => `  ${text}`).join("\n")}
}
label click : binary
net {
${each.join("\n")}
  predict click = concat(${parts.join(", ")}) |> mlp([32]) |> dense(1) |> sigmoid
}
train {
  loss binary_cross_entropy  optimizer adam(learning_rate: 1e-3)  regularize l2(tables: 1e-5)
  batch 256  epochs 12  stop early(patience: 2)  metrics auc, gauc(by: user_id), log_loss
}
`;
}

function table(name) {
  const [head, ...lines] = readFileSync(join(data, name), "utf8").trim().split("\n");
  const columns = head.split(",");
  return lines.map((line) => {
    const cells = line
      .match(/("([^"]*)"|[^,]*)(,|$)/g)
      .map((cell) => cell.replace(/,$/, "").replaceAll('"', ""));
    return Object.fromEntries(columns.map((column, i) => [column, cells[i]]));
  });
}

/** 32 bits of a text and a number. */
function hashOf(text, seed) {
  let hash = 0x811c9dc5 ^ seed;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

const STOP = new Set(["the", "a", "an", "of", "and", "in", "to", "on", "for", "at"]);

/** TF-IDF of a film's genres, title and decade, projected by random signs to length 1. */
function vectorsOf(films) {
  const words = new Map(
    films.map(({ item_id, movie_title, release_year, class: genres }) => {
      const title = movie_title.toLowerCase().match(/[a-z]+/g) ?? [];
      const decade = `decade ${Math.floor(Number(release_year) / 10)}`;
      const kinds = genres.split(" ").map((genre) => `genre ${genre}`);
      return [item_id, [...new Set([...title.filter((word) => !STOP.has(word)), ...kinds, decade])]];
    }),
  );
  const counts = new Map();
  for (const each of words.values()) for (const word of each) counts.set(word, (counts.get(word) ?? 0) + 1);
  return new Map(
    [...words].map(([item, each]) => {
      const vector = new Float64Array(WIDTH);
      for (const word of each) {
        if (counts.get(word) < LEAST) continue;
        const weight = Math.log(films.length / counts.get(word));
        for (let i = 0; i < WIDTH; i++) vector[i] += weight * (hashOf(word, i) % 2 === 0 ? 1 : -1);
      }
      const length = Math.hypot(...vector) || 1;
      return [item, Array.from(vector, (x) => (x / length).toFixed(4)).join("|")];
    }),
  );
}

const scratch = mkdtempSync(join(tmpdir(), "dinc-experiment-"));
try {
  const vectors = vectorsOf(table("movies.csv"));
  const ratings = table("ratings.csv").filter(({ item_id }) => vectors.has(item_id));
  const partOf = (item) => hashOf(item, 7) % PARTS;
  const results = new Map(Object.keys(models).map((name) => [name, []]));
  const rows = [];
  for (let part = 0; part < PARTS; part++) {
    const paths = {};
    const splits = { test: (p) => p === part, valid: (p) => p === (part + 1) % PARTS };
    splits.train = (p) => !splits.test(p) && !splits.valid(p);
    for (const [split, has] of Object.entries(splits)) {
      const own = ratings.filter(({ item_id }) => has(partOf(item_id)));
      const lines = own.map(({ user_id, item_id, rating }) => {
        const vector = vectors.get(item_id);
        return `${user_id},${item_id},${vector},${vector},${Number(rating) >= 4 ? 1 : 0}`;
      });
      paths[split] = join(scratch, `${split}${part}.csv`);
      writeFileSync(paths[split], `${["user_id,item_id,content,coded,click", ...lines].join("\n")}\n`);
      if (split === "test") rows.push(own.length);
    }
    for (const [name, model] of Object.entries(models)) {
      const spec = join(scratch, "cold.din");
      writeFileSync(spec, specOf(model));
      const set = Object.entries(paths).flatMap(([split, path]) => ["--set", `data.${split}=${path}`]);
      const { manifest, lines } = await train(root, [spec, ...set]);
      const found = lines.find(({ split, epoch }) => split === "test" && epoch === manifest.epoch);
      results.get(name).push(found);
      console.log(part, name, JSON.stringify(found));
    }
  }
  writeFileSync(join(root, "docs", "experiments", "semantic-ids.md"), page(results, rows));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function page(results, rows) {
  const plain = results.get("ids alone");
  const gain = (found) => spread(found.map(({ gauc }, part) => gauc - plain[part].gauc));
  return [
    "# Items that training never saw, and codes of their vectors",
    "",
    "Written by `node tests/experiments/semantic-ids.mjs`. MovieLens 100k is divided into five parts by film. Each part is measured once:",
    "a model is trained on the ratings of three of the others, and stops early by those of the fourth, whose films are as new to it. A",
    "rating of 4 or 5 is a click. Films that training never saw have the row of unknown ids.",
    "",
    `The vector of a film has ${WIDTH} numbers: TF-IDF of its genres, its decade and the words of its title that at least ${LEAST} films have,`,
    "projected by random signs, with length 1. No model of another kind made it. All models have a table of users and one of films, both",
    "16 wide, their product, and a network of one layer with 32 units. What a model makes of the vector is 16 wide, and is multiplied by the",
    "user's vector, too.",
    "",
    `Mean and standard deviation over the five parts, which have ${Math.min(...rows).toLocaleString("en-US")} to ${Math.max(...rows).toLocaleString("en-US")} ratings. GAUC is the AUC within a user,`,
    "which the user's own mean rating does not help. The last column is the difference of GAUC from *ids alone*, part by part.",
    "",
    "Measured on 2026-12-01: codes of three levels say as much about a new film as its vector, those of one level less, and both together",
    "most. Without either, all new films of a user have the same score.",
    "",
    "| | AUC | GAUC | log loss | GAUC more |",
    "|---|---|---|---|---|",
    ...[...results].map(([name, found]) => {
      const of = (metric) => spread(found.map((each) => each[metric]));
      const shown = name.startsWith("codes") ? `\`${name}\`` : name;
      return `| ${shown} | ${of("auc")} | ${of("gauc")} | ${of("log_loss")} | ${gain(found)} |`;
    }),
    "",
  ].join("\n");
}
