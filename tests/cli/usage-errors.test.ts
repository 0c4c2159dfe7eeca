// Usage errors and diagnostics word options as their surface does, and keep a user's words as they are, whichever characters are in
// them.

import fc from "fast-check";
import { expect, test } from "vitest";
import { codeWords, option, options, worded, wording } from "../../compiler/common/option-text.ts";
import { shellWord } from "../../compiler/common/shell.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { outputExists } from "../../compiler/diagnostics/catalog/run.ts";
import {
  diagnose,
  messageOf,
  noLocation,
  withTexts,
  wordedFor,
} from "../../compiler/diagnostics/diagnostic.ts";
import { shellWords } from "../../runtime/cli/shell-words.ts";
import { runHere } from "./run-here.ts";

/** Signs of private use among others: marks of options in texts were such signs once. */
const texts = fc
  .array(fc.constantFrom("\u{f0000}", "\u{f0001}", "\u{f0002}", "out", "newIds", "$&", "%s", "\0", "{0}"))
  .map((parts) => parts.join(""));

test("a user's words stay, beside options and as their values", () => {
  fc.assert(
    fc.property(texts, texts, (name, value) => {
      const error = new UsageError(
        wording`${option("onBadRow")} of ${name}: leave out ${option("out", value)}`,
      );
      expect(error.message).toBe(`\`onBadRow\` of ${name}: leave out \`out: ${JSON.stringify(value)}\``);
      expect(worded(error.wording, shellWords)).toBe(
        `--on-bad-row of ${name}: leave out --out ${shellWord(value)}`,
      );
      for (const words of [codeWords, shellWords]) expect(worded(name, words)).toBe(name);
      expect(new UsageError(name).wording).toBe(name);
    }),
  );
});

test.each([
  [option("rename", "old=new"), '`rename: { "old": "new" }`', "--rename old=new"],
  [option("set", "train.epochs=3"), '`set: ["train.epochs=3"]`', "--set train.epochs=3"],
  [option("target", ["ts", "two-tower"]), '`target: "ts" or "two-tower"`', "--target ts or two-tower"],
  [option("evict.unseenDays"), "`evict.unseenDays`", "--evict-unseen"],
  [option("config", "dinc.yaml"), '`config: "dinc.yaml"`', "-c dinc.yaml"],
  [option("out", "-o"), '`out: "-o"`', "--out=-o"],
  [options({ force: true, reduction: 1 }), "`force: true, reduction: 1`", "--force --reduction 1"],
  [wording`\`${option("force", true)}\``, "`force: true`", "`--force`"],
])("%s in code and in a shell", (text, inCode, inShell) => {
  expect(worded(text, codeWords)).toBe(inCode);
  expect(`${text}`).toBe(inCode);
  expect(worded(text, shellWords)).toBe(inShell);
});

test("a diagnostic has both, also after a thread sent it", () => {
  const diagnostic = diagnose(outputExists, { path: "run" }, noLocation);
  expect(diagnostic.help).toBe("name another `out`, or replace it with `force: true`");
  const message = wording`${messageOf(diagnostic)}; see ${option("onBadRow")}`;
  const changed = withTexts(structuredClone(diagnostic), { message });
  expect(changed.message).toBe("run already holds a complete run; see `onBadRow`");
  expect(wordedFor(structuredClone(changed), shellWords)).toMatchObject({
    message: "run already holds a complete run; see --on-bad-row",
    help: "name another --out, or replace it with --force",
  });
});

test("of a command has what the user wrote", async () => {
  const code = "\u{f0000}out\u{f0001}x\u{f0002}";
  expect(await runHere(["explain", code])).toMatchObject({ code: 2, err: expect.stringContaining(code) });
});
