// What the compiler knows of PyTorch is so, and a process that is asked to end says one sentence, at whatever moment it is
// asked.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { moduleMembers } from "../../compiler/backends/torchrec/python.ts";
import { ran } from "./forks.ts";
import { MISSING, torchPython } from "./python.ts";

describe.skipIf(torchPython() === null)(`in Python (${MISSING})`, () => {
  test("an nn.Module has the members that no part of a network may be an attribute beside", async () => {
    expect(await ran(join(import.meta.dirname, "members.py"), null)).toEqual([...moduleMembers].sort());
  });

  test("a process that is asked to end while it ends says one sentence", async () => {
    const found = await ran(join(import.meta.dirname, "ending.py"), null);
    const sentence = expect.stringMatching(/^din\.train: [^\n]*--resume continues from it\n$/);
    expect(found).toEqual({
      "asked while it trains": { code: 1, said: sentence },
      "asked when another is lost": { code: 1, said: sentence },
      "asked while it tells": { code: 1, said: sentence },
      "asked by two": { code: 1, said: sentence },
      "not asked": { code: 0, said: "" },
    });
  });
});
