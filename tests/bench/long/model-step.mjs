// One process of `long`'s models: `node model-step.mjs ROOT MODEL STEPS ROWS COUNT` trains a model of the zoo on rows whose
// histories are full, and prints the processor time of a sample and the most memory.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { built, checked, count, name, printMeasured, random, root, rows, steps } from "./given.mjs";

const { openTraining } = await built("compiler/train/index.js");

// HSTU and TransAct append the candidate.
const own = name === "sasrec" ? steps : steps - 1;
const spec = readFileSync(join(root, `examples/zoo/${name}.din`), "utf8")
  .replace("max: 20", `max: ${own}`)
  .replace("most: 21", `most: ${steps}`)
  .replace(/\n?$/, `\ntrain { batch ${rows}  epochs ${count + 1}  optimizer adam }\n`);
const model = checked(spec);
const each = (make) => Array.from({ length: rows }, make);
const one = (letter, of) => `${letter}${random.integer(of)}`;
const list = (letter, of) => each(() => Array.from({ length: own }, () => one(letter, of)));
const train = {
  user_id: each(() => "u"),
  gender: each(() => "M"),
  age: each(() => 30),
  occupation: each(() => "o"),
  item_id: each(() => one("i", 1000)),
  genre: each(() => one("g", 20)),
  hist_item_id: list("i", 1000),
  hist_genre: list("g", 20),
  like: each((_, i) => i % 2),
};
const training = await openTraining(model, { train });
await printMeasured(() => training.step());
