// Checks blocks on their own: their names, recursion, and, if the signature is full, the body once for all
// widths.

import type { SourceFile } from "../../common/source-file.ts";
import { recursion } from "../../diagnostics/catalog/expressions.ts";
import { unusedLayer } from "../../diagnostics/catalog/layers.ts";
import {
  duplicateDeclaration,
  unusedBlock,
  unusedLet,
  unusedParameter,
} from "../../diagnostics/catalog/model.ts";
import { checkResult, rigidArguments } from "../elaborate/call-block.ts";
import { checkCase, type Declarations } from "../elaborate/declarations.ts";
import type { Elaborator } from "../elaborate/elaborator.ts";
import { type BlockItem, type Expression, type Identifier, type Local, namesOf } from "../syntax/nodes.ts";
import { outsideReferencesOfBlock, referencesOf, referencesOfBlock } from "../syntax/references.ts";
import { at, type Reporter } from "../syntax/reporter.ts";
import { partsOf, within } from "../syntax/walk.ts";
import { isError } from "../values/types.ts";

export function declareBlock(block: BlockItem, declarations: Declarations, reporter: Reporter): void {
  const { name } = block;
  if (!declarations.owns(name)) return;
  checkNames(block, reporter);
  declarations.blocks.set(name.name, block);
}

function checkNames(block: BlockItem, reporter: Reporter): void {
  const first = new Map<string, Identifier>();
  for (const name of [...block.parameters.map((each) => each.name), ...block.body.flatMap(namesOf)]) {
    checkCase(name, reporter);
    const earlier = first.get(name.name);
    if (earlier === undefined) first.set(name.name, name);
    else
      reporter.report(duplicateDeclaration, { name: name.name }, name.span, {
        related: [at(earlier.span, "first declared here")],
      });
  }
}

/** Checks every block of the spec and marks those with mistakes as broken. */
export function checkBlocks(elaborator: Elaborator, reporter: Reporter): void {
  const blocks = [...elaborator.declarations.blocks.values()];
  findRecursion(blocks, elaborator, reporter);
  for (const block of blocks) {
    const signature = elaborator.callables.signature(block);
    if (signature === null || !signature.full || elaborator.brokenBlocks.has(block)) continue;
    const before = reporter.errors;
    const environment = rigidArguments(signature);
    const value = elaborator.inMode({ ofAllWidths: true }, () => {
      elaborator.locals(block.body, environment);
      return elaborator.evaluate(block.value, environment);
    });
    if (!isError(value) && !checkResult(elaborator, signature, signature.result!, value, null))
      elaborator.wrongSignatures.add(block);
    if (isError(value) || reporter.errors > before) elaborator.brokenBlocks.add(block);
  }
}

/**
 * Must run after all other checks, because a name may be unused only because of a mistake that was already
 * reported.
 */
export function warnAboutUnusedInBlocks({ blocks }: Declarations, reporter: Reporter): void {
  for (const block of blocks.values()) warnAboutUnused(block, reporter);
}

function warnAboutUnused(block: BlockItem, reporter: Reporter): void {
  const mentioned = new Set(referencesOfBlock(block).map((identifier) => identifier.name));
  if ([block, ...block.body].some(({ value }) => value.kind === "error")) return;
  for (const { name } of block.parameters)
    if (!mentioned.has(name.name) && !name.name.startsWith("_"))
      reporter.report(unusedParameter, { name: name.name, block: block.name.name }, name.span);
  for (const value of [...block.body.map((each) => each.value), block.value])
    warnAboutUnusedInside(value, reporter);
  for (const local of block.body)
    for (const name of namesOf(local))
      if (!mentioned.has(name.name)) warnAboutUnusedName(local, name, true, reporter);
}

/** Warns about names that functions in braces declare and do not use. */
export function warnAboutUnusedInside(value: Expression, reporter: Reporter): void {
  for (const each of within(value)) {
    if (each.kind !== "lambda" || each.locals.length === 0) continue;
    const mentioned = new Set(
      partsOf(each)
        .flatMap(referencesOf)
        .map(({ name }) => name),
    );
    for (const local of each.locals)
      for (const name of namesOf(local))
        if (!mentioned.has(name.name)) warnAboutUnusedName(local, name, true, reporter);
  }
}

export function warnAboutUnusedName(
  { kind }: Local,
  { name, span }: Identifier,
  isInBlock: boolean,
  reporter: Reporter,
): void {
  if (name.startsWith("_")) return;
  if (kind === "layer") {
    if (reporter.errors === 0) reporter.report(unusedLayer, { name }, span);
  } else reporter.report(unusedLet, { name, isInBlock }, span);
}

/** A block on the current path, with the blocks that it mentions and the number of those already followed. */
interface Step {
  readonly block: BlockItem;
  readonly via: Identifier | null;
  readonly references: readonly Identifier[];
  next: number;
}

/** Searches depth first without recursion, because blocks may form a chain of any length. */
function findRecursion(blocks: readonly BlockItem[], elaborator: Elaborator, reporter: Reporter): void {
  const done = new Set<BlockItem>();
  const path: Step[] = [];
  const places = new Map<BlockItem, number>();
  const enter = (block: BlockItem, via: Identifier | null) => {
    places.set(block, path.length);
    path.push({ block, via, references: outsideReferencesOfBlock(block), next: 0 });
  };
  for (const first of blocks) {
    if (!done.has(first)) enter(first, null);
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const reference = step.references[step.next++];
      if (reference === undefined) {
        path.pop();
        places.delete(step.block);
        done.add(step.block);
        continue;
      }
      const block = elaborator.declarations.blocks.get(reference.name);
      if (block === undefined) continue;
      const start = places.get(block);
      if (start !== undefined) reportCycle(path.slice(start), reference, elaborator, reporter);
      else if (!done.has(block)) enter(block, reference);
    }
  }
}

function reportCycle(
  cycle: readonly Step[],
  back: Identifier,
  elaborator: Elaborator,
  reporter: Reporter,
): void {
  const { block } = cycle[0]!;
  const [first, ...rest] = [...cycle.slice(1).map((step) => step.via!), back];
  if (cycle.every((step) => !elaborator.brokenBlocks.has(step.block)))
    reporter.report(recursion, { name: block.name.name }, first!.span, {
      related: [
        ...rest.map((step) => at(step.span, `which uses \`${step.name}\``)),
        at(block.name.span, "declared here"),
      ],
    });
  for (const step of cycle) elaborator.brokenBlocks.add(step.block);
}

/** Warns about blocks of `file` that neither `mentioned` nor any block reachable from it names. */
export function warnAboutUnusedBlocks(
  mentioned: readonly Identifier[],
  file: SourceFile,
  declarations: Declarations,
  reporter: Reporter,
): void {
  const reached = new Set<BlockItem>();
  const waiting = [...mentioned];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const block = declarations.blocks.get(next.name);
    if (block === undefined || reached.has(block)) continue;
    reached.add(block);
    for (const reference of outsideReferencesOfBlock(block)) waiting.push(reference);
  }
  for (const block of declarations.blocks.values())
    if (!reached.has(block) && block.span.file === file)
      reporter.report(unusedBlock, { name: block.name.name }, block.name.span);
}
