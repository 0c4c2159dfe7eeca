// What the playground shares as text, and its addresses.

import { expect, test } from "vitest";
import { exampleAddress, lessonAddress, readAddress } from "../../playground/page/address.ts";
import { issueAddress, issueOf, issueText, markdownOf } from "../../playground/page/shared.ts";

const shared = { spec: "model small\n", seed: 7, version: "0.1.0", link: "https://example.org/#v1.AAA" };

test("a spec as Markdown, with the link that opens it", () => {
  expect(markdownOf(shared)).toBe(
    "```din\nmodel small\n```\n\n[Open it in the playground](https://example.org/#v1.AAA) (dinc 0.1.0, seed 7)\n",
  );
});

test("a spec whose comment has a fence is in a longer one", () => {
  const spec = "/// as in\n/// ````\n/// a\n/// ````\nmodel small\n";
  expect(markdownOf({ ...shared, spec })).toMatch(/^`{5}din\n[\s\S]*\n`{5}\n\n\[Open/);
});

const where = {
  tab: "rank",
  browser: "A browser 1.0, 2 threads, with shared memory",
  mistakes: ["line 3: `x` is not known", "worker failed"],
  training: "reading the rows",
};

test("an issue says what happened, where, and how to repeat it", () => {
  const text = issueText(issueOf(shared, where));
  expect(text).toMatch(/^# Playground, small: line 3: `x` is not known\n/);
  expect(text).toContain("What I did and what I expected");
  const told = [
    "- worker failed",
    "dinc 0.1.0, seed 7, tab rank",
    shared.link,
    where.browser,
    where.training,
  ];
  for (const words of [...told, "```din\nmodel small\n```"]) expect(text).toContain(words);
});

test.each(["https://github.com/somebody/dinc/issues", "https://github.com/somebody/dinc/issues/"])(
  "one is begun in %s",
  (issues) => {
    const issue = issueOf(shared, where);
    const address = new URL(issueAddress(issues, issue));
    expect(address.origin + address.pathname).toBe("https://github.com/somebody/dinc/issues/new");
    expect(Object.fromEntries(address.searchParams)).toEqual(issue);
  },
);

test("one with a spec that no address holds asks for it", () => {
  const long = issueOf({ ...shared, spec: "a".repeat(9000) }, where);
  const address = issueAddress("https://github.com/somebody/dinc/issues", long);
  expect(address.length).toBeLessThan(8000);
  expect(new URL(address).searchParams.get("body")).toContain("paste the issue");
});

test("addresses are read as they are made", () => {
  expect(readAddress(lessonAddress("dice", ["model", "features"]))).toEqual({
    kind: "lesson",
    name: "dice",
    done: ["model", "features"],
  });
  expect(readAddress(lessonAddress("dice", []))).toEqual({ kind: "lesson", name: "dice", done: [] });
  expect(readAddress(exampleAddress("dcn_v2"))).toEqual({ kind: "example", name: "dcn_v2" });
  expect(readAddress("#lesson")).toEqual({ kind: "lesson", name: "", done: [] });
  for (const hash of ["", "#", "#train", "#v1.AAA"]) expect(readAddress(hash)).toEqual({ kind: "other" });
});

test("an address from anywhere holds names alone", () => {
  expect(readAddress("#example/<img src=x>")).toEqual({ kind: "example", name: "imgsrcx" });
});
