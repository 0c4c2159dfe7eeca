// Generates `inputs.ts`, one file without imports that turns a raw request into the inputs of model.onnx. It
// reads requests by the same table as a ranker, with the readers and encoders of training. A data file holds
// the fitted values of the features, and the module checks that file.

import { invariant } from "../../common/internal-error.ts";
import { quoted } from "../../common/quoting.ts";
import { hasLearningPipe, keepsVocabulary } from "../../frontend/kinds/registry.ts";
import { ownerOf } from "../../frontend/model/model.ts";
import type { PlannedInput } from "../serving/plan.ts";
import { bundle, isBundled, mostCandidates, TOGETHER } from "../typescript/bundle.ts";
import { type FinishedModule, finishModule, type Heading } from "../typescript/finish-module.ts";
import { bufferDeclarations } from "../typescript/program.ts";
import { inputsFunction, slotText } from "../typescript/request-tables.ts";
import { requestInterfaces } from "../typescript/schema.ts";
import { elementsText, stepsText } from "../typescript/statements.ts";
import { candidateCount, ValueNames } from "../typescript/value-names.ts";
import { type Declaration, type FunctionDeclaration, mentionedBy } from "../typescript/writer.ts";
import type { FedInput, InputFacts } from "./input-facts.ts";

export interface EmittedInputs extends FinishedModule {
  /** Features with a vocabulary in the data file, and features with fitted transforms. */
  readonly vocabularies: readonly string[];
  readonly transforms: readonly string[];
}

/** These come first, because they are what users call. */
const apiNames = ["createEncoder", "Encoder"];

const exported = new Set([
  ...apiNames,
  ...["RankerInputError", "RankerWeightsError", "RawId", "Feed", "About"],
]);

/** The data file has no weights, and nothing is counted. */
const without = ["parameter", "table", "common", "usual"].map((name) => `WeightsFile.${name}`);

export function emitInputs(facts: InputFacts, origin: Pick<Heading, "version" | "run">): EmittedInputs {
  const { model, read } = facts;
  const { features, plan } = read;
  const names = new ValueNames(plan);
  const learns = features.some(hasLearningPipe);
  const own: readonly Declaration[] = [
    inputsFunction(read, names),
    ...bufferDeclarations(names),
    feedsFunction(facts, names),
    ...mostCandidates(model.requests?.max ?? null),
  ];
  const types = requestInterfaces(model, read);
  const mentioned = [...mentionedBy([...types, ...own])].filter(isBundled);
  const library = bundle(
    [...exported, ...mentioned],
    exported,
    new Set([...without, ...(learns ? [] : ["WeightsFile.learned"])]),
    model.requests === null ? undefined : TOGETHER,
  );
  const isApi = ({ name }: Declaration) => apiNames.includes(name);
  const declarations = [
    ...types,
    ...library.filter(isApi),
    ...own,
    ...library.filter((each) => !isApi(each)),
  ];
  const finished = finishModule(declarations, {
    does: `Turns requests into the inputs of model.onnx, the model ${model.name}`,
    ...{ model: model.name, carrier: "inputs.bin", ...origin },
  });
  return {
    ...finished,
    vocabularies: [...new Set(features.filter(keepsVocabulary).map(ownerOf))],
    transforms: [...new Set(features.filter(hasLearningPipe).map(ownerOf))],
  };
}

/** `feedsOf`: the inputs of model.onnx as values of a request and its candidates. */
function feedsFunction({ read: { plan }, fed, counts }: InputFacts, names: ValueNames): FunctionDeclaration {
  const inputs = new Map(plan.inputs.map((input) => [input.name, input]));
  const stepsOf = (history: string) => stepsText(history, names);

  /** The values as read, and their number where sets have them. */
  function valuesOf({ slot, rows }: PlannedInput): string {
    const buffer = slotText({ slot }, names);
    return rows.kind === "elements" ? `${buffer}.subarray(0, ${elementsText(rows, names)})` : buffer;
  }

  function feed({ name, dtype, repeats, rowsOf, axes }: FedInput): string {
    const input = inputs.get(name);
    invariant(input, `the graph has an input ${name} that the model does not declare`);
    const values = valuesOf(input);
    const sizes = axes.map((axis) => {
      if (typeof axis === "number") return axis;
      if (axis.kind === "candidates") return candidateCount;
      if (axis.kind === "steps") return stepsOf(axis.history);
      invariant(input.rows.kind === "elements", `${name} isn't a set`);
      const count = elementsText(input.rows, names);
      return repeats === "nothing" ? count : `${count} * ${candidateCount}`;
    });
    const repeated = {
      nothing: values,
      values: `${dtype === "i32" ? "repeatedInts" : "repeatedFloats"}(${values}, ${candidateCount})`,
      rows: `repeatedRows(${values}, ${rowsOf === null ? "1" : stepsOf(rowsOf)}, ${candidateCount})`,
    };
    return `[${quoted(name)}]: feedOf(${repeated[repeats]}, [${sizes.join(", ")}]),`;
  }

  return {
    kind: "function",
    name: "feedsOf",
    doc: "The inputs of model.onnx, from the values of a request and its n candidates.",
    parameters: [
      { name: "q", type: "RequestValues" },
      { name: "c", type: "CandidateValues" },
      { name: candidateCount, type: "number" },
    ],
    returns: "Record<string, Feed>",
    code: [
      "return {",
      ...fed.map(feed),
      ...counts.map(({ name, of }) => {
        const count = of.kind === "candidates" ? candidateCount : stepsOf(of.name);
        return `[${quoted(name)}]: feedOf(Int32Array.of(${count}), [1]),`;
      }),
      "};",
    ],
  };
}
