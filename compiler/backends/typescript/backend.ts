import { shellCommand } from "../../common/shell.ts";
import type { BackendDefinition } from "../contract/backend.ts";

export const typescript = {
  doc: "TypeScript, and the same as JavaScript: calls of kernels over typed arrays, in one module with everything that they need.",
  engines: [],
  target: {
    name: "ts",
    doc: "a module without dependencies",
    takes: ["tables", "withoutTable", "mode", "sessions", "projectedTables", "singleFile"],
    holdsWeights: true,
    keepsPairs: false,
    weightsFiles: [/^table\..*\.bin$/, /^model\.golden\.json$/, /^package\.json$/, /^model\.weights\.bin$/],
    check: (folder) => shellCommand`node --test ${`${folder}/model.test.js`}`,
    emit: async (trained, options, context) =>
      (await import("./package.ts")).emitPackage(trained, options, context),
    verify: async (trained, options, folder) =>
      (await import("./verify.ts")).verifyPackage(trained, options, folder),
  },
} as const satisfies BackendDefinition;
