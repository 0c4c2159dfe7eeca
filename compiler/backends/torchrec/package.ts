// Makes the files of a package for PyTorch and TorchRec from a checked model.

import { lower } from "../../frontend/check/lower.ts";
import { describeSpec } from "../../frontend/config/rows-description.ts";
import type { Model } from "../../frontend/model/model.ts";
import { trainingProgram } from "../../middle/programs/step.ts";
import type { EmitContext, Emitted, GeneratedFile } from "../contract/emitted.ts";
import { pythonFiles } from "./library.generated.ts";
import { modelFile } from "./model-file.ts";
import { pyproject, readmeText, requirements, requirementsAlone } from "./package-files.ts";
import { identifier } from "./python.ts";
import { settingsFile } from "./settings-file.ts";
import { requireSupported } from "./supported.ts";

export function emitTorchrec(
  model: Model,
  context: Pick<EmitContext, "version" | "graphHash" | "specText">,
): Emitted {
  requireSupported(model);
  const { version } = context;
  const name = packageName(model.name);
  const files = new Map<string, GeneratedFile>([
    ["README.md", readmeText(model, name, version)],
    ["pyproject.toml", pyproject(model, name, version)],
    ["requirements.txt", requirements()],
    ["requirements-alone.txt", requirementsAlone()],
    [`${name}/model.py`, modelFile(model, version).text],
    [`${name}/settings.py`, settingsFile(model, version)],
    [`${name}/dinc.json`, description(model, context)],
  ]);
  for (const [file, text] of pythonFiles) files.set(`${name}/${file}`, text);
  return { files };
}

/** The name of the Python module: the model's, unless the package itself imports a module of that name. */
export function packageName(model: string): string {
  const imported = new Set([...pythonFiles.values()].flatMap(importedBy));
  const name = identifier(model);
  return imported.has(name) ? `${name}_model` : name;
}

function importedBy(text: string): string[] {
  return [...text.matchAll(/^\s*(?:from|import) ([a-z_][a-z0-9_]*)/gim)].map(([, name]) => name!);
}

/** dinc.json: training checks its rows against it, and `dinc import` makes a run from it. */
function description(
  model: Model,
  { version, graphHash, specText }: Pick<EmitContext, "version" | "graphHash" | "specText">,
): string {
  const program = trainingProgram(lower(model), model);
  const content = {
    version: 1,
    compiler: version,
    model: model.name,
    parent: model.parent,
    params: Object.fromEntries(model.params),
    graphHash: graphHash(program.predict),
    stepHash: graphHash(program.step),
    settings: model.train,
    spec: { path: model.file.path, text: specText(model) },
    rows: { reads: describeSpec(model) },
  };
  return `${JSON.stringify(content, null, 1)}\n`;
}
