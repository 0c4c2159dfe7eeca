// A project to search in: rows whose clicks a network can learn, a spec with params, and a variant that reads
// other features.

import { writeFileSync } from "node:fs";
import { join } from "node:path";

export const SPEC = `model shop

param rate  = 1e-3
param units = [8]

features user { user_id : id }
features item {
  item_id : id  embed 4
  price   : number |> standardize
}
history clicks(max: 4) { item_id <-> clicked }
label click : binary

net {
  predict click = concat(item_id, price, mean(clicks)) |> mlp(units, relu) |> dense(1) |> sigmoid
}

train { batch 32  epochs 4  optimizer adam(learning_rate: rate)  metrics auc, gauc(by: user_id), log_loss }

variant cheap from shop {
  net { predict click = item_id |> mlp(units, relu) |> dense(1) |> sigmoid }
}
`;

export function writeProject(folder: string, spec = SPEC): void {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const line = (i: number) => {
    const item = (i * i + 3 * i) % 17;
    const clicked = item < 8 !== (i % 6 === 0) ? 1 : 0;
    return `u${i % 23},i${item},${(item * 7) % 5}.5,i${(item + 1) % 17}|i${(i * 5) % 17},${clicked}`;
  };
  const rows = (count: number, from: number) =>
    `user_id,item_id,price,clicked,click\n${Array.from({ length: count }, (_, i) => `${line(from + i)}\n`).join("")}`;
  write("model.din", spec);
  write("train.csv", rows(400, 0));
  write("valid.csv", rows(120, 1000));
  write("test.csv", rows(130, 3000));
  write(
    "dinc.yaml",
    `spec: model.din
tune:
  rate: log(1e-3..1e-1)
  units: choice([4], [8], [16, 8])
data: { train: train.csv, valid: valid.csv, test: test.csv }
`,
  );
}
