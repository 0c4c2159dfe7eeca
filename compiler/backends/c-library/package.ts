// Makes the files of a folder in C from a model with its weights.

import { isCalibration } from "../../middle/programs/calibrated.ts";
import { TOLERANCE } from "../../serve/golden.ts";
import { TABLE_PREFIX } from "../../serve/weights.ts";
import type { EmitOptions } from "../contract/emit-options.ts";
import type { EmitContext, Emitted, GeneratedFile } from "../contract/emitted.ts";
import { requireValues, type TrainedModel } from "../contract/trained-model.ts";
import { goldenRequests } from "../golden/golden.ts";
import { referencesOf } from "../golden/reference.ts";
import { weightsFile } from "../serving/weights-file.ts";
import { storageFor, writtenTable } from "../typescript/compact-tables.ts";
import { programParts } from "../typescript/emit-program.ts";
import { asBytes, differences, rowsFile } from "../typescript/package.ts";
import { packageName, packageVersion } from "../typescript/package-files.ts";
import { bindingFacts } from "./bindings/binding.ts";
import { bindingsOf } from "./bindings/registry.ts";
import { encodersHeader } from "./encoders.ts";
import { emitC } from "./module.ts";
import { cmakeText, makefileText, packageJson, readmeText } from "./package-files.ts";
import { exampleText, testText } from "./test-file.ts";

export async function emitPackage(
  trained: TrainedModel,
  options: EmitOptions,
  { version, seed }: EmitContext,
): Promise<Emitted> {
  const { tables: type = "f32", withoutTable = [], mode = "exact", bindings = [] } = options;
  const languages = bindingsOf(bindings, withoutTable);
  const without = new Set(withoutTable);
  const { model, tables, run, fitted } = trained;
  const storageOf = (table: string) =>
    without.has(table)
      ? "source"
      : storageFor(requireValues(tables, table), isCalibration(table, model.predictions) ? "f32" : type);
  const written = new Map(
    [...tables].map(([name, table]) => [name, writtenTable(name, table, storageOf(name))] as const),
  );
  const stored = new Map([...written].map(([name, { tensors }]) => [name, tensors] as const));
  const emitted = emitC(trained, storageOf, stored, options, version);
  const asRead = new Map([...written].map(([name, table]) => [name, table.read] as const));
  const golden = goldenRequests(trained, referencesOf({ ...trained, tables: asRead }), seed);
  const { prefix, program, tensors } = emitted;
  const weights = weightsFile({
    ...{ program, run, tensors, golden: [] },
    fitted: { vocabularies: new Map(), transforms: new Map() },
  });
  const example = exampleText(emitted, golden);
  const known = { version, packageName: packageName(model.name), packageVersion: packageVersion(run) };
  const facts = bindingFacts(model, emitted, known);
  const readme = readmeText(emitted, version, {
    ...{ example, type, mode, calibration: trained.calibration },
    bindings: languages.map(({ title, doc }) => ({ title, doc: doc(facts) })),
  });
  const parts = programParts(trained, options, { version, features: emitted.encoding, tables: "" });
  const code = [
    [`${prefix}.h`, emitted.header],
    [`${prefix}.c`, emitted.code],
    ["dinc_inputs.h", encodersHeader],
  ] as const;
  const files = new Map<string, GeneratedFile>([
    ...code,
    [`${prefix}.weights.bin`, weights],
    ...emitted.stores.map(({ name }): [string, GeneratedFile] => [
      rowsFile(name),
      asBytes(requireValues(tables, name).values),
    ]),
    ["test.c", testText(emitted, { model, fitted, padding: trained.padding }, golden, TOLERANCE)],
    ["example.c", example],
    ["Makefile", makefileText(emitted)],
    ["CMakeLists.txt", cmakeText(emitted)],
    ["package.json", packageJson(model, version, run, { program, options, parts })],
    ["README.md", readme],
    ...languages.flatMap((language) => [...language.files(facts)]),
    ...languages.flatMap(({ copies }) =>
      copies === undefined ? [] : code.map(([name, text]) => [`${copies}/${name}`, text] as const),
    ),
  ]);
  if (languages.some(({ readsGolden }) => readsGolden))
    files.set("golden.json", `${JSON.stringify({ tolerance: TOLERANCE, requests: golden })}\n`);
  if (type === "f32") return { files };
  const inFile = [...stored.keys()].filter((name) => !without.has(name));
  const used = inFile.filter((name) => tensors.has(`${TABLE_PREFIX}${name}`));
  const sum = (lengths: readonly number[]) => lengths.reduce((a, b) => a + b, 0);
  const compacted = {
    bytes: sum(used.flatMap((name) => stored.get(name)!.map(([, { byteLength }]) => byteLength))),
    bytesAsFloats: sum(used.map((name) => requireValues(tables, name).values.byteLength)),
    stayed: used.filter((name) => storageOf(name) === "f32"),
    ...differences(golden, goldenRequests(trained, referencesOf(trained), seed)),
  };
  return { files, compacted };
}
