// Patches of weights over ten days, on MovieLens-100k and on Amazon Beauty: how large each is beside the file, and how long
// requests take while a server is patched. MOVIELENS and BEAUTY name the folders (default: those in ../shared/data).
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { compile, diffWeights, train, trainEach } from "dinc/node";
import { beautyIn } from "./dinc.mjs";
import { patchedServer } from "./serve/patched.mjs";
import { shown } from "./statistics.mjs";

const DAYS = 10;
const DAY = 86_400_000;
/** The reviews of a day of Beauty, each with one item that its user never reviewed. */
const REVIEWS = 300;
const STEPS = 50;

export async function patches(root, { small = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  try {
    const sets = [movielens(root, join(folder, "movielens"), small)];
    if (!small && existsSync(join(beautyIn(root), "interactions.csv")))
      sets.push(beauty(root, join(folder, "beauty")));
    const lines = [];
    let served;
    for (const set of sets) {
      const days = await trained(set, small ? 2 : DAYS);
      lines.push(...(await measured(set, days)));
      served = { ...set, days };
    }
    return [
      "## patches",
      "",
      `Patch ÷ weights file of \`dinc weights diff\` over ${DAYS} days, each trained \`--from\` the day before. \`model.weights.bin\` has the vocabularies`,
      "and golden requests, too; their part is in the patch. Numbers that changed are shares of all numbers; the layers' share is",
      `that of the file's bytes. A day of Beauty, whose reviews have no times, is the last review of ${REVIEWS} users drawn at random, with as many`,
      "items that they never reviewed; the first training has all other reviews.",
      "",
      "| | file, KB | patch ÷ file | with 16-bit deltas | numbers that changed | layers' share of the file |",
      "|---|---|---|---|---|---|",
      ...lines,
      "",
      ...(await patchedServer(root, folder, served, small)),
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs of the days, the one before the first day first. */
async function trained({ folder, config, since }, count) {
  const name = (i) => new Date(Date.parse(since) + i * DAY).toISOString().slice(0, 10);
  const set = (from, until) => [`data.dir=${folder}`, `data.since=${from}`, `data.until=${until}`];
  const asked = { config, force: true };
  const base = await train(null, { ...asked, set: set("1990-01-01", since), out: join(folder, "base") });
  const { periods } = await trainEach(null, {
    ...asked,
    ...{ each: "day", complete: true, from: base.folder, out: join(folder, "days") },
    set: set(since, name(count)),
  });
  return [base.folder, ...periods.map((day) => join(folder, "days", day.name))];
}

async function measured({ name, folder }, runs) {
  const [sizes, exact, small, numbers, layers] = [[], [], [], [], []];
  const files = [];
  for (const [i, run] of runs.entries()) {
    files.push(join(folder, `${i}.weights.bin`));
    const { files: own } = await compile(run);
    writeFileSync(files[i], own.get("model.weights.bin"));
    if (i === 0) continue;
    const { bytes, fileBytes, changed } = await diffWeights(files[i - 1], files[i]);
    const near = await diffWeights(files[i - 1], files[i], { deltas: "16-bit" });
    const tensors = headerOf(files[i]).tensors;
    const sum = (list, key) => list.reduce((total, each) => total + each[key], 0);
    sizes.push(fileBytes / 1000);
    exact.push(bytes.length / fileBytes);
    small.push(near.bytes.length / fileBytes);
    numbers.push(sum(changed, "changed") / sum(tensors, "length"));
    const ofLayers = tensors.filter((tensor) => !tensor.name.startsWith("table."));
    layers.push((4 * sum(ofLayers, "length")) / fileBytes);
  }
  const cells = [shown(sizes), ...[exact, small, numbers, layers].map((each) => shown(each, 3))];
  return [`| ${name} | ${cells.join(" | ")} |`];
}

function headerOf(path) {
  const bytes = readFileSync(path);
  return JSON.parse(bytes.subarray(24, 24 + bytes.readUInt32LE(12)));
}

/** The rows and the model of examples/daily; made-up rows if `small`. */
function movielens(root, folder, small) {
  const example = join(root, "examples", "daily");
  const data = resolve(root, process.env.MOVIELENS ?? "../shared/data/movielens-100k");
  const isThere = !small && existsSync(join(data, "ratings.csv"));
  const from = isThere ? ["--movielens", data] : [];
  execFileSync(process.execPath, [join(example, "prepare.mjs"), ...from, "--out", folder], {
    stdio: "ignore",
  });
  const since = isThere ? "1998-03-01" : "2026-11-03";
  return {
    name: isThere ? "MovieLens-100k, DIN of examples/daily" : "made-up rows",
    folder,
    config: join(example, "dinc.yaml"),
    since,
  };
}

/** Rows with a time from the reviews of Beauty, and the model of examples/amazon-beauty. */
function beauty(root, folder) {
  const lines = (name) =>
    readFileSync(join(beautyIn(root), name), "utf8")
      .trim()
      .split(/\r?\n/)
      .slice(1);
  const categories = new Map(lines("items.csv").map((line) => line.split(",").slice(0, 2)));
  const items = [...categories.keys()];
  const users = new Map();
  for (const line of lines("interactions.csv")) {
    const [user, item] = line.split(",");
    users.set(user, [...(users.get(user) ?? []), item]);
  }
  let state = 2026;
  const draw = (n) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const days = new Map();
  const names = [...users.keys()];
  while (days.size < DAYS * REVIEWS) {
    const user = names[draw(names.length)];
    if (!days.has(user)) days.set(user, Math.floor(days.size / REVIEWS));
  }
  const since = "2026-11-01";
  const rows = [];
  for (const [user, reviewed] of users) {
    const seen = new Set(reviewed);
    for (let step = 1; step < reviewed.length; step++) {
      const before = reviewed.slice(Math.max(0, step - STEPS), step);
      const day = step === reviewed.length - 1 ? (days.get(user) ?? -1) : -1;
      const time = Date.parse(since) / 1000 + 86_400 * day + 1000;
      let other = items[draw(items.length)];
      while (seen.has(other)) other = items[draw(items.length)];
      for (const [item, click] of [
        [reviewed[step], 1],
        [other, 0],
      ])
        rows.push({
          time,
          text: [
            ...[user, item, categories.get(item), before.join("|")],
            ...[before.map((each) => categories.get(each)).join("|"), click, time],
          ].join(","),
        });
    }
  }
  // A log is in the order of its times.
  rows.sort((a, b) => a.time - b.time);
  mkdirSync(folder, { recursive: true });
  const head = "user_id,item_id,cate_id,hist_item_id,hist_cate_id,click,time";
  writeFileSync(join(folder, "rows.csv"), `${[head, ...rows.map(({ text }) => text)].join("\n")}\n`);
  const config = join(folder, "dinc.yaml");
  const spec = join(root, "examples", "amazon-beauty", "din.din");
  writeFileSync(config, `spec: ${spec}\ndata:\n  dir: ${folder}\n  train: rows.csv\n  time: time\n`);
  return { name: "Amazon Beauty, DIN of examples/amazon-beauty", folder, config, since };
}
