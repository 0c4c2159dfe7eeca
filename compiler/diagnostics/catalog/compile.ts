// Catalogue: models that `dinc compile` refuses or writes otherwise than asked. Codes DIN0600–DIN0649, DIN0738, DIN0825, DIN0826.

import { option, wording } from "../../common/option-text.ts";
import { defineError, defineWarning } from "./define.ts";

export const outputNotGenerated = defineError<{ path: string }>({
  code: "DIN0601",
  name: "output-not-generated",
  message: ({ path }) => `${path} holds files that dinc did not generate, so dinc does not replace it`,
  explanation:
    "`dinc compile` replaces its own earlier output as a whole. A folder with anything else in it is left alone: name another --out, or use --force to replace everything in it.",
});

export const noModuleThere = defineError<{ path: string; reason: string }>({
  code: "DIN0607",
  name: "no-module-there",
  message: ({ path, reason }) => `${path} has no module that could use other weights: ${reason}`,
  help: () => wording`compile it as a whole first, without ${option("weightsOnly")}`,
  explanation:
    "`dinc compile --weights-only` writes weights into the folder of a module that `dinc compile --target ts` wrote before, and does not change its code. This folder has no such module, or an early version of dinc wrote it without a record of its origin.",
});

export const weightsOfOtherProgram = defineError<{ path: string; run: string; why: readonly string[] }>({
  code: "DIN0608",
  name: "weights-of-other-program",
  message: ({ path, run, why }) =>
    `the module in ${path} cannot use the weights of ${run}: ${why.join(", and ")}`,
  help: () => wording`compile it again without ${option("weightsOnly")}, and let servers load the new module`,
  explanation:
    "A module can use the weights of every run that has the same program: the same features with the same encoding, the same network and the same options of `dinc compile`. Vocabularies, the fitted values of transforms and the sizes of tables are in the weights file, so new ids and new scales need no new code. `dinc diff` and `dinc train --from RUN --explain` say beforehand whether a module can still be used.",
});

export const inputsStayEncoded = defineWarning<{
  /** Each input, and what it encodes. */
  inputs: readonly { readonly name: string; readonly because: string }[];
}>({
  code: "DIN0738",
  name: "inputs-stay-encoded",
  message: ({ inputs: [first, ...more] }) => {
    const others = more.length === 0 ? "" : `, as do ${more.map(({ name }) => `\`${name}\``).join(", ")}`;
    return `the input \`${first!.name}\` stays encoded${others}: it is ${first!.because.split(":")[0]}, which no operators of ONNX compute`;
  },
  help: () =>
    "give it as the folder's README says, or use an `id` with a vocabulary; `dinc compile --target c` reads all raw values in Java, Go and others",
  explanation:
    "With `--inputs raw`, a model for ONNX takes texts and numbers as rows have them: vocabularies and transforms are in the model. ONNX has no operator that hashes a text or divides it into words, so such features keep the inputs that they have without the option. The model has them all the same; the README and the metadata `dinc.inputs` say which they are and what each takes.",
});

export const moduleDiffers = defineError<{ reason: string }>({
  code: "DIN0606",
  name: "module-differs",
  message: ({ reason }) =>
    `the generated module does not give the scores of training, so it is not kept: ${reason}`,
  explanation:
    "Before `dinc compile` finishes a folder, it reads the files back from the disk and scores the golden requests with the module in every form that this machine can run. One of them differed. If `dinc lint` says that a number or a time enters the network unscaled (DIN0709, DIN0737), transform it: where large terms cancel, 32 bits are too few. Otherwise the disk damages files, or dinc has a bug: compile again, and report it if it happens again.",
});

export const targetWithoutSetting = defineError<{ target: string; setting: string; instead: string }>({
  code: "DIN0649",
  name: "target-without-setting",
  message: ({ target, setting }) =>
    wording`a package of \`${option("target", target)}\` cannot train with \`${setting}\``,
  help: ({ instead }) => instead,
  explanation:
    "`dinc train` supports every setting of `train`, on every back end. The package for PyTorch and TorchRec keeps the weights of its last or best epoch as they are. It does not draw ids, and its predictions do not see the candidates of a request. A package that ignored a setting would train another model without a message.",
});

export const unknownBinding = defineError<{ name: string; known: readonly string[] }>({
  code: "DIN0623",
  name: "unknown-binding",
  message: ({ name, known }) =>
    wording`${option("bindings")}: there is no binding \`${name}\`; there are ${known.join(", ")}`,
  explanation:
    "`dinc compile --target c --bindings cpp,python` writes code of other languages beside the library in C, which calls it. Names are written with commas between them.",
});

export const historiesTooLong = defineError<{ target: string }>({
  code: "DIN0825",
  name: "histories-too-long",
  message: ({ target }) =>
    wording`the values of a request take more than the 1 GiB that ${option("target", target)} has for them`,
  help: () => "let histories have fewer steps: lower their `max`",
  explanation:
    "A module in C has one block of memory for the values of a request, with a fixed address for each. Its size follows from the `max` of the histories and the widths of the layers over their steps.",
});

export const bindingsWithoutTable = defineError<{ tables: readonly string[]; bindings: readonly string[] }>({
  code: "DIN0826",
  name: "bindings-without-table",
  message: ({ tables, bindings }) =>
    wording`bindings (${bindings.join(", ")}) load a model from its weights alone, but ${option("withoutTable")} leaves ${tables.join(", ")} out of them`,
  help: () =>
    wording`compile without ${option("withoutTable")}, or without ${option("bindings")} and let your program call \`…_load_with\` of the library in C`,
  explanation:
    "With `--without-table` the rows of a table come from a store: a function in C that every request calls. A binding has no such function, so its ranker could not load the model. A table that is too large for the memory of one process needs no store: the weights file is mapped, and processes of one machine share its pages.",
});
