// Run by `npm run build` after tsc: joins the modules that the package runs into few files, dist/bundle.
// Loading hundreds of modules takes longer than most of what they do. The command line, `dinc`, `dinc/train`
// and `dinc/node` share the files, so that an error has one class.

import { readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
const out = join(dist, "bundle");

/** The scripts of threads, by name. Each is next to the file that starts it. */
const threads = readdirSync(join(dist, "runtime"), { recursive: true })
  .filter((path) => path.endsWith("-worker.js"))
  .map((path) => [basename(path, ".js"), join(dist, "runtime", path)]);
/** These read specs, like the commands. All others only compute: they load few files, which have nothing else. */
const readSpecs = ([, path]) => /[\\/](?:lsp|tune)$/.test(dirname(path));

/**
 * The modules of these names, with all that they import, are one file each. What a module needs of an earlier
 * file is not repeated: what every command needs, then what reads a spec, then what compiles one. A thing
 * that fewer need is a file of its own.
 */
const files = {
  start: [
    "at-end",
    "calendar",
    "choices",
    "csv-format",
    "default-request",
    "table/describe",
    "diagnostic",
    "emit-options",
    "exit-codes",
    "imported/files/random-access",
    "option-text",
    "prepared-folder",
    "usage-error",
    "version",
  ],
  specs: ["print-diagnostics", "read-spec", "spec-options"],
  compiling: ["driver/compile", "run/open-run", "typescript/package", "typescript/verify"],
};

/** Names of functions and classes stay, for the traces of internal errors; those of their variables get short. */
const keepNames = { function: true, class: true };
const readable = {
  compress: { target: "es2022", keepNames },
  mangle: { toplevel: true, keepNames },
  codegen: { removeWhitespace: true },
};

/**
 * DuckDB's binding, found from the package that needs it: a package manager may hide it from dinc. All else of that package
 * is bundled, because Node takes four times as long to load its two hundred modules.
 */
const binding = "@duckdb/node-bindings";
const duckDbBinding = {
  name: "duckdb-binding",
  resolveId: (id) => (id === binding ? "\0duckdb-binding" : null),
  load: (id) =>
    id === "\0duckdb-binding"
      ? `import { createRequire } from "node:module";
const api = createRequire(import.meta.url).resolve("@duckdb/node-api");
export default createRequire(api)("${binding}");`
      : null,
};

async function write(
  input,
  codeSplitting,
  { platform = "node", minify = readable, chunks = "[name].js" } = {},
) {
  const bundle = await rolldown({
    input,
    platform,
    logLevel: "warn",
    // Packages that few commands need stay as they are installed.
    external:
      /^(?:@bufbuild|@observablehq|@uwdata|fastify|fzstd|linkedom|lz4js|prom-client|vscode-languageserver)/,
    plugins: [duckDbBinding],
  });
  await bundle.write({
    dir: out,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: chunks,
    codeSplitting,
    minify,
  });
  await bundle.close();
}

rmSync(out, { recursive: true, force: true });
await write(
  {
    "command-line": join(dist, "runtime", "cli", "main.js"),
    dinc: join(dist, "compiler", "index.js"),
    node: join(dist, "runtime", "index.js"),
    train: join(dist, "compiler", "train", "index.js"),
    session: join(dist, "runtime", "session", "main.js"),
    ...Object.fromEntries(threads.filter(readSpecs)),
  },
  {
    groups: Object.entries(files).map(([name, modules], i, { length }) => {
      const path = new RegExp(`[\\\\/](?:${modules.join("|").replaceAll("/", "[\\\\/]")})\\.js$`);
      // Packages have modules of these names, too.
      return { name, test: (id) => id.startsWith(dist) && path.test(id), priority: length - i };
    }),
  },
);
// Threads that only compute share files, and are as small as may be: the thread that waits for them has readable names.
const computing = threads.filter((each) => !readSpecs(each));
await write(Object.fromEntries(computing), true, { minify: true, chunks: "thread-[name].js" });
// The server is one file, with its threads, so that a compiled folder can have it too.
await write({ server: join(dist, "runtime", "serve", "main.js") }, false);
// `dinc` and `dinc/train` for browsers: one file, which nothing of Node is in, as small as may be.
const browser = { browser: join(dist, "compiler", "train", "index.js") };
await write(browser, false, { platform: "browser", minify: true });
