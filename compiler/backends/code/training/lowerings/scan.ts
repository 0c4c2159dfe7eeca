// A scan over histories of different lengths. The examples of a block are sorted by length, the longest
// first, so that those with a given step come first; each step is computed for all of them at once.

import { invariant } from "../../../../common/internal-error.ts";
import type { BodyNode, ScanAttributes, ScanBody } from "../../../../middle/graph/attributes.ts";
import type { OpContext } from "../../../../middle/graph/define-op.ts";
import { opUse } from "../../../../middle/graph/narrow.ts";
import { sizeOf, type TensorType } from "../../../../middle/graph/types.ts";
import { isElementwise, operandsOf, ops } from "../../../../middle/ops/registry.ts";
import { stepsOf } from "../../../../middle/ops/repeat.op.ts";
import { bodyTypes } from "../../../../middle/ops/support/scan-body.ts";
import { eachOf, sameDims, splitLast } from "../../../../middle/ops/support/shapes.ts";
import { loweringOf } from "../../../contract/lowering.ts";
import type { FunctionBuilder } from "../../builder.ts";
import type { I32, LocalVariable } from "../../code.ts";
import { i32, store } from "../../expressions.ts";
import type { Member } from "../../members.ts";
import { copy } from "../../vectors.ts";
import type { NodeScratch, OpSite, SiteLowerings } from "../lowering.ts";
import { emitNumbers, type Stream } from "../numbers.ts";

type Context = OpContext<ScanAttributes>;

/** Memory for the order of the examples, and for each value of the body. */
export function scanScratch({ attributes, output }: Context): NodeScratch[] {
  const rows = eachOf(stepsOf(output));
  const types = bodyTypes(attributes.body, ops);
  return [{ rows, bytes: 4 }, ...types.map(({ dims }) => ({ rows, bytes: 4 * sizeOf(dims) }))];
}

/** Indices of body inputs that are weights which the body reads transposed. */
export function transposedInputs(body: ScanBody): readonly number[] {
  const found = body.nodes.flatMap(({ op, attributes, inputs: [, w] }) => {
    const isRead = op === "matmul" && attributes.transpose;
    return isRead && body.inputs[w!]!.dims.every((dim) => dim > 1) ? [w!] : [];
  });
  return [...new Set(found)];
}

export function scan(lowerings: () => SiteLowerings): SiteLowerings["scan"] {
  return (site, context) => new Scan(site, context, lowerings()).emit();
}

class Scan {
  private readonly f: FunctionBuilder;
  private readonly site: OpSite;
  private readonly context: Context;
  private readonly lowerings: SiteLowerings;
  private readonly types: readonly TensorType[];
  private readonly starts: I32;
  private readonly order: I32;
  private readonly active: LocalVariable<"i32">;
  private readonly time: LocalVariable<"i32">;

  constructor(site: OpSite, context: Context, lowerings: SiteLowerings) {
    const { f } = site;
    const steps = site.steps(stepsOf(context.output));
    invariant(steps.kind === "starts", "a scan over steps of unknown places");
    this.f = f;
    this.site = site;
    this.context = context;
    this.lowerings = lowerings;
    this.types = bodyTypes(context.attributes.body, ops);
    this.starts = f.local(steps.at);
    this.order = f.local(site.scratch(0));
    this.active = f.local(site.count(eachOf(stepsOf(context.output))));
    this.time = f.local(i32.const(0));
  }

  emit(): void {
    const { f, active, time } = this;
    const { body } = this.context.attributes;
    const { inputs } = this.context;
    this.sort();
    for (const [i, type] of inputs.entries())
      if (i === 0 || type.rows.kind === "each") this.gatherEach(i, type);
    const hasStep = () => i32.gt(this.length(this.at(this.order, i32.sub(active, i32.const(1)))), time);
    const trim = () =>
      f.while(i32.both(i32.gt(active, i32.const(0)), i32.eq(hasStep(), i32.const(0))), () =>
        f.advance(active, -1),
      );
    trim();
    f.while(i32.gt(active, i32.const(0)), () => {
      for (const [i, type] of inputs.entries()) if (type.rows.kind === "steps") this.gatherStep(i);
      this.computeBody();
      this.scatter(body.result);
      f.advance(time, 1);
      trim();
    });
  }

  /** Bytes of value `i` of the body in one row. */
  private bytes(i: number): number {
    return 4 * sizeOf(this.types[i]!.dims);
  }

  /** The address of value `i` of the body, for the first example in order. */
  private value(i: number): I32 {
    return this.types[i]!.rows.kind === "once" ? this.site.input(i) : this.site.scratch(1 + i);
  }

  private at(words: I32, place: I32): I32 {
    return i32.load(i32.add(words, i32.shl(place, 2)));
  }

  private length(example: I32): I32 {
    const start = i32.add(this.starts, i32.shl(example, 2));
    return i32.sub(i32.load(i32.add(start, i32.const(4))), i32.load(start));
  }

