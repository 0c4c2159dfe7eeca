import { shellCommand } from "../../common/shell.ts";
import type { BackendDefinition } from "../contract/backend.ts";

export const c = {
  doc: "C99 with the vector types of GCC and clang: one file and its header, for servers in C, C++ and all that calls C.",
  engines: [],
  target: {
    name: "c",
    doc: "a library in C without dependencies",
    takes: ["tables", "withoutTable", "mode", "bindings"],
    holdsWeights: true,
    keepsPairs: false,
    weightsFiles: [/^table\..*\.bin$/, /^test\.c$/, /^golden\.json$/, /^package\.json$/, /\.weights\.bin$/],
    fast: "A product and its sum are one instruction that rounds once, on processors that have it. Scores are as close to the reference as with --mode exact; their last bits depend on whether the processor has it.",
    check: (folder) => shellCommand`make -C ${folder} check`,
    emit: async (trained, options, context) =>
      (await import("./package.ts")).emitPackage(trained, options, context),
  },
} as const satisfies BackendDefinition;
