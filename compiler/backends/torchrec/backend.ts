import { shellCommand } from "../../common/shell.ts";
import type { BackendDefinition } from "../contract/backend.ts";

export const torchrec = {
  doc: "A Python package for PyTorch and TorchRec, which trains on as many processes, GPUs and machines as there are.",
  engines: [],
  target: {
    name: "torchrec",
    doc: "a package that trains with PyTorch and TorchRec",
    takes: [],
    holdsWeights: false,
    keepsPairs: true,
    weightsFiles: null,
    check: (folder) => shellCommand`ruff check ${folder} && pyright ${folder}`,
    emit: async ({ model }, _options, context) => (await import("./package.ts")).emitTorchrec(model, context),
  },
} as const satisfies BackendDefinition;
