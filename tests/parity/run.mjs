// npm run parity [-- MODEL …]: compares models of the zoo with the code of other libraries, on the same weights.
// A library's script (libraries/NAME.py) writes checkpoints with random weights and the library's scores; `dinc import`
// reads them into the zoo's specs, and every engine scores the rows again. Without names it writes docs/parity.md.
// A library needs a Python with it; PARITY_FUXICTR and the like name one, and without it the library keeps its rows.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { comparisons, engines } from "./compare.mjs";
import { libraries } from "./libraries.mjs";

const root = join(import.meta.dirname, "../..");
const page = join(root, "docs/parity.md");
const stored = join(import.meta.dirname, "differences.json");
const only = process.argv.slice(2);
const peers = process.env.PEERS ?? join(homedir(), ".cache/peers");

const all = JSON.parse(readFileSync(stored, "utf8"));
for (const library of libraries) {
  const python =
    process.env[`PARITY_${library.name.toUpperCase()}`] ?? join(peers, library.name, "bin/python");
  const source = process.env[`${library.name.toUpperCase()}_DIR`] ?? join(peers, library.name, "source");
  if (!existsSync(python) || (library.needsSource && !existsSync(source))) {
    console.error(`${library.title} is not here: ${library.install(join(peers, library.name))}`);
    continue;
  }
  const folder = mkdtempSync(join(tmpdir(), `dinc-parity-${library.name}-`));
  try {
    const script = join(import.meta.dirname, "libraries", `${library.name}.py`);
    const env = { ...process.env, [`${library.name.toUpperCase()}_DIR`]: source };
    const made = spawnSync(python, [script, folder, ...only], {
      env,
      stdio: ["ignore", "inherit", "inherit"],
    });
    if (made.status !== 0) throw new Error(`${script} failed`);
    const found = await comparisons(folder, join(root, "examples/zoo"), library.from, only);
    for (const { name, problem, differences } of found) console.log(name, problem ?? differences);
    const kept =
      only.length === 0 ? [] : (all[library.name] ?? []).filter(({ name }) => !only.includes(name));
    all[library.name] = [...kept, ...found].sort((a, b) => (a.name < b.name ? -1 : 1));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
writeFileSync(stored, `${JSON.stringify(all, null, 2)}\n`);
writeFileSync(page, pageOf(all));

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
  return `## [${title}](${repository}) ${version}
${rows.length} models.

| zoo | ${title} | WebAssembly | native C | TensorFlow | |
|---|---|---|---|---|---|
${lines.join("\n")}
${notCompared(others)}`;
}

function notCompared(others) {
  const said = Object.entries(others).map(([name, why]) => `[${name}](../examples/zoo/${name}.din) (${why})`);
  return said.length === 0 ? "" : `\nNot compared: ${said.join("; ")}.\n`;
}
