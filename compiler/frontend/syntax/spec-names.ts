// The names that a spec declares, with the number of their uses: candidates for an unknown name that isn't a
// misspelling.

import { lex } from "../../../grammar/tokens.ts";
import type { Item, Spec, Statement } from "./nodes.ts";

/** Names that also exist in the data, and names that exist only in the spec. */
type Where = "data" | "spec";

export class SpecNames {
  private readonly declared = new Map<string, Where>();
  /** Columns of histories, which usually occur once. */
  private readonly columns = new Set<string>();
  private readonly occurrences = new Map<string, number>();
  /**
   * Uses other than calls, names of options and values of options, such as `max`, which never name a `let`.
   */
  private readonly values = new Map<string, number>();
  private readonly lets = new Set<string>();

  constructor({ file, name, items, params, variants }: Spec) {
    if (name !== null) this.columns.add(name.name);
    for (const param of params) this.declared.set(param.name.name, "spec");
    this.add(items);
    for (const variant of variants) {
      this.columns.add(variant.name.name);
      for (const param of variant.params) this.declared.set(param.name.name, "spec");
      this.add(variant.items);
    }
    const { tokens } = lex(file.text);
    for (const [i, { image }] of tokens.entries()) {
      this.occurrences.set(image, (this.occurrences.get(image) ?? 0) + 1);
      const isValue = tokens[i - 1]?.image !== ":" && !/^[(:]$/.test(tokens[i + 1]?.image ?? "");
      if (isValue) this.values.set(image, (this.values.get(image) ?? 0) + 1);
    }
  }

  has(name: string): boolean {
    return this.declared.has(name) || this.columns.has(name);
  }

  /**
   * Tells whether an unknown name may itself be right: if `meant` is a column of the data that nothing else
   * reads, or if another declaration, whose name may be wrong, is never read.
   */
  mayBeMisspelt(meant: string): boolean {
    if (this.declared.get(meant) === "data" && this.isAlone(meant)) return true;
    for (const name of this.declared.keys()) if (name !== meant && this.isAlone(name)) return true;
    return false;
  }

  private isAlone(name: string): boolean {
    return ((this.lets.has(name) ? this.values : this.occurrences).get(name) ?? 0) === 1;
  }

  private add(items: readonly Item[]): void {
    for (const item of items) {
      switch (item.kind) {
        case "features":
          for (const { name } of item.features) this.declared.set(name.name, "data");
          break;
        case "history":
          // Requests use this name.
          this.declared.set(item.name.name, "data");
          for (const field of item.fields)
            if (field.kind === "binding") this.columns.add(field.column.name);
            else this.declared.set(field.name.name, "data");
          break;
        case "label":
          this.declared.set(item.name.name, "data");
          break;
        case "block":
          this.declared.set(item.name.name, "spec");
          for (const { name } of item.parameters) this.declared.set(name.name, "spec");
          this.addStatements(item.body);
          break;
        case "net":
          this.addStatements(item.statements);
          break;
        case "train":
      }
    }
  }

  private addStatements(statements: readonly Statement[]): void {
    for (const each of statements) {
      if (each.kind === "let")
        for (const { name } of each.names) {
          this.declared.set(name, "spec");
          this.lets.add(name);
        }
      else if (each.kind === "layer" || each.kind === "output") this.declared.set(each.name.name, "spec");
      // Nothing reads a loss.
      else if (each.kind === "loss") this.columns.add(each.name.name);
    }
  }
}
