// Runs keep the hashes of their Graphs, and a checkpoint is gone on with only where its hash is that of the program: what is
// added to a Graph later does not change them.

import { expect, it } from "vitest";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { graphHash } from "../../runtime/run/graph-hash.ts";
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
