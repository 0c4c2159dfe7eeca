// A hash of all that a step may change: weights, and the rows of tables with what the optimizer keeps of them.
import { createHash } from "node:crypto";

export function hashOf(session) {
  const hash = createHash("sha256");
  for (const [name, values] of [...session.read()].toSorted()) hash.update(name).update(values);
  for (const [name, { values, slots }] of session.holds)
    for (const array of [values, ...slots]) hash.update(name).update(array.slice());
  return hash.digest("hex");
}
