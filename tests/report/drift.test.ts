// The page of `dinc test-data --report`: what it says of each column, and that a name or a value is never markup.

import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { driftReport } from "../../runtime/report/drift-report.ts";
import { driftColumns, driftHtml } from "./drift-sample.ts";

test("has a line for each column, a figure for each that can be compared, and failed checks first", () => {
  const { document } = parseHTML(driftHtml("price"));
  const texts = (selector: string) =>
    [...document.querySelectorAll(selector)].map((each) => each.textContent);
  expect(texts("#columns tbody td:first-child")).toEqual(["price", "item_id", "same", "added"]);
  expect(texts("#checks tbody tr").map((row) => row!.includes("failed"))).toEqual([true, false]);
  expect(texts("#checks p")).toEqual(["1 of 2 checks failed."]);
  const [price, item, same] = driftColumns("price");
  expect(price!.psi).toBeGreaterThan(item!.psi!);
  expect(texts("h3")).toEqual([
    `price: numbers, PSI ${price!.psi!.toFixed(3)}`,
    `item_id: ids, PSI ${item!.psi!.toFixed(3)}`,
    `same: numbers, PSI ${same!.psi!.toFixed(3)}`,
  ]);
});

test("says to a screen reader what the bars show: shares of all values, the missing ones among them", () => {
  const { document } = parseHTML(driftHtml("price"));
  const [price, item] = [...document.querySelectorAll("svg")].map((svg) => svg.getAttribute("aria-label")!);
  // 12 of 114 are missing now, 60 are above the last bound.
  expect(price).toContain("above 100000 16.67 % and 52.63 %");
  expect(price).toContain("missing 0 % and 10.53 %");
  // 25 of 278.
  expect(item).toContain("new 0 % and 8.993 %");
});

test("values that are alike once they are cut stay apart", () => {
  const long = "a_value_that_is_longer_than_a_bin";
  const { document } = parseHTML(driftHtml(long));
  const item = [...document.querySelectorAll("svg")]
    .map((svg) => svg.getAttribute("aria-label")!)
    .find((label) => label.startsWith("item_id"))!;
  expect(item).toContain("a_value_that_… ");
  expect(item).toContain("a_value_that_… (2) ");
});

test("nothing that is inserted becomes markup, and nothing is loaded", () => {
  const html = driftHtml('</script><img src=x onerror="alert(1)">');
  const { document } = parseHTML(html);
  const elements = [...document.querySelectorAll("*")].map(({ tagName }) => tagName.toLowerCase());
  expect(elements.filter((name) => /^(script|img|iframe|object|link|a)$/.test(name))).toEqual([]);
  expect(html).not.toMatch(/(src|href)=["']?(https?:|\/\/)|url\((?!#)|@import/);
});

test("of very many columns the sixty that changed most have a figure", () => {
  const [column] = driftColumns("x");
  const columns = Array.from({ length: 65 }, (_, i) => ({ ...column!, column: `c${i}`, psi: i / 100 }));
  const { document } = parseHTML(driftReport({ model: "many", facts: [], columns, checks: [] }));
  const titles = [...document.querySelectorAll("h3")].map(({ textContent }) => textContent!);
  expect([titles.length, titles[0]]).toEqual([60, "c64: numbers, PSI 0.640"]);
  expect(document.querySelector("#histograms > p")!.textContent).toMatch(
    /^5 more columns, which changed less/,
  );
  expect(document.querySelector("#checks p")!.textContent).toMatch(/^No conditions are set/);
});
