import { shellCommand } from "../../common/shell.ts";
import type { BackendDefinition } from "../contract/backend.ts";

export const onnx = {
  doc: "One ONNX file of opset 18, for any runtime that reads the format.",
  engines: [],
  target: {
    name: "onnx",
    doc: "model.onnx with a module that makes its inputs",
    takes: ["graph", "inputs"],
    holdsWeights: true,
    keepsPairs: true,
    weightsFiles: null,
    check: (folder) =>
      shellCommand`npm install --prefix ${folder} && node --test ${`${folder}/model.test.js`}`,
    emit: async (trained, options, context) =>
      (await import("./package.ts")).emitPackage(trained, options, context),
  },
} as const satisfies BackendDefinition;
