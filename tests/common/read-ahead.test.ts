// Items that are read before they are wanted: in order, not too many, errors in their place.

import { expect, test } from "vitest";
import { readAhead } from "../../compiler/common/read-ahead.ts";

async function* counting(read: number[], failsAt = Number.POSITIVE_INFINITY) {
  try {
    for (let i = 0; i < 6; i++) {
      if (i === failsAt) throw new Error(`no item ${i}`);
      read.push(i);
      yield i;
    }
  } finally {
    read.push(-1);
  }
}

const turns = () => new Promise((resolve) => setTimeout(resolve));

test("items come in their order, while so many further ones are read", async () => {
  const read: number[] = [];
  const found: (readonly [number, number])[] = [];
  for await (const item of readAhead(counting(read), 2)) {
    await turns();
    found.push([item, Math.max(...read)]);
  }
  expect(found).toEqual([0, 1, 2, 3, 4, 5].map((item) => [item, Math.min(5, item + 2)]));
});

test("an error comes after the items before it", async () => {
  const found: number[] = [];
  const all = async () => {
    for await (const item of readAhead(counting([], 3), 2)) found.push(item);
  };
  await expect(all()).rejects.toThrow("no item 3");
  expect(found).toEqual([0, 1, 2]);
});

test("a source that is left in the middle is closed", async () => {
  const read: number[] = [];
  for await (const item of readAhead(counting(read), 1)) if (item === 2) break;
  expect(read).toEqual([0, 1, 2, 3, -1]);
});
