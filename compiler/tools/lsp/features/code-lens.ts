// Code lenses: a model's cost and commands, the number of uses of a block, the additional cost of a variant
// over its parent. Costs are computed only for visible lenses.

import type { CodeLens, Command } from "vscode-languageserver-types";
import type { Span } from "../../../common/source-file.ts";
import type { Spec } from "../../../frontend/syntax/nodes.ts";
import { itemsOf } from "../../../frontend/syntax/walk.ts";
import { usesOf } from "../block-uses.ts";
import { type CostSummary, costText, differenceText } from "../cost-summary.ts";
import { rangeOf } from "../ranges.ts";
import type { Snapshot } from "../snapshot.ts";

/** Commands of the client with the spec's URI as argument. An editor announces those that it has. */
export const runCommands = ["check", "train", "compile"] as const;
/** Like `editor.action.showReferences`, which takes VS Code's own objects. */
const showReferences = "dinc.showReferences";

/** The subject of a lens without a command. */
type Subject =
  | { readonly kind: "cost"; readonly uri: string; readonly variant: string | null }
  | {
      readonly kind: "difference";
      readonly uri: string;
      readonly variant: string;
      readonly parent: string | null;
    }
  | { readonly kind: "uses"; readonly uri: string; readonly offset: number };

/** `commands`: those of the client. */
export function codeLenses(
  snapshot: Snapshot,
  path: string,
  commands: ReadonlySet<string>,
): readonly CodeLens[] {
  const spec = snapshot.parsed(path)?.value;
  if (spec === undefined) return [];
  const uri = snapshot.uriOf(path);
  return [
    ...ofModel(snapshot, spec, uri, commands),
    ...ofBlocks(spec, uri),
    ...ofVariants(snapshot, spec, uri),
  ];
}

function ofModel(
  snapshot: Snapshot,
  { name, file }: Spec,
  uri: string,
  commands: ReadonlySet<string>,
): readonly CodeLens[] {
  if (name === null) return [];
  const range = rangeOf(name.span);
  const run = runCommands
    .filter((each) => commands.has(`dinc.${each}`))
    .map((each) => ({ range, command: { title: each, command: `dinc.${each}`, arguments: [uri] } }));
  // A model with errors cannot be counted.
  if (snapshot.analysis(file.path)?.value == null) return run;
  const cost: Subject = { kind: "cost", uri, variant: null };
  return [{ range, data: cost }, ...run];
}

function ofBlocks(spec: Spec, uri: string): readonly CodeLens[] {
  return itemsOf(spec).flatMap((item) =>
    item.kind === "block" && item.name.name !== "" ? [lens(item.name.span, usesAt(uri, item.name.span))] : [],
  );
}

function usesAt(uri: string, { start }: Span): Subject {
  return { kind: "uses", uri, offset: start };
}

function ofVariants(snapshot: Snapshot, { name, variants, file }: Spec, uri: string): readonly CodeLens[] {
  if (snapshot.analysis(file.path)?.value == null) return [];
  return variants.map((variant) => {
    const { name: own, parent: above } = variant;
    const parent = above.name === name?.name ? null : above.name;
    return lens(own.span, { kind: "difference", uri, variant: own.name, parent });
  });
}

function lens(span: Span, data: Subject): CodeLens {
  return { range: rangeOf(span), data };
}

/**
 * Computes the cost of models, outside the thread that answers the editor, because it takes long. Null if
 * there is no such model.
 */
export type CostOf = (path: string, variant: string | null) => Promise<CostSummary | null>;

/** A lens of `codeLenses` with its text; unchanged if its subject no longer exists. */
export async function resolveCodeLens(
  snapshot: Snapshot,
  unresolved: CodeLens,
  pathOf: (uri: string) => string,
  commands: ReadonlySet<string>,
  costs: CostOf,
): Promise<CodeLens> {
  const subject = subjectOf(unresolved.data);
  if (subject === null) return unresolved;
  const path = pathOf(subject.uri);
  const command =
    subject.kind === "uses"
      ? usesCommand(snapshot, path, subject, commands)
      : text(await costTitle(path, subject, costs));
  return { range: unresolved.range, command };
}

async function costTitle(
  path: string,
  subject: Extract<Subject, { kind: "cost" | "difference" }>,
  costs: CostOf,
): Promise<string> {
  const own = await costs(path, subject.variant);
  if (own === null) return "…";
  if (subject.kind === "cost") return costText(own);
  const parent = await costs(path, subject.parent);
  return parent === null ? "…" : differenceText(own, parent);
}

function usesCommand(
  snapshot: Snapshot,
  path: string,
  { offset }: Extract<Subject, { kind: "uses" }>,
  commands: ReadonlySet<string>,
): Command {
  const mention = snapshot.mentionAt(path, offset);
  const uses = mention?.symbol.kind === "block" ? usesOf(snapshot, mention.symbol, path) : [];
  const title = uses.length === 1 ? "1 use" : `${uses.length} uses`;
  if (mention === null || uses.length === 0 || !commands.has(showReferences)) return text(title);
  const locations = uses.map(({ span }) => ({ uri: snapshot.uriOf(span.file.path), range: rangeOf(span) }));
  const { start } = rangeOf(mention.span);
  return { title, command: showReferences, arguments: [snapshot.uriOf(path), start, locations] };
}

/** A command that does nothing on a click. */
function text(title: string): Command {
  return { title, command: "" };
}

/** The client sends lenses back as unknown data. */
function subjectOf(data: unknown): Subject | null {
  if (typeof data !== "object" || data === null || !("kind" in data) || !("uri" in data)) return null;
  const { kind, uri } = data;
  if (typeof uri !== "string") return null;
  if (kind === "uses" && "offset" in data && typeof data.offset === "number")
    return { kind, uri, offset: data.offset };
  if (!("variant" in data)) return null;
  const { variant } = data;
  if (kind === "cost" && (variant === null || typeof variant === "string")) return { kind, uri, variant };
  if (kind !== "difference" || typeof variant !== "string" || !("parent" in data)) return null;
  const { parent } = data;
  return parent === null || typeof parent === "string" ? { kind, uri, variant, parent } : null;
}
