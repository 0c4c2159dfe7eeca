// A drawn part of each history while training, and the whole in predictions.

import { describe, expect, test } from "vitest";
import { add, type Matrix, type Vector, weighted } from "../support/network.ts";
import { type Example, expectX, specOf } from "./around-x.ts";
import { codesOf } from "./support.ts";

/** Each step times its place, 1 for the latest. */
const placed = (steps: Matrix): Vector =>
  weighted(
    steps.map((_, i) => steps.length - i),
    steps,
    4,
  );

/** The run of `steps` that `at`, from 0 to 1, draws. */
function cropped(steps: Matrix, share: number, at: number): Matrix {
  const kept = Math.min(steps.length, Math.max(1, Math.floor(share * steps.length)));
  const behind = Math.floor(at * (steps.length - kept + 1));
  return steps.slice(steps.length - behind - kept, steps.length - behind);
}

describe("crop", () => {
  const drawn = ({ network, clicks }: Example, layer: string) => {
    const example = Array.from({ length: network.examples }, (_, i) => i).find(
      (i) => network.steps(i, "clicks.a").join() === clicks.join(),
    );
    return network.drawn(example!, layer)[0]![0]!;
  };
  test.each([0.3, 0.5, 0.8, 1])("keeps a share of %d of the steps, in their order", (share) => {
    expectX(`let c = crop(clicks, ${share})\n  let x = sum(c * place(c))`, (of) =>
      placed(cropped(of.clicks, share, drawn(of, "net.c.crop_1"))),
    );
  });

  test("goes along other axes, and other functions along it", () => {
    expectX("let c = crop(append(clicks, a), 0.5)\n  let x = last(c) + sum(append(c, b))", (of) => {
      const steps = cropped([...of.clicks, of.a], 0.5, drawn(of, "net.c.crop_1"));
      return add(steps.at(-1)!, ...steps, of.b);
    });
  });
});

describe("what does not fit is said", () => {
  test.each([
    ["a list", "let x = sum(crop([a, b]))", "DIN0496"],
    ["more than all", "let x = sum(crop(clicks, 2))", "DIN0496"],
    ["two crops", "let x = sum(crop(clicks) * crop(clicks))", "DIN0275"],
    ["a crop and the whole", "let x = sum(crop(clicks) * clicks)", "DIN0275"],
  ])("%s", (_, net, code) => {
    expect(codesOf(specOf(net))).toEqual([code]);
  });
});
