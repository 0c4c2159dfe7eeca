// Two modules of one model, in one process: node pair.mjs FOLDER FOLDER ROUNDS. Prints as JSON what a request
// took in each round, in milliseconds of processor time, which others on the machine disturb least.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { asColumns, requestsOf } from "./requests.mjs";

const [ours, theirs, rounds] = process.argv.slice(2);
const STEPS = 20;
/** Milliseconds before anything counts, and of each round. */
const WARM = 300;
const ROUND = 25;

const golden = JSON.parse(readFileSync(join(ours, "model.golden.json"), "utf8")).requests;
const rankers = [];
for (const folder of [ours, theirs]) {
  const { createRanker } = await import(pathToFileURL(join(folder, "model.js")).href);
  rankers.push(await createRanker({ weights: readFileSync(join(folder, "model.weights.bin")) }));
}

const found = [];
for (const candidates of [2, 200])
  for (const form of ["rows", "columns"]) {
    const requests = requestsOf(
      golden.map(({ request }) => request),
      candidates,
      STEPS,
    );
    const sides = rankers.map((ranker) => ({
      ranker,
      requests: form === "rows" ? requests : requests.map((request) => asColumns(ranker, request)),
    }));
    const counts = sides.map((side) => counted(side, WARM));
    // Both score equally many, so that what one leaves behind is the same for the other.
    const count = Math.max(1, Math.round((Math.min(...counts) * ROUND) / WARM));
    const times = [[], []];
    for (let round = 0; round < Number(rounds); round++)
      for (const i of round % 2 === 0 ? [0, 1] : [1, 0]) times[i].push(timed(sides[i], count) / count);
    found.push({ candidates, form, ours: times[0], theirs: times[1] });
  }
console.log(JSON.stringify(found));

/** The number of requests in so many milliseconds. */
function counted(side, milliseconds) {
  let [count, time] = [0, 0];
  for (; time < milliseconds; count += side.requests.length) time += timed(side, side.requests.length);
  return count;
}

function timed({ ranker, requests }, count) {
  const start = process.cpuUsage();
  for (let i = 0; i < count; i++) ranker.rank(requests[i % requests.length]);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
