// Run by `npm run build` after tsc: writes dist/grammar/chevrotain.mjs as one file without imports. Loading chevrotain
// as it is installed, file by file, takes longer than all the rest of `dinc check`.

import { copyFileSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const built = join(root, "dist", "grammar");
const { version } = JSON.parse(
  readFileSync(join(root, "node_modules", "chevrotain", "package.json"), "utf8"),
);

const bundle = await rolldown({
  input: join(root, "grammar", "chevrotain.mjs"),
  platform: "node",
  logLevel: "warn",
});
await bundle.write({
  file: join(built, "chevrotain.mjs"),
  format: "esm",
  minify: true,
  postBanner:
    `/*! chevrotain ${version} (Apache License 2.0) with lodash-es (MIT License, Copyright OpenJS Foundation and other\n` +
    " * contributors, based on Underscore.js, copyright Jeremy Ashkenas, DocumentCloud and Investigative Reporters & Editors).\n" +
    " * The licences' texts come with those packages. */",
});
await bundle.close();
copyFileSync(join(root, "grammar", "chevrotain.d.mts"), join(built, "chevrotain.d.mts"));
