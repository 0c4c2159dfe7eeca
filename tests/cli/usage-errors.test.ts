// A usage error words options as its surface does, and keeps a user's words as they are, whichever characters are in them.

import fc from "fast-check";
import { expect, test } from "vitest";
import { codeWords, option, shellWords, worded, wording } from "../../compiler/common/option-text.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { runHere } from "./run-here.ts";

/** Signs of private use among others: marks of options in texts were such signs once. */
const texts = fc
  .array(fc.constantFrom("\u{f0000}", "\u{f0001}", "\u{f0002}", "out", "newIds", "$&", "%s", "\0", "{0}"))
  .map((parts) => parts.join(""));

test("a user's words stay, beside options and as their values", () => {
  fc.assert(
    fc.property(texts, texts, (name, value) => {
      const error = new UsageError(
        wording`${option("newIds")} of ${name}: leave out ${option("set", value)}`,
      );
      expect(error.message).toBe(`newIds of ${name}: leave out set: ${value}`);
      expect(error.messageIn(shellWords)).toBe(`--new-ids of ${name}: leave out --set ${value}`);
      for (const words of [codeWords, shellWords]) expect(worded(name, words)).toBe(name);
      expect(new UsageError(name).messageIn(shellWords)).toBe(name);
    }),
  );
});

test("a mention in a text without `wording` reads as code does", () => {
  expect(`leave out ${option("rename", "old=new")}`).toBe("leave out rename: old=new");
});

test("of a command has what the user wrote", async () => {
  const code = "\u{f0000}out\u{f0001}x\u{f0002}";
  expect(await runHere(["explain", code])).toMatchObject({ code: 2, err: expect.stringContaining(code) });
});
