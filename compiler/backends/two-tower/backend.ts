import { shellCommand } from "../../common/shell.ts";
import type { BackendDefinition } from "../contract/backend.ts";

export const twoTower = {
  doc: "The user's half of a model of two towers, as TypeScript and JavaScript: the vector of the user, whose inner product with an item's vector is the logit.",
  engines: [],
  target: {
    name: "two-tower",
    doc: "the user module of a two-tower model",
    takes: ["tables", "withoutTable", "mode", "projectedTables", "singleFile"],
    holdsWeights: true,
    keepsPairs: false,
    weightsFiles: [/^table\..*\.bin$/, /^model\.golden\.json$/, /^package\.json$/, /^model\.weights\.bin$/],
    check: (folder) => shellCommand`node --test ${`${folder}/model.test.js`}`,
    emit: async (trained, options, context) =>
      (await import("./package.ts")).emitUserPackage(trained, options, context),
    verify: async (trained, options, folder) =>
      (await import("../typescript/verify.ts")).verifyPackage(trained, options, folder),
  },
} as const satisfies BackendDefinition;
