// Catalogue: layers, parameters, and elements read by index. Codes DIN0681–DIN0689.

import { defineError, defineWarning, withHelps } from "./define.ts";

export const notALayer = defineError<{ name: string; type: string }>({
  code: "DIN0681",
  name: "not-a-layer",
  message: ({ name, type }) => `\`${name}\` is declared as a layer, but this is ${type}`,
  help: ({ name }) =>
    `write what may follow \`|>\`, such as \`dense(16)\`, or a function, such as \`(a, b) => dense(a * b, 16)\`; a value is \`let ${name} = …\``,
  explanation:
    "A layer is a function whose calls share its weights: a call without its first argument, as after `|>`, the name of a function, or a function that is written in place.",
});

/** `positions`: true if the weights are vectors of positions. */
export const layerWidths = defineError<{ name: string; first: string; now: string; positions: boolean }>({
  code: "DIN0682",
  name: "layer-widths-differ",
  message: ({ name, first, now, positions }) =>
    `\`${name}\` has weights for ${first} ${positions ? "positions" : "numbers"}, and this call gives it ${now}`,
  help: ({ name, positions }) =>
    positions
      ? `all calls of \`${name}\` have the same weights, so they must pass sequences with one largest number of steps; declare another layer for other sequences`
      : `all calls of \`${name}\` have the same weights, so they must pass vectors of one width; declare another layer for other widths`,
  explanation:
    "The weights of a layer are made at its first call and are the same in every call. So everything that determines their sizes, such as the width of an argument, must be the same in every call too.",
});

export const unusedLayer = defineWarning<{ name: string }>({
  code: "DIN0683",
  name: "unused-layer",
  message: ({ name }) => `nothing calls the layer \`${name}\``,
  help: ({ name }) => `remove it, or give it a value: \`${name}(x)\``,
  explanation: "A layer is a function: it computes nothing until it is called.",
});

export const tupleLength = defineError<{ names: number; length: string }>({
  code: "DIN0684",
  name: "names-and-elements",
  message: ({ names, length }) => `there are ${names} names for a list of ${length}`,
  help: ({ length }) => `give each of the ${length} elements a name, or read one: \`x[1]\``,
  explanation: "`let (a, b) = …` names all elements of a list, in their order.",
});

export const stepsByNumber = withHelps(
  defineError<{ name: string }>({
    code: "DIN0685",
    name: "steps-have-no-numbers",
    message: ({ name }) => `the steps of \`${name}\` cannot be indexed, because their number differs by user`,
    help: () => "`last(x)` is the latest one",
    explanation:
      "An index reads an element of a list, or numbers of a vector: `x[2]` is the second, `x[2..5]` the second to the fifth. The number of steps of a history is not known when compiling.",
  }),
  {
    ofEach: (text: string) =>
      `\`last(x)\` is the latest one; numbers of each step's vector are \`each(${text}, x => x[1])\``,
  },
);

export const parameterSizes = defineError<{ got: number }>({
  code: "DIN0686",
  name: "parameter-sizes",
  message: ({ got }) => `\`parameter\` takes one size or two, not ${got}`,
  help: () => "a learned vector is `parameter(16)`, a list of 4 of them `parameter(4, 16)`",
  explanation: "Learned values are a vector, or a list of vectors of one width.",
});

export const parameterBy = defineError<{ name: string }>({
  code: "DIN0687",
  name: "parameter-by-number",
  message: ({ name }) => `\`${name}\` has no ids, so there is no value for each of them`,
  help: ({ name }) =>
    `name a feature with ids, or put the number in buckets: \`${name} : number |> quantiles(20)\``,
  explanation: "`parameter(…, per: feature)` learns one value for each id of the feature.",
});

export const openLet = defineError<{ name: string; layer: string; callee: string }>({
  code: "DIN0688",
  name: "layer-in-let",
  message: ({ name, callee }) => `\`${name}\` is a value, but \`${callee}\` lacks its first argument`,
  help: ({ name, layer, callee }) =>
    `a function with weights that its calls share is \`layer ${name} = ${layer}\`; a value is \`${callee}(x, …)\``,
  explanation:
    "`let` names a value of the network, which is computed from others. `layer score = dense(16)` names a function: every `score(x)` uses the same weights. Keras and PyTorch write both with `=`.",
});
