// Signature help for the parentheses around the cursor: parameters of calls, pipes, kinds, transforms and settings, with the
// current argument.

import { MarkupKind, type ParameterInformation, type SignatureHelp } from "vscode-languageserver-types";
import * as t from "../../../../grammar/tokens.ts";
import { type Callee, calleeAt } from "../cursor/callee.ts";
import { cursorAt, openCall } from "../cursor/context.ts";
import { VisibleNames } from "../cursor/visible-names.ts";
import { type LanguageEntry, partsOf } from "../language/entry.ts";
import type { Snapshot } from "../snapshot.ts";

/** Characters after which an editor requests help, and requests it again. */
export const signatureTriggers: readonly string[] = ["(", ",", ":"];

export function signatureHelp(snapshot: Snapshot, path: string, offset: number): SignatureHelp | null {
  const file = snapshot.file(path);
  const cursor = file === null ? null : cursorAt(file, offset);
  if (file === null || cursor?.kind !== "item") return null;
  const { tokens, variant } = cursor;
  const open = openCall(tokens);
  if (open === null) return null;
  // The start of the argument determines its parameter, whatever has been typed of it.
  const before = open.commas.at(-1) ?? open.parenthesis;
  const start = cursorAt(file, t.endOf(tokens[before]!));
  if (start?.kind !== "item") return null;
  const callee = calleeAt(start.path, new VisibleNames(snapshot, path, variant));
  if (callee === null || callee.entries.length === 0) return null;
  const isNamed = tokens[before + 2]?.tokenType === t.Colon;
  return help({ ...callee, current: isNamed ? tokens[before + 1]!.image : null });
}

function help(callee: Callee): SignatureHelp {
  const { entries, names, current } = callee;
  const given = current === null ? [...names] : [...names, current];
  const fitting = entries.findIndex(({ parameters }) =>
    given.every((name) => parameters.some((parameter) => parameter.name === name)),
  );
  const activeSignature = Math.max(0, fitting);
  return {
    signatures: entries.map((entry) => ({
      label: entry.label,
      documentation: { kind: MarkupKind.Markdown, value: entry.doc },
      parameters: parametersOf(entry),
      activeParameter: activeParameter(entry, callee),
    })),
    activeSignature,
    activeParameter: activeParameter(entries[activeSignature]!, callee),
  };
}

function parametersOf({ label, parameters }: LanguageEntry): ParameterInformation[] {
  return partsOf(label).map(({ text, start, end }) => {
    const doc = parameters.find(({ name }) => name === nameIn(text))?.doc ?? "";
    return {
      label: [start, end],
      ...(doc === "" ? {} : { documentation: { kind: MarkupKind.Markdown, value: doc } }),
    };
  });
}

/** If the argument matches none of them, the index after the last, so that none is shown. */
function activeParameter({ label, parameters }: LanguageEntry, { current, positional }: Callee): number {
  const parts = partsOf(label);
  const texts = parts.map(({ text }) => text);
  if (current !== null) {
    const cursor = texts.findIndex((text) => nameIn(text) === current);
    return cursor < 0 ? parts.length : cursor;
  }
  // For `concat(a, b, …)`; `parameter(sizes: Int, …` takes all positional arguments in its first parameter.
  const dots = texts.indexOf("…");
  const rest =
    dots < 0 && parts.length === parameters.length ? parameters.findIndex(({ isRest }) => isRest) : dots;
  const cursor = Math.min(rest < 0 ? positional : Math.min(positional, rest), parts.length);
  // Named arguments such as `where: condition`, after the positional ones.
  const isNamed = parameters[cursor]?.isNamed === true && parameters[cursor - 1]?.isNamed === false;
  return isNamed && cursor !== rest ? parts.length : cursor;
}

function nameIn(text: string): string {
  return /^\w*/.exec(text)![0];
}