  /** Inserts each example before those with fewer steps; equal ones keep their order. */
  private sort(): void {
    const { f, order } = this;
    const example = f.local(i32.const(0));
    f.repeat(this.active, () => {
      const own = f.local(this.length(example));
      const to = f.local(i32.add(order, i32.shl(example, 2)));
      const before = i32.sub(to, i32.const(4));
      f.while(i32.both(i32.ne(to, order), i32.gt(own, this.length(i32.load(before)))), () => {
        f.do(store.i32(to, i32.load(before)));
        f.advance(to, -4);
      });
      f.do(store.i32(to, example));
      f.advance(example, 1);
    });
  }

  private gatherEach(i: number, type: TensorType): void {
    const { f, site, order } = this;
    const bytes = this.bytes(i);
    const [to, place] = [f.local(site.scratch(1 + i)), f.local<"i32">(order)];
    const base = f.local(site.input(i));
    f.repeat(this.active, () => {
      const from =
        type.rows.kind === "once" ? base : i32.add(base, i32.mul(i32.load(place), i32.const(bytes)));
      copy(f, to, f.local(from), bytes / 4);
      f.advance(to, bytes);
      f.advance(place, 4);
    });
  }

  /** For each example that has the step: the address of its row among the steps at `base`. */
  private eachStep(base: I32, bytes: number, visit: (step: I32) => void): void {
    const { f, time, starts, order } = this;
    const { reverse } = this.context.attributes;
    const first = f.local(i32.load(starts));
    const place = f.local<"i32">(order);
    f.repeat(this.active, () => {
      const start = f.local(i32.add(starts, i32.shl(i32.load(place), 2)));
      const row = reverse
        ? i32.sub(i32.sub(i32.load(i32.add(start, i32.const(4))), i32.const(1)), time)
        : i32.add(i32.load(start), time);
      visit(f.local(i32.add(base, i32.mul(i32.sub(row, first), i32.const(bytes)))));
      f.advance(place, 4);
    });
  }

  private gatherStep(i: number): void {
    const { f } = this;
    const bytes = this.bytes(i);
    const to = f.local(this.value(i));
    this.eachStep(this.site.input(i), bytes, (step) => {
      copy(f, to, step, bytes / 4);
      f.advance(to, bytes);
    });
  }

  /** Stores the new state at the steps, and as the state for the next ones. */
  private scatter(result: number): void {
    const { f } = this;
    const bytes = this.bytes(0);
    const from = f.local(this.value(result));
    const state = f.local(this.value(0));
    this.eachStep(this.site.output, bytes, (step) => {
      copy(f, step, from, bytes / 4);
      copy(f, state, from, bytes / 4);
      f.advance(from, bytes);
      f.advance(state, bytes);
    });
  }

  private computeBody(): void {
    const { body } = this.context.attributes;
    const first = body.inputs.length;
    let run: number[] = [];
    const flush = () => {
      if (run.length > 0) this.loop(run);
      run = [];
    };
    for (const [n, node] of body.nodes.entries()) {
      const i = first + n;
      const isNumbers = isElementwise(node.op);
      const fits = run.length === 0 || sameDims(this.types[run[0]!]!.dims, this.types[i]!.dims);
      if (!isNumbers || !fits) flush();
      if (isNumbers) run.push(i);
      else this.op(i, node);
    }
    flush();
  }

  /** Consecutive values with the same dims, as one loop. */
  private loop(run: readonly number[]): void {
    const { body } = this.context.attributes;
    const first = body.inputs.length;
    const nodeOf = (i: number) => body.nodes[i - first]!;
    const { lead, last } = splitLast(this.types[run[0]!]!.dims);
    const inside = new Set(run);
    const members = run.map((i): Member => {
      const { op, attributes } = nodeOf(i);
      return { ...opUse(op, attributes), key: i, operands: operandsOf(nodeOf(i)) };
    });
    const read = new Set(members.flatMap(({ operands }) => operands).filter((i) => !inside.has(i)));
    const isRead = (i: number) =>
      body.result === i || body.nodes.some(({ inputs }, n) => !inside.has(first + n) && inputs.includes(i));
    emitNumbers(this.f, {
      ...{ rows: this.active, lead: sizeOf(lead), width: last, members, constants: new Map() },
      streams: [...read].map(
        (i): Stream => ({
          ...{ key: i, base: this.value(i), isNarrow: splitLast(this.types[i]!.dims).last !== last },
          by: this.types[i]!.rows.kind === "once" ? "all" : "row",
        }),
      ),
      outputs: run.filter(isRead).map((i) => ({ key: i, to: this.value(i) })),
      ...{ sums: [], kept: null, examples: null },
    });
  }

  private op(i: number, { op, attributes, inputs }: BodyNode): void {
    const { site, active } = this;
    const inner: OpSite = {
      ...site,
      output: this.value(i),
      input: (place) => this.value(inputs[place]!),
      count: (rows) => (rows.kind === "once" ? i32.const(1) : active),
      transposed: (place) => site.transposed(inputs[place]!),
    };
    loweringOf(this.lowerings, op)(inner, {
      ...{ attributes, output: this.types[i]! },
      inputs: inputs.map((input) => this.types[input]!),
    });
  }
}
