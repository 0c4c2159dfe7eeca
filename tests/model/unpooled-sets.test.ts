// The values of a set as an axis: what goes along it against plain loops over the values of each row, also in
// each step of a history; its types; and one logit for the values of a row, whatever other rows hold.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { analyse } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { printType } from "../../compiler/frontend/values/types.ts";
import {
  add,
  denseOf,
  hadamard,
  inner,
  type Matrix,
  type Network,
  networkOf,
  relu,
  scale,
  softmax,
  type Vector,
  weighted,
  zeros,
} from "../support/network.ts";
import { codesOf, modelOf } from "./support.ts";

function specOf(net: string, blocks = ""): string {
  return `model test
features user { liked : set(id, max: 4, pool: none)  share tags }
features item {
  item_id : id                           embed 4
  tags    : set(id, max: 5, pool: none)  embed 4
}
features context { query : text(hash: 20, max: 3, pool: none)  embed 4 }
history clicks(max: 5) {
  item_id <-> clicked
  tags    <-> clicked_tags
}
${blocks === "" ? "label click" : blocks} : binary
net {
${net}
  predict click = concat(x, item_id) |> dense(1) |> sigmoid
}`;
}

interface Example {
  readonly item: Vector;
  readonly tags: Matrix;
  readonly liked: Matrix;
  readonly clicks: Matrix;
  /** The tags of each step. */
  readonly steps: readonly Matrix[];
  readonly network: Network;
}

const sum = (all: Matrix, width = 4): Vector => all.reduce((total, each) => add(total, each), zeros(width));
const mean = (all: Matrix): Vector => scale(1 / Math.max(1, all.length), sum(all));

/** The logits of a network whose `x` is `plain`. */
function expectX(net: string, plain: (example: Example) => Vector, blocks = ""): void {
  // A product with 0 reads what `x` does not, so that every example has all of it.
  const read =
    "  let all = sum(tags) + sum(liked) + sum(query) + sum(sum(clicks.tags)) + sum(clicks.item_id)\n";
  const network = networkOf(lower(modelOf(specOf(`${read}${net} + 0 * total(all)`, blocks))));
  const logits = network.output("logit.click");
  const sizes = new Set<number>();
  for (let i = 0; i < network.examples; i++) {
    const [tags, liked] = [network.values(i, "tags"), network.values(i, "liked")];
    sizes.add(tags.length);
    const item = network.vector(i, "item_id");
    const clicks = network.steps(i, "clicks.item_id");
    const given = plain({
      ...{ item, tags, liked, clicks, network },
      steps: network.stepValues(i, "clicks.tags"),
    });
    const expected = denseOf(network, "net.click.dense_1", [...given, ...item])[0]!;
    expect(logits[i]![0]).toBeCloseTo(expected, 9);
  }
  // Empty sets are among them.
  expect(sizes).toContain(0);
}

describe("along the values of a set", () => {
  test.each<[string, (values: Matrix) => Vector]>([
    ["sum(1 + tags)", (values) => sum(values.map((each) => each.map((value) => 1 + value)))],
    ["mean(1 + tags)", (values) => mean(values.map((each) => each.map((value) => 1 + value)))],
    [
      "max(tags)",
      (values) =>
        zeros(4).map((_, d) => (values.length === 0 ? 0 : Math.max(...values.map((each) => each[d]!)))),
    ],
    [
      "min(tags)",
      (values) =>
        zeros(4).map((_, d) => (values.length === 0 ? 0 : Math.min(...values.map((each) => each[d]!)))),
    ],
    ["last(1 + tags)", (values) => values.at(-1)?.map((value) => 1 + value) ?? zeros(4)],
    ["first(tags)", (values) => values[0] ?? zeros(4)],
    ["sum(tags, where: place(tags) == 2)", (values) => values.at(-2) ?? zeros(4)],
    ["sum(each(tags, t => relu(t)))", (values) => sum(values.map(relu))],
    [
      "sum(window(1 + tags, 2))[1..4]",
      (values) => sum(values.slice(0, -1).map((each) => each.map((value) => 1 + value))),
    ],
  ])("%s takes those that a row has, in their order", (x, plain) => {
    expectX(`  let x = ${x}`, ({ tags }) => plain(tags));
  });

  test("a vector meets each of them, and they are weighed by it", () => {
    expectX("  let x = sum(softmax(dot(item_id, tags)) * tags)", ({ item, tags }) =>
      weighted(softmax(tags.map((tag) => inner(item, tag))), tags, 4),
    );
    expectX("  let x = attention(item_id, liked, liked, scale: 1)", ({ item, liked }) =>
      weighted(softmax(liked.map((each) => inner(item, each))), liked, 4),
    );
  });

  test("each of them, or of another set, attends to all", () => {
    const attended = (queries: Matrix, keys: Matrix) =>
      queries.map((q) => weighted(softmax(keys.map((k) => inner(q, k))), keys, 4));
    expectX("  let x = sum(attention(tags, tags, tags, scale: 1))", ({ tags }) => sum(attended(tags, tags)));
    expectX("  let x = sum(attention(tags, liked, liked, scale: 1))", ({ tags, liked }) =>
      sum(attended(tags, liked)),
    );
    expectX("  let x = sum(causal_attention(tags, tags, tags, scale: 1))", ({ tags }) =>
      sum(tags.map((_, i) => attended(tags.slice(i, i + 1), tags.slice(0, i + 1))[0]!)),
    );
  });

  test("a recurrence goes through those that a row has, in both directions", () => {
    const states = (values: Matrix) => {
      let state = zeros(4);
      return values.map((value) => (state = add(scale(0.5, state), value)));
    };
    const cell = "(h, x) => 0.5 * h + x";
    expectX(`  let x = sum(scan(${cell}, tags, width: 4))`, ({ tags }) => sum(states(tags)));
    expectX(`  let x = last(scan(${cell}, tags, width: 4, start: item_id))`, ({ tags, item }) =>
      tags.length === 0 ? zeros(4) : tags.reduce((state, tag) => add(scale(0.5, state), tag), item),
    );
    expectX(`  let x = sum(scan_back(${cell}, tags, width: 4))`, ({ tags }) =>
      sum(states(tags.toReversed())),
    );
    expectX(`  let x = sum(sum(scan(${cell}, clicks.tags, width: 4)))`, ({ steps }) =>
      sum(steps.map((tags) => sum(states(tags)))),
    );
  });

  test("positions are counted from the last one", () => {
    expectX("  let x = sum(position(tags, 4))", ({ tags, network }) => {
      const vectors = network.matrix("net.x.position_1.vectors");
      return sum(vectors.slice(vectors.length - tags.length));
    });
  });

  test("the steps of a history see all of them, and they all steps", () => {
    expectX("  let x = sum(attention(clicks.item_id, tags, tags, scale: 1))", ({ clicks, tags }) =>
      sum(clicks.map((step) => weighted(softmax(tags.map((tag) => inner(step, tag))), tags, 4))),
    );
    expectX("  let x = sum(attention(tags, clicks.item_id, clicks.item_id, scale: 1))", ({ clicks, tags }) =>
      sum(tags.map((tag) => weighted(softmax(clicks.map((step) => inner(tag, step))), clicks, 4))),
    );
    expectX(
      "  let x = sum(each(clicks.item_id, step => sum(softmax(dot(step, tags)) * tags)))",
      ({ clicks, tags }) =>
        sum(clicks.map((step) => weighted(softmax(tags.map((tag) => inner(step, tag))), tags, 4))),
    );
  });
});

