// The files around model.onnx that make a folder one can run, test and publish: package.json, test, README.

import { pythonQuoted } from "../../common/python-text.ts";
import { literal, quoted, typed } from "../../common/quoting.ts";
import { classesOf } from "../../frontend/labels/predicted-values.ts";
import type { Model } from "../../frontend/model/model.ts";
import type { Calibration } from "../../middle/calibration/curve.ts";
import type { GraphForm } from "../contract/emit-options.ts";
import { GENERATED_BY } from "../contract/emitted.ts";
import { NOT_LINTED } from "../typescript/finish-module.ts";
import {
  calibrationNote,
  markdown,
  ownTimeNote,
  packageName,
  packageVersion,
} from "../typescript/package-files.ts";
import { inBothLanguages, type TwoLanguages } from "../typescript/writer.ts";
import { DATA_FILE } from "./external-data.ts";
import { type PredictionOutputs, resultsOf } from "./model.ts";
import type { ModelProto, ValueInfoProto } from "./onnx.generated.ts";

export function packageJson(model: Model, version: string, run: string | null): string {
  const content = {
    name: `${packageName(model.name)}-onnx`,
    version: packageVersion(run),
    private: true,
    description: `The model ${model.name} as ONNX.`,
    [GENERATED_BY]: `dinc ${version}`,
    type: "module",
    exports: {
      "./inputs": { types: "./inputs.ts", default: "./inputs.js" },
      "./inputs.bin": "./inputs.bin",
      "./model.onnx": "./model.onnx",
      "./model.golden.json": "./model.golden.json",
    },
    scripts: { test: "node --test model.test.js" },
    devDependencies: { "onnxruntime-node": "^1.15.0" },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** `model.test.ts`: that onnxruntime gives what training gives. */
export function testFiles(model: Model): TwoLanguages {
  const results = resultsOf(model).map(
    ({ label, own, probability, width }) =>
      `  { label: ${quoted(label)}, own: ${quoted(own)}, probability: ${probability === null ? "null" : quoted(probability)}, width: ${width} },`,
  );
  return inBothLanguages(`${NOT_LINTED}
// Checks this folder: golden requests, damaged vocabularies. Run: npm install && node --test model.test.js

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { createEncoder${typed(", type Request")} } from "./inputs.js";

${typed(`interface Golden {
  readonly tolerance: { readonly absolute: number; readonly relative: number };
  readonly requests: readonly {
    readonly request: Request;
    readonly logits: readonly (readonly [string, readonly number[]])[];
  }[];
}`)}

const outputs = [
${results.join("\n")}
];
const data = readFileSync(new URL("./inputs.bin", import.meta.url));
const golden = JSON.parse(readFileSync(new URL("./model.golden.json", import.meta.url), "utf8"))${typed(" as Golden")};
const encoder = createEncoder(data);
const session = await InferenceSession.create(fileURLToPath(new URL("./model.onnx", import.meta.url)));

async function scores(request${typed(": Request")})${typed(": Promise<Record<string, Float32Array>>")} {
  const feeds = Object.entries(encoder.feeds(request)).map(
    ([name, { type, data: values, dims }]) => [name, new Tensor(type, values${typed(" as never")}, dims)]${typed(" as const")},
  );
  const results = await session.run(Object.fromEntries(feeds));
  return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, tensor.data${typed(" as Float32Array")}]));
}

function isClose(found${typed(": number")}, expected${typed(": number")})${typed(": boolean")} {
  const { absolute, relative } = golden.tolerance;
  return Math.abs(found - expected) <= absolute + relative * Math.abs(expected);
}

for (const [i, { request, logits }] of golden.requests.entries()) {
  test(\`golden request \${i}\`, async () => {
    const found = await scores(request);
    for (const [label, expected] of logits) {
      const { own, probability, width } = outputs.find((output) => output.label === label)${typed("!")};
      assert.equal(found[own]${typed("!")}.length, request.candidates.length * width);
      expected.forEach((value, i) => {
        const score = found[own]${typed("!")}[i]${typed("!")};
        assert.ok(isClose(score, value), \`candidate \${Math.floor(i / width)}: logit \${score} for \${label} instead of \${value}\`);
        if (probability === null) return;
        const all = Array.from(found[own]${typed("!")}.subarray(i - (i % width), i - (i % width) + width));
        const others = width === 1 ? 1 + Math.exp(-score) : all.reduce((sum, other) => sum + Math.exp(other - score), 0);
        assert.ok(Math.abs(found[probability]${typed("!")}[i]${typed("!")} - 1 / others) < 1e-6);
      });
    }
  });
}

test("changed vocabularies are refused", () => {
  const changed = new Uint8Array(data);
  changed[changed.length - 1]${typed("!")} ^= 1;
  assert.throws(() => createEncoder(changed), { name: "RankerWeightsError" });
  assert.throws(() => createEncoder(data.subarray(0, 20)), { name: "RankerWeightsError" });
});
`);
}

/** `README.md`, its example being the first golden request. */
export function readmeText(
  model: Model,
  onnx: ModelProto,
  form: GraphForm,
  dataApart: boolean,
  version: string,
  example: unknown,
  calibration: Calibration | null,
): string {
  const [first] = resultsOf(model) as [PredictionOutputs];
  const shown = first.probability ?? first.own;
  const ofEach =
    first.width === 1 ? "one for each candidate" : `${first.width} for each candidate, one a class`;
  const line = (info: ValueInfoProto) =>
    `| \`${markdown(info.name)}\` | ${typeText(info)} | ${cell(info.docString)} |\n`;
  const table = (infos: readonly ValueInfoProto[]) => infos.map(line).join("");
  const { input, output } = onnx.graph!;
  return `# ${markdown(model.name)}

The model \`${markdown(model.name)}\` as ONNX, opset ${onnx.opsetImport[0]!.version}. Generated by dinc ${version}.

\`\`\`js
// example.mjs: npm install onnxruntime-node && node example.mjs
import { readFile } from "node:fs/promises";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { createEncoder } from "./inputs.js";

const encoder = createEncoder(await readFile(new URL("./inputs.bin", import.meta.url)));
const session = await InferenceSession.create("model.onnx");

const request = ${literal(example)};
const feeds = Object.entries(encoder.feeds(request)).map(([name, { type, data, dims }]) => [name, new Tensor(type, data, dims)]);
const results = await session.run(Object.fromEntries(feeds));
console.log(results[${quoted(shown)}].data); // ${ofEach}, in order
\`\`\`

The same in Python:

\`\`\`python
# example.py: pip install numpy onnxruntime && python example.py
import json
from pathlib import Path

import onnxruntime

from inputs import Encoder

encoder = Encoder(Path("inputs.bin").read_bytes())
session = onnxruntime.InferenceSession("model.onnx")
request = json.loads(Path("model.golden.json").read_text())["requests"][0]["request"]
(predictions,) = session.run([${pythonQuoted(shown)}], encoder.feeds(request))
print(predictions)  # ${ofEach}, in order
\`\`\`

- Raw values go into \`encoder.feeds\`: ids as strings, whole numbers or bigints, numbers untransformed. It reads them with
  the code that read the training rows. An id that training did not know counts as unknown. What cannot be scored throws
  \`RankerInputError\`, whose \`field\` says where it is.
- Histories are in the order of time, the latest step last; \`[]\` for none. There is one candidate at least.
${ownTimeNote(model, "`Date.now()`, in Python `time.time()`")}- ${formText(form)}
${calibrationNote(calibration)}- \`npm install && node --test\` or, with numpy and onnxruntime, \`python model_test.py\` checks the folder: \`model.golden.json\`
  holds requests with the logits of the f64 reference.
- In a viewer such as Netron nodes are called by what they come from: \`net.interest\`, or the name of a block.

## Inputs
| name | type | |
|---|---|---|
${table(input)}
Ids count from 2 in the order of the vocabulary; 1 is an unknown value.

## Outputs
| name | type | |
|---|---|---|
${table(output)}
${classesText(model)}## Files
| file | holds |
|---|---|
| model.onnx | the network${dataApart ? "" : " and its weights"} |
${dataApart ? `| ${DATA_FILE} | its weights, which model.onnx refers to by this name |\n` : ""}| inputs.ts, inputs.js | from raw requests to inputs, typed and transpiled; no dependencies |
| inputs.py | the same for Python 3.9 or newer, with numpy |
| inputs.bin | vocabularies and what transforms learned, with a checksum |
| model.golden.json | requests with their logits and the tolerance |
| model.test.ts, model.test.js, model_test.py | the folder's own test |
`;
}

function formText(form: GraphForm): string {
  return form === "optimised"
    ? "A run scores one request. Inputs of the user have one row, and values that depend on the user alone are computed once for all candidates."
    : "This is the graph of a training export: inputs of the user are repeated for each candidate, and nothing is optimised. Compiled without `--graph exported`, the model gives the same scores with less work.";
}

function typeText({ type }: ValueInfoProto): string {
  if (type?.value.case !== "tensorType") return "";
  const { elemType, shape } = type.value.value;
  const dims = (shape?.dim ?? []).map(({ value }) => String(value.value));
  return `${elemType === 1 ? "float" : "int32"} [${dims.join(", ")}]`;
}

/** Text within a cell of a Markdown table. */
function cell(text: string): string {
  return text.replace(/[\r\n]+/g, " ").replace(/[|<`]/g, (character) => `\\${character}`);
}

/** Names of classes; empty where no label has any. */
function classesText({ labels, predictions }: Model): string {
  const lines = predictions.flatMap(({ label }) => {
    const classes = classesOf(labels.get(label)!);
    const names = classes.map((each) => `\`${cell(each)}\``).join(", ");
    return classes.length === 0
      ? []
      : [`The classes of \`${markdown(label)}\`, in the order of its numbers: ${names}.\n\n`];
  });
  return lines.join("");
}
