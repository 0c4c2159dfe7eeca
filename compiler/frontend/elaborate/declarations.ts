// The declarations of a spec, by name, with their syntax. The name of an invalid declaration is known but
// `broken`: reading it gives an error value, so that the mistake is reported once.

import { duplicateDeclaration, notSnakeCase } from "../../diagnostics/catalog/model.ts";
import type { DeclaredFeature, FeatureGroup, History, Label, Model } from "../model/model.ts";
import type { BlockItem, FeatureDeclaration, HistoryItem, Identifier } from "../syntax/nodes.ts";
import { at, Reporter } from "../syntax/reporter.ts";

export type DeclaredKind =
  | "feature"
  | "group"
  | "history"
  | "label"
  | "block"
  | "param"
  | "value"
  | "layer"
  | "output"
  | "loss";

export class Declarations {
  readonly features = new Map<string, DeclaredFeature>();
  /** Named lists of features: their names in the order of declaration. */
  readonly groups = new Map<string, FeatureGroup>();
  readonly histories = new Map<string, History>();
  readonly labels = new Map<string, Label>();
  readonly blocks = new Map<string, BlockItem>();
  /** The syntax of features, own fields (`clicks.dwell`) and histories, for the locations of messages. */
  readonly featureSyntax = new Map<string, FeatureDeclaration>();
  readonly historySyntax = new Map<string, HistoryItem>();
  /** The types of params, `a param (Int)`; wherever a value may be, params are already replaced by theirs. */
  readonly params = new Map<string, string>();
  /** Names whose declaration has an error. */
  readonly broken = new Set<string>();
  private readonly names = new Map<string, { kind: DeclaredKind; name: Identifier }>();
  private readonly reporter: Reporter;

  constructor(reporter: Reporter) {
    this.reporter = reporter;
  }

  /** The declarations of a checked model. */
  static of(model: Model): Declarations {
    const declarations = new Declarations(new Reporter());
    for (const [name, feature] of model.features) declarations.features.set(name, feature);
    for (const [name, group] of model.groups) declarations.groups.set(name, group);
    for (const [name, history] of model.histories) declarations.histories.set(name, history);
    for (const [name, label] of model.labels) declarations.labels.set(name, label);
    for (const [name, block] of model.blocks) declarations.blocks.set(name, block);
    return declarations;
  }

  /** Claims a name, or reports that it is taken. */
  claim(name: Identifier, kind: DeclaredKind): boolean {
    checkCase(name, this.reporter);
    const first = this.names.get(name.name);
    if (first !== undefined) {
      this.reporter.report(duplicateDeclaration, { name: name.name }, name.span, {
        related: [at(first.name.span, `first declared here, as a ${first.kind}`)],
      });
      return false;
    }
    this.names.set(name.name, { kind, name });
    return true;
  }

  /** The kind of a declared name; null if it is undeclared. */
  kindOf(name: string): DeclaredKind | null {
    return this.names.get(name)?.kind ?? null;
  }

  /** Tells whether this declaration got its name. */
  owns(name: Identifier): boolean {
    return this.names.get(name.name)?.name === name;
  }
}

const snakeCase = /^_*[a-z][a-z0-9_]*$/;

export function toSnakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/(?<![A-Z])([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toLowerCase()
    .replace(/__+/g, "_")
    .replace(/(?<=.)_$/, "");
}

export function checkCase(name: Identifier, reporter: Reporter): void {
  if (name.name === "" || name.name === "_" || snakeCase.test(name.name)) return;
  const better = toSnakeCase(name.name);
  reporter.report(notSnakeCase, { name: name.name, better }, name.span);
}