describe("along the values of a set in each step", () => {
  test("they are reduced to a vector for each step, 0 for a step without values", () => {
    expectX("  let x = sum(max(1 + clicks.tags))", ({ steps }) =>
      sum(steps.map((tags) => zeros(4).map((_, d) => Math.max(0, ...tags.map((tag) => 1 + tag[d]!))))),
    );
    expectX("  let x = mean(mean(clicks.tags))", ({ steps }) => mean(steps.map(mean)));
  });

  test("a vector of the row and one of the step meet each of them", () => {
    expectX(
      "  let x = sum(sum(softmax(dot(item_id * clicks.item_id, clicks.tags)) * clicks.tags))",
      ({ item, clicks, steps }) =>
        sum(
          steps.map((tags, i) =>
            weighted(softmax(tags.map((tag) => inner(hadamard(item, clicks[i]!), tag))), tags, 4),
          ),
        ),
    );
  });

  test("they attend to those of their own step", () => {
    expectX("  let x = sum(sum(attention(clicks.tags, clicks.tags, clicks.tags, scale: 1)))", ({ steps }) =>
      sum(
        steps.map((tags) => sum(tags.map((q) => weighted(softmax(tags.map((k) => inner(q, k))), tags, 4)))),
      ),
    );
  });

  test("a block of a sequence reads those of each step", () => {
    const block = "block read(x: Seq[n, d]) -> Vec[d] { sum(softmax(dense(x, 1)) * x) }\nlabel click";
    expectX(
      "  layer reader = read\n  let x = reader(tags) + last(reader(clicks.tags))",
      ({ tags, steps, network }) => {
        const read = (values: Matrix) =>
          weighted(
            softmax(values.map((each) => denseOf(network, "net.reader.read.dense_1", each)[0]!)),
            values,
            4,
          );
        return add(read(tags), steps.length === 0 ? zeros(4) : read(steps.at(-1)!));
      },
      block,
    );
  });
});

test("their types name the set, and the history around it", () => {
  const net =
    "  let v = weight(liked)\n  let w = dot(item_id, clicks.tags)\n  let x = sum(tags) + sum(v) + sum(sum(w))";
  const file = sourceFile("test.din", specOf(`${net} + sum(query) + sum(sum(clicks.tags))`));
  const types = [...analyse(file).values].map(([, { type }]) => printType(type));
  for (const type of [
    "Seq[tags, 4]",
    "Seq[liked, 1]",
    "Seq[clicks, Seq[clicks.tags, 4]]",
    "Seq[clicks, Seq[clicks.tags, 1]]",
  ])
    expect(types).toContain(type);
});

test("a set is pooled for all that read its feature, or for none", () => {
  const shared = specOf("  let x = sum(tags) + liked + sum(query) + sum(sum(clicks.tags))");
  expect(codesOf(shared.replace("set(id, max: 4, pool: none)  share", "set(id, max: 4)  share"))).toEqual([]);
  expect(
    codesOf(shared.replace("tags    <-> clicked_tags", "tags    <-> clicked_tags : set(id, max: 5)")),
  ).toEqual(["DIN0222"]);
});
