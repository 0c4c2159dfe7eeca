// Runs keep the hashes of their Graphs, and a checkpoint is gone on with only where its hash is that of the program: what is
// added to a Graph later does not change them.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { graphHash } from "../../compiler/middle/builder/graph-hash.ts";
import { definitionIn } from "../../compiler/middle/graph/define-op.ts";
import { ops } from "../../compiler/middle/ops/registry.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { modelOf } from "../data/models.ts";

/** With an input of each role. */
const model = modelOf(`model kept
features user {
  user_id : id  embed 2
  tags    : set(id, max: 3)  embed 2
}
features item { item_id : id  embed 2 }
history clicks(max: 3) { item_id <-> hist_item_id }
label click : binary
net {
  let seen      = gru(clicks, 2) |> dropout(0.2)
  let next      = after_first(seen)
  predict click = concat(user_id, tags, item_id, sum(seen)) |> dense(1) |> sigmoid
  loss told(weight: 0.1) = sum(log_loss(dot(before_last(seen), shuffled(next)), 0))
}
train { loss binary_cross_entropy  optimizer sgd(learning_rate: 0.1)  batch 4  epochs 1 }
`);

it("is what it was when the first runs kept it", () => {
  const { step, predict } = trainingProgram(lower(model), model);
  expect(graphHash(step)).toBe("aa95b3dd50804e332c272be31bc0289324e75a4f6cadc73820325e880ac8b943");
  expect(graphHash(predict)).toBe("8f92d6d4ec337dfaa096e7373976179c7bf73a313803febed2ed806ec43e2a78");
});

it.each([
  [
    "afm",
    "5bf278fe737cca80c4cdc39945975df4645b1cb71241c0398ea29112208505b8",
    "85d162fff5849738572f8beaee120f5077d6d3d1efc875adf7521faabc198b2f",
  ],
  [
    "bst",
    "22b8640aa39ddcd7ea74f3d00bbc293cd677e5b149d738148c525bb200ce2b48",
    "45582640287b899ecd386075121056a1e38b5399bcb1376264c81f6357775c13",
  ],
])("%s: ops that were renamed since are hashed by the names that they had", (name, step, predict) => {
  const model = modelOf(readFileSync(new URL(`../../examples/zoo/${name}.din`, import.meta.url), "utf8"));
  const program = trainingProgram(lower(model), model);
  expect(graphHash(program.step)).toBe(step);
  expect(graphHash(program.predict)).toBe(predict);
  // An op of a later name is in it, so that the old one counts.
  expect(program.step.nodes.some(({ op }) => definitionIn(ops, op).hashedAs !== undefined)).toBe(true);
});
