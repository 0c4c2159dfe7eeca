import { shellCommand } from "../../common/shell.ts";
import type { BackendDefinition } from "../contract/backend.ts";

export const server = {
  doc: "A folder with an HTTP server around the TypeScript module: what `dinc serve` runs, with a Dockerfile and the requests as OpenAPI.",
  engines: [],
  target: {
    name: "server",
    doc: "an HTTP server for Node",
    takes: ["tables", "mode", "projectedTables", "singleFile"],
    holdsWeights: true,
    keepsPairs: false,
    weightsFiles: [
      ...[/^model\.golden\.json$/, /^openapi\.json$/, /^package\.json$/],
      /^model\.weights\.bin$/,
    ],
    check: (folder) => shellCommand`node --test ${`${folder}/model.test.js`}`,
    emit: async (trained, options, context) =>
      (await import("./package.ts")).emitServer(trained, options, context),
    verify: async (trained, options, folder) =>
      (await import("../typescript/verify.ts")).verifyPackage(trained, options, folder),
  },
} as const satisfies BackendDefinition;
