// Run by `npm run build` after tsc: joins the command line, the commands that only read specs, which editors and hooks start again
// and again, and `compile` into a few files. Loading the modules one by one takes longer than what they do.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const cli = join(root, "dist", "runtime", "cli");

const commands = ["check", "compile", "fmt", "lint"];

/** Loaded by other commands too, which must mean the same error classes, and the same list of what a signal undoes. */
const shared = [
  "compiler/common/usage-error.js",
  "runtime/files/at-end.js",
  "compiler/diagnostics/diagnostic.js",
  "grammar/chevrotain.mjs",
];

const bundle = await rolldown({
  input: join(cli, "main.js"),
  platform: "node",
  logLevel: "warn",
  external: (id) =>
    shared.some((path) => id.endsWith(path)) ||
    // What computes on a back end is loaded by a training.
    id.endsWith("/session.js") ||
    // Large, and the same in the package for who imports it.
    id.endsWith("/typescript/library.generated.js") ||
    id.startsWith("@bufbuild/") ||
    (id.includes("/commands/") && !commands.some((name) => id.endsWith(`/commands/${name}.js`))),
});
await bundle.write({
  dir: cli,
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "joined/[name].js",
  // Names stay, for the traces of internal errors.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
});
await bundle.close();
