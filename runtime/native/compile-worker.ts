// A process that makes one library: it reads a LibraryOrder and writes a LibraryOutcome. It may outlive the training that started
// it, so that the next one finds the library.

import { readFileSync, writeSync } from "node:fs";
import { type LibraryOrder, makeLibrary } from "./make-library.ts";

const order = JSON.parse(readFileSync(0, "utf8")) as LibraryOrder;
const made = makeLibrary(order);
try {
  writeSync(1, JSON.stringify(made));
} catch {
  // The training has ended.
}
// Programs that the compiler started, which a compiler that was stopped leaves behind, are of this process's group.
if ("missing" in made) process.kill(0, "SIGKILL");
