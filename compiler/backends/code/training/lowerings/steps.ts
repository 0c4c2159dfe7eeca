// Ops on the steps of histories, whose rows have different numbers of steps, and on lists, whose rows all
// have the same.

import { type StepsRows, sizeOf, type TensorType } from "../../../../middle/graph/types.ts";
import { stepRows } from "../../../../middle/ops/count-steps.op.ts";
import { indexedSteps } from "../../../../middle/ops/gather-steps.op.ts";
import { stepsOf } from "../../../../middle/ops/repeat.op.ts";
import { onlyList } from "../../../../middle/ops/support/lists.ts";
import { eachOf } from "../../../../middle/ops/support/shapes.ts";
import { i32, vector } from "../../expressions.ts";
import * as kernels from "../../kernels/rows.ts";
import * as search from "../../kernels/search.ts";
import { addressAt, eachRow, eachVector, load, save } from "../../vectors.ts";
import type { OpSite, SiteLowerings } from "../lowering.ts";

function ofSteps(site: OpSite, rows: StepsRows, type: TensorType): kernels.StepsKernel {
  return {
    ...{ out: site.output, x: site.input(0), width: sizeOf(type.dims) },
    ...{ rows: site.count(eachOf(rows)), steps: site.steps(rows) },
  };
}

function ofList(site: OpSite, op: string, inputs: readonly TensorType[]): kernels.StepsKernel {
  const { type, length, item } = onlyList(op, inputs);
  return {
    ...{ out: site.output, x: site.input(0), width: sizeOf(item) },
    ...{ rows: site.count(type.rows), steps: { kind: "equal", each: i32.const(length) } },
  };
}

export const steps = {
  repeat: (site, { output }) => kernels.repeatSteps(site.f, ofSteps(site, stepsOf(output), output)),
  sum_steps: (site, { inputs: [x] }) => kernels.sumOfSteps(site.f, ofSteps(site, stepsOf(x!), x!)),
  max_steps: (site, { inputs: [x] }) => kernels.maxOfSteps(site.f, ofSteps(site, stepsOf(x!), x!)),
  softmax_steps: (site, { inputs: [x] }) => kernels.softmaxOfSteps(site.f, ofSteps(site, stepsOf(x!), x!)),
  count_steps: (site, { attributes, output }) =>
    kernels.countedSteps(site.f, site.output, site.count(output.rows), site.steps(stepRows(attributes))),
  shift_steps: (site, { attributes: { reverse }, inputs: [x, end] }) =>
    kernels.shiftedSteps(
      site.f,
      ofSteps(site, stepsOf(x!), x!),
      site.input(1),
      end!.rows.kind !== "once",
      reverse,
    ),
  resize_steps: (site, { attributes: { keep }, inputs: [x], output }) =>
    kernels.resizedSteps(
      site.f,
      ofSteps(site, stepsOf(x!), x!),
      site.steps(stepsOf(output)),
      keep === "last",
    ),
  sort_steps: (site, { attributes: { inverse }, inputs: [x, keys] }) =>
    kernels.sortedSteps(site.f, ofSteps(site, stepsOf(x!), x!), site.input(1), keys!.dims[0]!, inverse),
  select_steps: (site, { attributes: { count }, inputs: [x], output }) =>
    search.selectedSteps(site.f, {
      ...{ out: site.output, scores: site.input(0), rows: site.count(output.rows), count },
      steps: site.steps(stepsOf(x!)),
    }),
  gather_steps: (site, { inputs: [x, places] }) => {
    const { steps, rows, length, width } = indexedSteps("gather_steps", x!, places!);
    search.gatheredSteps(site.f, {
      ...{ out: site.output, x: site.input(0), places: site.input(1), rows: site.count(rows) },
      ...{ steps: site.steps(steps), count: length, width },
    });
  },
  scatter_steps: (site, { inputs: [x], output }) => {
    const [count, width] = x!.dims as readonly [number, number];
    search.scatteredSteps(site.f, {
      ...{ out: site.output, x: site.input(0), places: site.input(1), rows: site.count(x!.rows) },
      ...{ steps: site.steps(stepsOf(output)), count, width },
    });
  },
  last_step: (site, { inputs: [x] }) => kernels.lastOfSteps(site.f, ofSteps(site, stepsOf(x!), x!)),
  scatter_last_step: (site, { output }) =>
    kernels.scatterIntoLast(site.f, ofSteps(site, stepsOf(output), output)),
  gather_positions: (site, { output }) => kernels.positions(site.f, ofSteps(site, stepsOf(output), output)),
  scatter_positions: (site, { attributes: { length }, inputs: [x] }) => {
    const { f } = site;
    const width = sizeOf(x!.dims);
    const { to, first } = site.partial();
    f.if(first, () => {
      const each = f.local(to);
      f.repeat(i32.const(length), () => {
        eachVector(f, width, (offset, lanes) => save(f, addressAt(each, offset), f.constant(0), lanes));
        f.advance(each, 4 * width);
      });
    });
    const from = f.local(site.input(0));
    eachRow(f, site.count(eachOf(stepsOf(x!))), [site.steps(stepsOf(x!))], ([each]) => {
      const position = f.local(i32.add(to, i32.mul(each!, i32.const(4 * width))));
      f.repeat(each!, () => {
        f.advance(position, -4 * width);
        eachVector(f, width, (offset, lanes) => {
          const place = addressAt(position, offset);
          save(f, place, vector.add(load(place, lanes), load(addressAt(from, offset), lanes)), lanes);
        });
        f.advance(from, 4 * width);
      });
    });
  },
} satisfies Partial<SiteLowerings>;

