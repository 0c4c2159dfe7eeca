// Gives something another name, wherever it is mentioned. What the language has cannot be renamed, nor what the standard
// library declares; a name that would mean something else afterwards is refused.

import type { Range, TextEdit, WorkspaceEdit } from "vscode-languageserver-types";
import { keyOf, type Meaning, type Mention } from "../meanings/meaning.ts";
import { rangeOf } from "../ranges.ts";
import { isLibrary, type Snapshot } from "../snapshot.ts";

/** Why it cannot be, for the author. */
export interface Refusal {
  readonly reason: string;
}

/** What would be renamed. */
export function prepareRename(
  snapshot: Snapshot,
  path: string,
  offset: number,
): { readonly range: Range; readonly placeholder: string } | Refusal {
  const found = renamed(snapshot, path, offset);
  return "reason" in found ? found : { range: rangeOf(found.span), placeholder: found.meaning.name };
}

export function rename(
  snapshot: Snapshot,
  path: string,
  offset: number,
  name: string,
): WorkspaceEdit | Refusal {
  const found = renamed(snapshot, path, offset);
  if ("reason" in found) return found;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name === "_")
    return { reason: "names are made of letters, digits and underscores, and do not begin with a digit" };
  const { meaning } = found;
  const mentions = snapshot.mentionsOf(meaning, path);
  const clash = mentions
    .map((mention) => clashAt(snapshot, mention, meaning, name))
    .find((each) => each !== null);
  if (clash != null) return { reason: clash };
  const changes: Record<string, TextEdit[]> = {};
  for (const { span } of mentions) {
    const uri = snapshot.uriOf(span.file.path);
    changes[uri] = [...(changes[uri] ?? []), { range: rangeOf(span), newText: name }];
  }
  return { changes };
}

function renamed(snapshot: Snapshot, path: string, offset: number): Mention | Refusal {
  const mention = snapshot.mentionAt(path, offset);
  if (mention === null) return { reason: "there is no name here" };
  const { name, declaration } = mention.meaning;
  if (declaration === null) return { reason: `\`${name}\` is part of the language` };
  if (isLibrary(declaration.file.path)) return { reason: `\`${name}\` is part of the standard library` };
  return mention;
}

/** Whether a file that mentions it has something of that name already, in the same place of names. */
function clashAt(snapshot: Snapshot, { span }: Mention, meaning: Meaning, name: string): string | null {
  if (name === meaning.name) return null;
  const taken = snapshot
    .mentions(span.file.path)
    .find(
      (other) =>
        other.meaning.name === name && other.meaning.declaration !== null && meets(other.meaning, meaning),
    );
  if (taken === undefined || keyOf(taken.meaning) === keyOf(meaning)) return null;
  return `\`${name}\` is a ${taken.meaning.kind} already`;
}

/** Names of blocks and of histories' columns are their own; all others share one place. */
function meets(a: Meaning, b: Meaning): boolean {
  const isInner = ({ kind }: Meaning) => kind === "column" || kind === "field";
  if (isInner(a) || isInner(b)) return isInner(a) && isInner(b) && a.of === b.of;
  const ofBlock = (each: Meaning) =>
    each.kind === "parameter" || each.kind === "width" || each.kind === "let" ? each.of : null;
  const [first, second] = [ofBlock(a), ofBlock(b)];
  return first === second || first === null || second === null;
}
