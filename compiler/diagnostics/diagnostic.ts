// A diagnostic: the report of a user's mistake, with a stable code, every relevant location, the reason and
// the fix. Codes, severities and wording are in the catalogue (catalog/*.ts) and nowhere else.

import { codeWords, type OptionWords, type Wording, worded } from "../common/option-text.ts";
import type { Span } from "../common/source-file.ts";

export type Severity = "error" | "warning" | "advice";

/** A location in a data file. Rows are counted from 1, without the header line of a CSV. */
export interface DataLocation {
  readonly path: string;
  readonly row?: number;
  readonly column?: string;
}

/** The location of a diagnostic: in a spec or `dinc.yaml`, in a data file, or none (the command line). */
export type Location =
  | { readonly kind: "text"; readonly span: Span }
  | { readonly kind: "data"; readonly data: DataLocation }
  | { readonly kind: "none" };

export interface Related {
  readonly location: Location;
  readonly label: string;
}

export interface Fix {
  readonly title: string;
  readonly edits: readonly { readonly span: Span; readonly text: string }[];
  /**
   * The fix chooses something that only the author can know, such as a width. It is shown and offered, but
   * `--fix` does not apply it.
   */
  readonly isGuess?: true;
}

export interface Diagnostic {
  /** `DIN0204`: never reused for another meaning. */
  readonly code: string;
  /** `width-mismatch` */
  readonly name: string;
  readonly severity: Severity;
  readonly message: string;
  readonly location: Location;
  /** Shown at the caret of the primary location. */
  readonly label?: string;
  readonly related: readonly Related[];
  /** The remedy, in one sentence. */
  readonly help?: string;
  readonly fixes: readonly Fix[];
  /** Message and help with mentions of options, for interfaces with words of their own. @internal */
  readonly wordings?: Wordings;
}

/** Texts that may mention options. */
interface Wordings {
  readonly message: Wording;
  readonly help: Help | null;
}

/** An entry of the catalogue. `P` are the facts of an occurrence, from which its texts are made. */
export interface DiagnosticKind<P> {
  readonly code: string;
  readonly name: string;
  readonly severity: Severity;
  readonly message: (parameters: P) => Wording;
  /** The remedy, in one sentence. */
  readonly help?: (parameters: P) => Wording | null;
  /** Why it is a mistake, in the field's words: a paragraph for `dinc explain` and for the reference. */
  readonly explanation: string;
}

/** A text with advice. Only the catalogue makes one: `helps` in catalog/define.ts. */
export type Help = Wording & { readonly madeBy: "catalogue" };

export interface Details {
  readonly label?: string;
  readonly related?: readonly Related[];
  /** Replaces the entry's own help. */
  readonly help?: Help;
  readonly fixes?: readonly Fix[];
}

export function inText(span: Span): Location {
  return { kind: "text", span };
}

export function inData(data: DataLocation): Location {
  return { kind: "data", data };
}

export const noLocation: Location = { kind: "none" };

/** Makes a diagnostic from a catalogue entry. `location` may also be a span. */
export function diagnose<P>(
  kind: DiagnosticKind<P>,
  parameters: P,
  location: Location | Span,
  details: Details = {},
): Diagnostic {
  const help = details.help ?? kind.help?.(parameters) ?? null;
  return {
    code: kind.code,
    name: kind.name,
    severity: kind.severity,
    ...textsOf({ message: kind.message(parameters), help: help as Help | null }),
    location: "kind" in location ? location : inText(location),
    related: details.related ?? [],
    fixes: details.fixes ?? [],
    ...(details.label === undefined ? {} : { label: details.label }),
  };
}

/** The diagnostic with another message or another help. */
export function withTexts(diagnostic: Diagnostic, texts: Partial<Wordings>): Diagnostic {
  const { message: _, help: __, wordings: ___, ...others } = diagnostic;
  return {
    ...others,
    ...textsOf({ message: messageOf(diagnostic), help: helpOf(diagnostic), ...texts }),
  };
}

/** The diagnostic with options in the words of an interface. `diagnose` uses those of TypeScript. */
export function wordedFor(diagnostic: Diagnostic, words: OptionWords): Diagnostic {
  return diagnostic.wordings === undefined
    ? diagnostic
    : { ...diagnostic, ...inWords(diagnostic.wordings, words) };
}

/** The help, which another diagnostic reuses. @internal */
export function helpOf({ wordings, help }: Diagnostic): Help | null {
  return wordings === undefined ? ((help as Help | undefined) ?? null) : wordings.help;
}

/** The message, which another text with its own words for options reuses. @internal */
export function messageOf({ wordings, message }: Diagnostic): Wording {
  return wordings?.message ?? message;
}

type Texts = Pick<Diagnostic, "message" | "help" | "wordings">;

/** Texts in the words of TypeScript, and their wordings if these mention options. */
function textsOf(wordings: Wordings): Texts {
  const isPlain = typeof wordings.message === "string" && typeof (wordings.help ?? "") === "string";
  return { ...inWords(wordings, codeWords), ...(isPlain ? {} : { wordings }) };
}

function inWords({ message, help }: Wordings, words: OptionWords): Texts {
  return {
    message: worded(message, words),
    ...(help === null ? {} : { help: worded(help, words) }),
  };
}

/** A value that may be partial, with all diagnostics found while computing it. */
export interface Checked<T> {
  readonly value: T;
  readonly diagnostics: readonly Diagnostic[];
}

/** Tells whether any of them is an error. Warnings and advice leave a spec usable. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === "error");
}

/**
 * Carries diagnostics out of code at the edge (reading files, calling DuckDB), where returning them through
 * every call would obscure the code. The command line catches it and prints the diagnostics.
 */
export class DiagnosticError extends Error {
  override readonly name = "DiagnosticError";
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => `${diagnostic.code}: ${diagnostic.message}`).join("\n"));
    this.diagnostics = diagnostics;
  }
}
