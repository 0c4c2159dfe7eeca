// `npm run playground`: builds the page and its workers as one folder of files for any file server, serves it
// on this machine and opens it.
//
//   node playground/build.mjs [--out dist/playground] [--manual ADDRESS] [--issues ADDRESS] [--offline] [--address ADDRESS]
//     [--serve] [--port 8017]
//
// `--manual`: where the page finds the manual, which is built elsewhere. `--issues`: the page of the
// project's issues, where it is another than package.json's `bugs`, or `issues` below its `repository`. `--offline`: a
// browser keeps the page after the first load; not for a folder that is served on this machine, where another page can have
// the same address. `--address`: where the page is published, for the picture that a posted link shows.
import "../examples/usage.mjs";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { rolldown } from "rolldown";
import { openBrowser, serveFolder } from "./serve.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const { values: options } = parseArgs({
  options: {
    out: { type: "string", default: join(root, "dist", "playground") },
    manual: { type: "string" },
    issues: { type: "string" },
    offline: { type: "boolean", default: false },
    address: { type: "string" },
    serve: { type: "boolean", default: false },
    port: { type: "string", default: "8017" },
  },
});
const out = resolve(options.out);

const start = readFileSync(join(root, "examples", "din-simulated", "model.din"), "utf8");
const about = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const define = {
  START: JSON.stringify(start),
  START_COLOURS: JSON.stringify(await coloursOf(start)),
  MANUAL: JSON.stringify(options.manual ?? null),
  ISSUES: JSON.stringify(options.issues ?? issuesOf(about)),
  VERSION: JSON.stringify(about.version),
  OFFLINE: JSON.stringify(options.offline),
};
const entries = {
  trainer: join(here, "page", "trainer.ts"),
  main: join(here, "page", "main.ts"),
  "language-worker": join(here, "workers", "language-worker.ts"),
  "training-worker": join(here, "workers", "training-worker.ts"),
  "thread-worker": join(here, "workers", "thread-worker.ts"),
  "views-worker": join(here, "workers", "views-worker.ts"),
  frame: join(here, "page", "frame.ts"),
};

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
/** Explanations of messages by code, and of functions by name: a hover shows them, so they are loaded later. */
const texts = { messages: {}, functions: {} };
const messagesApart = {
  name: "messages-apart",
  transform: {
    filter: { id: /diagnostics\/catalog\/[\w-]+\.ts$/ },
    handler(text) {
      let code = null;
      const entry = /\bcode: "(\w+)"|\bexplanation:\s*("(?:[^"\\\n]|\\.)*")/g;
      return text.replace(entry, (all, found, literal) => {
        if (found !== undefined) code = found;
        else if (code !== null) {
          texts.messages[code] = JSON.parse(literal);
          return 'explanation: ""';
        }
        return all;
      });
    },
  },
};
/** A function's signature stays; the rest of its documentation comes later. */
const functionsApart = {
  name: "functions-apart",
  transform: {
    filter: { id: /frontend\/functions\/[\w-]+\.function\.ts$/ },
    handler(text) {
      let name = null;
      const entry =
        /^ {2}name: "(\w+)",$|^ {2}doc: \[\n((?: {4}"(?:[^"\\\n]|\\.)*",\n)+) {2}\]\.join\("\\n"\),$/gm;
      return text.replace(entry, (all, found, lines) => {
        if (found !== undefined) name = found;
        else if (name !== null) {
          const doc = JSON.parse(`[${lines.trimEnd().slice(0, -1)}]`).join("\n");
          const [signature] = /^`[^`]+`/.exec(doc);
          texts.functions[name] = doc.slice(signature.length);
          return `  doc: ${JSON.stringify(signature)},`;
        }
        return all;
      });
    },
  },
};
// Code that several of them need is a file that the browser loads once.
const bundle = await rolldown({
  input: entries,
  platform: "browser",
  logLevel: "warn",
  plugins: [messagesApart, functionsApart],
  transform: { define },
});
await bundle.write({
  dir: out,
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "[name].js",
  minify: true,
});
await bundle.close();
// `<din-play>` has files of its own, so that the page's first load stays one file.
const play = await rolldown({
  input: { "din-play": join(here, "page", "din-play.ts") },
  platform: "browser",
  logLevel: "warn",
  transform: { define: { ...define, STYLE: JSON.stringify(styleOf("din-play.css")) } },
});
await play.write({ dir: out, format: "esm", chunkFileNames: "[name].js", minify: true });
await play.close();
for (const file of ["frame.html", "icon.svg", "card.png"]) cpSync(join(here, "page", file), join(out, file));
const page = readFileSync(join(here, "page", "index.html"), "utf8");
writeFileSync(
  join(out, "index.html"),
  options.address === undefined ? page : withCard(page, options.address),
);
// So that the folder is the package from which `dinc playground` serves the page.
cpSync(join(here, "serve.mjs"), join(out, "serve.mjs"));
const { version, license } = about;
const description = "The page that `dinc playground` serves.";
writeFileSync(
  join(out, "package.json"),
  `${JSON.stringify({ name: "dinc-playground", version, description, license, type: "module" }, null, 2)}\n`,
);
const uplot = readFileSync(join(root, "node_modules", "uplot", "dist", "uPlot.min.css"), "utf8");
writeFileSync(join(out, "style.css"), `${uplot}\n${styleOf("style.css")}`);
// Texts of the guide, which are loaded when somebody opens it.
const textsIn = (folder, ending) =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name.endsWith(ending))
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );
const specsIn = (folder) =>
  Object.fromEntries(
    Object.entries(textsIn(folder, ".din")).map(([name, text]) => [name.slice(0, -4), text]),
  );
const din = join(here, "examples", "din-paper");
const examples = {
  zoo: specsIn(join(root, "examples", "zoo")),
  din: specsIn(din),
  auc: JSON.parse(readFileSync(join(din, "auc.json"), "utf8")),
};
writeFileSync(join(out, "lessons.json"), JSON.stringify(textsIn(join(here, "lessons", "texts"), ".md")));
writeFileSync(join(out, "explanations.json"), JSON.stringify(texts));
writeFileSync(join(out, "examples.json"), JSON.stringify(examples));
if (options.offline) await writeServiceWorker();
console.log(`the playground is in ${out}: any file server can serve it`);
if (options.serve) {
  const { address } = await serveFolder(out, { port: Number(options.port) });
  console.log(`open ${address} (Ctrl-C ends it)`);
  // Where nothing opens a browser, the line above says enough.
  openBrowser(address);
}

/** The palette, the editor's rules and those of one file, without comments and line breaks, which are a tenth of what is loaded. */
function styleOf(name) {
  const palette = join(root, "compiler", "backends", "page", "browser", "palette.css");
  const files = [palette, join(here, "page", "editor.css"), join(here, "page", name)];
  const rules = files.map((file) => readFileSync(file, "utf8")).join("\n");
  const lines = rules.replaceAll(/\/\*[\s\S]*?\*\//g, "").split("\n");
  return lines.map((line) => line.trim()).join("");
}

/** See first-colours.ts. */
async function coloursOf(spec) {
  const bundle = await rolldown({
    input: join(here, "page", "first-colours.ts"),
    platform: "node",
    logLevel: "warn",
  });
  const { output } = await bundle.generate({ format: "esm" });
  await bundle.close();
  const colours = await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);
  return colours.coloursOf(spec);
}

/** With the picture of a posted link, whose address has to be a whole one. */
function withCard(page, address) {
  const at = new URL("card.png", address.endsWith("/") ? address : `${address}/`).href.replaceAll('"', "%22");
  const card = `<meta property="og:image" content="${at}">\n<meta name="twitter:card" content="summary_large_image">\n`;
  return page.replace("<title>", `${card}<title>`);
}

/** Written last: it knows the other files. */
async function writeServiceWorker() {
  const apart = new Set(["index.html", "card.png", "package.json", "serve.mjs"]);
  const files = readdirSync(out).filter((name) => !apart.has(name) && !name.startsWith("din-play"));
  const hash = createHash("sha256");
  for (const name of ["index.html", ...files]) hash.update(name).update(readFileSync(join(out, name)));
  const values = { BUILD: JSON.stringify(hash.digest("hex").slice(0, 16)), FILES: JSON.stringify(files) };
  const worker = await rolldown({
    input: join(here, "workers", "service-worker.ts"),
    platform: "browser",
    logLevel: "warn",
    transform: { define: values },
  });
  await worker.write({ file: join(out, "service-worker.js"), format: "iife", minify: true });
  await worker.close();
}

/** The page of a package's issues; null where it names none. */
function issuesOf({ bugs, repository }) {
  const own = bugs?.url ?? bugs;
  if (typeof own === "string") return own;
  const at = repository?.url ?? repository;
  if (typeof at !== "string") return null;
  return `${at.replace(/^git\+/, "").replace(/(\.git)?\/?$/, "")}/issues`;
}
