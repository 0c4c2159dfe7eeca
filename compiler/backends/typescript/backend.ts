import type { Backend } from "../contract/backend.ts";

export const typescript = {
  doc: "TypeScript and the same as JavaScript: calls of kernels over typed arrays, in one module with all that they need.",
  engines: [],
  target: {
    name: "ts",
    doc: "a module without dependencies",
    takes: ["tables", "withoutTable", "mode"],
    hasDependencies: false,
  },
} as const satisfies Backend;
