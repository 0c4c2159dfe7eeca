// Whatever one document does to the checker, the others keep their diagnostics, and requests are answered.

import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Diagnostic } from "vscode-languageserver/node";
import { startSession } from "./session.ts";

const GOOD = `model small
features user { user_id : id  embed 4 }
features item { item_id : id  embed 8 }
label click : binary
net { predict click = concat(user_id, item_id) |> dense(1) |> sigmoid }
`;
const WRONG = GOOD.replace("item_id)", "item_ids)");

const hook = fileURLToPath(new URL("hostile-hook.mjs", import.meta.url));
const codes = (found: readonly Diagnostic[]) => found.map(({ code }) => code);

test.each([
  ["endless.din", "took more than 8 seconds"],
  ["greedy.din", "took more than 64 MB of memory"],
  ["ends.din", "a bug in dinc"],
  ["deep.din", "a bug in dinc"],
])("%s", async (name, reason) => {
  const session = await startSession({}, [], {
    arguments: ["--import", hook],
    limits: { milliseconds: 8000, megabytes: 64 },
  });
  await session.open("before.din", WRONG);
  await session.open(name, GOOD);
  await session.open("after.din", WRONG);
  const left = await session.diagnostics(name, (found) => codes(found).includes("DIN0450"));
  expect(left).toHaveLength(1);
  expect(left[0]?.message).toContain(reason);
  expect(left[0]?.range.start).toEqual({ line: 0, character: 0 });
  for (const other of ["before.din", "after.din"])
    await session.diagnostics(other, (found) => codes(found).includes("DIN0260"));
  // What is asked of it has an answer, though not by the checker; the others are as always.
  const hover = (of: string) =>
    session.connection.sendRequest("textDocument/hover", {
      textDocument: { uri: session.uri(of) },
      position: { line: 4, character: 30 },
    });
  await hover(name);
  expect(JSON.stringify(await hover("before.din"))).toContain("user_id");
  // Another change elsewhere does not try it again, and is answered.
  await session.change("after.din", GOOD);
  await session.diagnostics("after.din", (found) => !codes(found).includes("DIN0260"));
  // Its own does: here it ends as before, and the one that is closed has nothing more said of it.
  await session.change(name, WRONG);
  await session.change("before.din", GOOD);
  await session.diagnostics("before.din", (found) => !codes(found).includes("DIN0260"));
  await session.diagnostics(name, (found) => codes(found).includes("DIN0450"));
  expect(await session.close()).toBe(0);
});
