// npm run parity [-- MODEL …]: compares models of the zoo with the code of other libraries, on the same weights.
// A library's script (libraries/NAME.py) writes checkpoints with random weights and the library's scores; `dinc import`
// reads them into the zoo's specs, and every engine scores the rows again. Without names it writes docs/parity.md.
// A library needs a Python with it; PARITY_FUXICTR and the like name one, and without it the library keeps its rows.

import "../../examples/usage.mjs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { engines } from "./compare.mjs";
import { alone, libraries } from "./libraries.mjs";

const root = join(import.meta.dirname, "../..");
const page = join(root, "docs/parity.md");
const stored = join(import.meta.dirname, "differences.json");
const only = process.argv.slice(2);
const peers = process.env.PEERS ?? join(homedir(), ".cache/peers");

const started = performance.now();
const all = JSON.parse(readFileSync(stored, "utf8"));
// One after the other each library would wait for the compiler of the native engine, and for its own Python.
await Promise.all(libraries.map(compareWith));
writeFileSync(stored, `${JSON.stringify(all, null, 2)}\n`);
writeFileSync(page, pageOf(all));
const rows = Object.values(all).flat();
const { length: failed } = rows.filter(({ differences }) => differences === undefined);
const seconds = Math.round((performance.now() - started) / 1000);
console.log(
  `${rows.length} comparisons of ${modelsOf(all).length} models, ${failed} not imported; ${seconds} s`,
);

async function compareWith(library) {
  const variable = library.name.toUpperCase();
  const environment = library.environment ?? library.name;
  const python = process.env[`PARITY_${variable}`] ?? join(peers, environment, "bin/python");
  const source = process.env[`${variable}_DIR`] ?? join(peers, library.name, "source");
  if (!existsSync(python) || (library.needsSource && !existsSync(source))) {
    console.error(`${library.title} is not here: ${library.install(join(peers, library.name))}`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), `dinc-parity-${library.name}-`));
  try {
    const script = join(import.meta.dirname, "libraries", `${library.name}.py`);
    await run(python, [script, folder, ...only], { [`${variable}_DIR`]: source });
    const compare = join(import.meta.dirname, "compare.mjs");
    await run(process.execPath, [compare, folder, join(root, "examples/zoo"), library.from]);
    const found = JSON.parse(readFileSync(join(folder, "found.json"), "utf8"));
    const kept =
      only.length === 0 ? [] : (all[library.name] ?? []).filter(({ name }) => !only.includes(name));
    all[library.name] = [...kept, ...found].sort((a, b) => (a.name < b.name ? -1 : 1));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a program whose output is this one's; rejects if it fails. */
async function run(program, args, env = {}) {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [status] = await once(child, "exit");
  if (status !== 0) throw new Error(`${args[0]} failed`);
}

/** The models that at least one library has, with the libraries and the largest difference of each. */
function modelsOf(differences) {
  const names = new Map();
  for (const { name: library, title } of libraries)
    for (const row of differences[library] ?? []) {
      if (row.differences === undefined) continue;
      const largest = Math.max(...Object.values(row.differences)).toExponential(1);
      names.set(row.name, [...(names.get(row.name) ?? []), `${title} ${largest}`]);
    }
  return [...names].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A row for each model of the zoo: the libraries that it is compared with, or why with none. */
function table(differences) {
  const compared = new Map(modelsOf(differences));
  const others = libraries.flatMap(({ title, others = {} }) =>
    Object.entries(others).map(([name, reason]) => [name, `${title}: ${reason}`]),
  );
  const why = { ...alone, ...Object.fromEntries(others) };
  const names = readdirSync(join(root, "examples/zoo")).flatMap(
    (file) => file.match(/^(.*)\.din$/)?.[1] ?? [],
  );
  return names.sort().map((name) => {
    const said = compared.get(name)?.join(", ") ?? why[name];
    if (said === undefined)
      throw new Error(`${name}: no library is compared, and libraries.mjs does not say why`);
    return `| [${name}](../examples/zoo/${name}.din) | ${said} |`;
  });
}

function pageOf(differences) {
  const sections = libraries.flatMap((library) => {
    const rows = differences[library.name] ?? [];
    return rows.length === 0 ? [] : [section(library, rows)];
  });
  return `# Parity: the zoo's models and other libraries' code

\`npm run parity\` writes this page. For each model it builds the library's module with random weights, saves its checkpoint, imports it
by [\`dinc import --from\`](migration.md#a-trained-model) into the spec of [examples/zoo](../examples/zoo), and scores the same ${64} rows
on each engine of dinc. Where names and shapes do not decide, a script in \`tests/parity/libraries\` computes the zoo's weights from the
library's. A remark says where a library differs from the paper, or has a part that the zoo's model lacks, and what was done about it.

The number is the largest difference of a probability. A single-precision network has rounding of about 1e-7 in it, whoever computes it.
Weights are drawn with a deviation of 0.3, biases and moving statistics too, so that no part is at an initial value that would hide it.

## By model
${modelsOf(differences).length} models are compared with at least one library.

| zoo | largest difference, or why there is none |
|---|---|
${table(differences).join("\n")}

${sections.join("\n")}`;
}

function section({ title, version, repository, others = {} }, rows) {
  const lines = rows.map(({ name, module, differences, problem, note }) => {
    const cells = engines.map((engine) =>
      differences === undefined ? "–" : differences[engine].toExponential(1),
    );
    const said = [...(problem === undefined ? [] : ["not imported"]), ...(note === "" ? [] : [note])].join(
      "; ",
    );
    return `| [${name}](../examples/zoo/${name}.din) | ${module} | ${cells.join(" | ")} | ${said.replaceAll("|", "\\|")} |`;
  });
  const heading = repository === undefined ? title : `[${title}](${repository}) ${version}`;
  return `## ${heading}
${rows.length} ${rows.length === 1 ? "model" : "models"}.

| zoo | ${title} | WebAssembly | native C | TensorFlow | |
|---|---|---|---|---|---|
${lines.join("\n")}
${notCompared(others)}`;
}

function notCompared(others) {
  const said = Object.entries(others).map(([name, why]) => `[${name}](../examples/zoo/${name}.din) (${why})`);
  return said.length === 0 ? "" : `\nNot compared: ${said.join("; ")}.\n`;
}
