// Writes the imports of a generated file: only those it uses, in the order of ruff's isort.

import type { PythonFile } from "./lowering.ts";
import { laidOut } from "./python.ts";

export class Imports {
  private readonly names = new Map<PythonFile | "batch" | "tables" | "objective", Set<string>>();
  private readonly whole = new Set<string>();

  /** Adds `from .ops import repeat`; returns the name. */
  from(file: PythonFile | "batch" | "tables" | "objective", name: string): string {
    const names = this.names.get(file) ?? new Set();
    this.names.set(file, names.add(name));
    return name;
  }

  /** A whole line, such as `import math`. */
  line(text: string): void {
    this.whole.add(text);
  }

  has(name: string): boolean {
    return [...this.names.values()].some((names) => names.has(name));
  }

  lines(): string[] {
    const own = [...this.names].sort(([a], [b]) => (a < b ? -1 : 1));
    const standard = [...this.whole].filter((line) => !line.includes("torch")).sort();
    const torch = [...this.whole].filter((line) => line.includes("torch")).sort(importsFirst);
    const groups = [
      standard,
      torch,
      own.flatMap(([file, names]) =>
        laidOut(`from .${file} import `, { open: "(", items: [...names].sort(byCase), close: ")" }, 0).map(
          (line, _, all) => (all.length === 1 ? line.replace(/\((.*)\)$/, "$1") : line),
        ),
      ),
    ];
    return groups
      .filter((group) => group.length > 0)
      .flatMap((group, i) => (i === 0 ? group : ["", ...group]));
  }
}

/** `import torch` comes before `from torch import nn`. */
function importsFirst(a: string, b: string): number {
  const kind = (line: string) => (line.startsWith("import ") ? 0 : 1);
  return kind(a) - kind(b) || (a < b ? -1 : 1);
}

/** Constants, classes, functions, in the order of isort. */
function byCase(a: string, b: string): number {
  const kind = (name: string) => (name === name.toUpperCase() ? 0 : /^[A-Z]/.test(name) ? 1 : 2);
  return kind(a) - kind(b) || (a.toLowerCase() < b.toLowerCase() ? -1 : 1);
}
