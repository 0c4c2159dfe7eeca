// How a training step is divided: which blocks its units go through, what lies in memory from one phase to
// the next, and what loops store.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { planMemory } from "../../compiler/backends/code/training/memory-plan.ts";
import {
  type Loop,
  type StepPhase,
  schedule,
  type Unit,
} from "../../compiler/backends/code/training/schedule.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import type { Node } from "../../compiler/middle/graph/graph.ts";
import { sizeOf } from "../../compiler/middle/graph/types.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { root } from "../cli/spawn.ts";

function scheduled(name: string) {
  const path = `${root}/examples/${name}.din`;
  const { value: model } = check(sourceFile(path, readFileSync(path, "utf8")));
  const made = schedule(trainingProgram(lower(model!), model!).step, new Set());
  return { ...made, places: planMemory(made) };
}

const nodesOf = (unit: Unit): readonly Node[] => {
  if (unit.kind === "loop") return [...unit.members, ...unit.sums];
  return unit.kind === "op" ? [unit.node] : unit.kind === "attention_gradients" ? unit.nodes : [];
};
const unitsOf = ({ runs }: StepPhase): readonly Unit[] => runs.flatMap(({ units }) => units);
const din = scheduled("amazon-beauty/din");
const products = (of: (node: Node) => string) =>
  din.phases.flatMap(({ runs }) =>
    runs.flatMap(({ blocks, units }) =>
      units.flatMap(nodesOf).flatMap((node) => {
        const isProduct = node.op === "matmul" || node.op === "contract_rows";
        const rows = din.graph.nodes[node.inputs[0]!]!.type.rows.kind;
        return isProduct && rows === of(node) ? [blocks] : [];
      }),
    ),
  );

test("products of examples go through blocks of examples, and those of steps through blocks of steps", () => {
  expect(new Set(products(() => "each"))).toEqual(new Set(["examples"]));
  expect(new Set(products(() => "steps"))).toEqual(new Set(["steps"]));
});

describe.each(["zoo/din", "zoo/dien", "zoo/bst", "zoo/dmin", "zoo/deepfm"])("the step of %s", (name) => {
  const { phases, reads, places } = scheduled(name);

  test("leaves for a later run what all its blocks have made, and no values of steps", () => {
    for (const { runs } of phases) {
      const runOf = new Map(
        runs.flatMap(({ units }, run) => units.flatMap(nodesOf).map(({ id }) => [id, run])),
      );
      for (const [run, { units }] of runs.entries())
        for (const input of units.flatMap(nodesOf).flatMap((node) => reads.inputs(node))) {
          const made = runOf.get(input.id) ?? run;
          if (made === run) continue;
          expect(made).toBeLessThan(run);
          expect(places.slotOf(input.id).scope).toBe("batch");
          expect(input.type.rows.kind).toBe("each");
        }
    }
  });

  test("stores nothing that one loop of the phase alone reads", () => {
    const loops = phases.map((phase) => unitsOf(phase).filter((unit): unit is Loop => unit.kind === "loop"));
    for (const ofPhase of loops)
      for (const loop of ofPhase)
        for (const output of loop.outputs) {
          const readers = reads.computingConsumers(output);
          const alone = ofPhase.filter(
            ({ type, members, sums }) =>
              JSON.stringify(type) === JSON.stringify(loop.type) &&
              readers.every((reader) => members.includes(reader) || sums.includes(reader)),
          );
          if (!reads.kept.has(output.id) && readers.length > 0) expect(alone).toEqual([]);
        }
  });
});

test("of an attention's hidden layers a step keeps what enters Dice, its sigmoid, and what its gradient is made of", () => {
  const stored = din.phases
    .flatMap(unitsOf)
    .flatMap((unit) => (unit.kind === "loop" ? unit.outputs : nodesOf(unit)))
    .filter(({ type }) => type.rows.kind === "steps" && sizeOf(type.dims) > 32);
  const kept = stored.filter(({ id }) => din.places.slotOf(id).scope === "batch");
  const hidden = [...new Set(kept.map(({ type }) => sizeOf(type.dims)))].toSorted((a, b) => a - b);
  const opsOf = (width: number) => kept.filter(({ type }) => sizeOf(type.dims) === width).map(({ op }) => op);
  // The gradient of the second layer is one number a step times weights.
  expect(hidden.map(opsOf)).toEqual([
    ["add", "sigmoid"],
    ["add", "sigmoid", "matmul"],
  ]);
});
