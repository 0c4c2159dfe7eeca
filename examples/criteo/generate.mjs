// Writes made-up rows in the format of Criteo's display advertising data, with a line of names above them:
// label, I1 to I13, C1 to C26, tabs between. Numbers have long tails and gaps, ids are eight digits of base
// 16, some of them rare. Plain Node, no package.
//   node generate.mjs [--rows 4000] [--out data]

import "../usage.mjs";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: { rows: { type: "string", default: "4000" }, out: { type: "string", default: "data" } },
});
const rows = Number(options.rows);

let state = 2026;
function random() {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return state / 0x80000000;
}

const hash = (text) => {
  let h = 2166136261;
  for (const sign of text) h = Math.imul(h ^ sign.codePointAt(0), 16777619);
  return (h >>> 0).toString(16).padStart(8, "0");
};
/** How much an id or a number draws clicks, the same whenever it comes. */
const pull = (text) => (Number.parseInt(hash(`pull ${text}`), 16) / 2 ** 32 - 0.5) * 2;

function line() {
  let logit = -1.4;
  const numbers = Array.from({ length: 13 }, (_, i) => {
    if (random() < 0.1) return "";
    const value = Math.floor(Math.exp(random() ** 2 * (5 + (i % 5)))) - 1;
    logit += 0.15 * pull(`I${i}`) * Math.log1p(value);
    return String(value);
  });
  const ids = Array.from({ length: 26 }, (_, c) => {
    if (random() < 0.05) return "";
    const id = Math.floor(random() ** 2 * (3 + 9 * c));
    logit += 0.5 * pull(`C${c} ${id}`);
    return hash(`C${c} ${id}`);
  });
  const label = random() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
  return [label, ...numbers, ...ids].join("\t");
}

const name = (letter) => (_, i) => `${letter}${i + 1}`;
const head = [
  "label",
  ...Array.from({ length: 13 }, name("I")),
  ...Array.from({ length: 26 }, name("C")),
].join("\t");
const all = Array.from({ length: rows }, line);
const test = Math.floor(rows / 5);
mkdirSync(options.out, { recursive: true });
writeFileSync(join(options.out, "train.tsv"), `${[head, ...all.slice(test)].join("\n")}\n`);
writeFileSync(join(options.out, "test.tsv"), `${[head, ...all.slice(0, test)].join("\n")}\n`);