export const lists = {
  broadcast_list: (site, { attributes: { times: length }, inputs: [x], output }) =>
    kernels.repeatSteps(site.f, {
      ...{ out: site.output, x: site.input(0), rows: site.count(output.rows), width: sizeOf(x!.dims) },
      steps: { kind: "equal", each: i32.const(length) },
    }),
  sum_list: (site, { inputs }) => kernels.sumOfSteps(site.f, ofList(site, "sum_list", inputs)),
  max_list: (site, { inputs }) => kernels.maxOfSteps(site.f, ofList(site, "max_list", inputs)),
  softmax_list: (site, { inputs }) => kernels.softmaxOfSteps(site.f, ofList(site, "softmax_list", inputs)),
  gather_list: (site, { attributes: { indices }, inputs }) => {
    const { type, length, item } = onlyList("gather_list", inputs);
    const [rows, width] = [site.count(type.rows), i32.const(sizeOf(item))];
    kernels.gatherList(site.f, site.output, site.input(0), rows, i32.const(length), indices, width);
  },
  scatter_list: (site, { attributes: { indices, length }, inputs }) => {
    const { type, item } = onlyList("scatter_list", inputs);
    const { f } = site;
    const width = sizeOf(item);
    const [to, from] = [f.local(site.output), f.local(site.input(0))];
    f.repeat(site.count(type.rows), () => {
      eachVector(f, length * width, (offset, lanes) => save(f, addressAt(to, offset), f.constant(0), lanes));
      for (const index of indices) {
        eachVector(f, width, (offset, lanes) => {
          const place = addressAt(i32.add(to, i32.const(4 * width * index)), offset);
          save(f, place, vector.add(load(place, lanes), load(addressAt(from, offset), lanes)), lanes);
        });
        f.advance(from, 4 * width);
      }
      f.advance(to, 4 * width * length);
    });
  },
  transpose: (site, { inputs: [x] }) =>
    kernels.transpose(
      site.f,
      site.output,
      site.input(0),
      site.count(x!.rows),
      i32.const(x!.dims[0]!),
      i32.const(x!.dims[1]!),
    ),
} satisfies Partial<SiteLowerings>;
