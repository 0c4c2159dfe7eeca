// `userVector` in generated code: the vector of a user, which a vector index of items is asked with. As for
// `explain`, the program of the plain kernels has it as an additional output.

import { invariant } from "../../common/internal-error.ts";
import type { Plan } from "../serving/plan.ts";
import { locationText } from "./statements.ts";
import type { FunctionDeclaration, Method } from "./writer.ts";

/** An output of the program with a row for the request. */
export interface UserVector {
  readonly output: string;
  readonly width: number;
}

export function userVectorMethod({ width }: UserVector): Method {
  return {
    name: "userVector",
    doc: `The ${width} numbers whose inner product with the vector of an item is its logit.\n@throws RankerInputError as \`rank\` does.`,
    parameters: [{ name: "request", type: "UserRequest" }],
    returns: "Float32Array",
    code: ["return userVector(this.w, this.f, request);"],
  };
}

export function userVectorFunction(
  plan: Plan,
  hasWasm: boolean,
  { output: name, width }: UserVector,
): FunctionDeclaration {
  const output = plan.outputs.find((each) => each.name === name);
  invariant(output?.size === width, `the program has no ${name} of ${width} numbers`);
  return {
    kind: "function",
    name: "userVector",
    parameters: [
      { name: "w", type: "Weights" },
      { name: "f", type: "Features" },
      { name: "request", type: "UserRequest" },
    ],
    returns: "Float32Array",
    code: [
      // WebAssembly keeps nothing that scores do not need.
      `const q = new RequestValues(${hasWasm ? "null" : ""});`,
      "readRequest(w, f, q, request);",
      "computeRequest(w, q);",
      `return ${locationText(output.location)}.slice(0, ${width});`,
    ],
  };
}
