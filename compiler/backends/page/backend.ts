import { shellCommand } from "../../common/shell.ts";
import type { BackendDefinition } from "../contract/backend.ts";

export const page = {
  doc: "An HTML file that ranks offline: the TypeScript module and its weights, with an interface for people.",
  engines: [],
  target: {
    name: "page",
    doc: "an HTML file that ranks offline",
    takes: ["tables", "mode", "projectedTables", "singleFile"],
    holdsWeights: true,
    keepsPairs: false,
    weightsFiles: [...[/^model\.golden\.json$/, /^model\.html$/, /^package\.json$/], /^model\.weights\.bin$/],
    check: (folder) => shellCommand`node --test ${`${folder}/model.test.js`}`,
    emit: async (trained, options, context) =>
      (await import("./page.ts")).emitPage(trained, options, context),
    verify: async (trained, options, folder) =>
      (await import("../typescript/verify.ts")).verifyPackage(trained, options, folder),
  },
} as const satisfies BackendDefinition;
