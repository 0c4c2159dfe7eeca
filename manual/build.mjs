// `npm run docs`: builds the manual, with the playground that its specs open in, as one folder of files for
// any file server, also below a path. Reads nothing but the repository. A link to nothing ends it with exit
// code 1.
//
//   node manual/build.mjs [--out dist/manual] [--without-playground] [--address ADDRESS] [--serve] [--port 8018]
//
// `--address`: where the manual is published, for the picture that a posted link to the playground shows.
import "../examples/usage.mjs";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { rolldown } from "rolldown";
import { serveFolder } from "../playground/serve.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const { values: options } = parseArgs({
  options: {
    out: { type: "string", default: join(root, "dist", "manual") },
    "without-playground": { type: "boolean", default: false },
    address: { type: "string" },
    serve: { type: "boolean", default: false },
    port: { type: "string", default: "8018" },
  },
});
const out = resolve(options.out);

const withPlayground = !options["without-playground"];
const { files, broken } = await (await loaded("site.ts")).siteOf(root, { withPlayground });
if (broken.length > 0) {
  console.error(broken.join("\n"));
  console.error(`${broken.length} broken links: nothing was built`);
  process.exit(1);
}
rmSync(out, { recursive: true, force: true });
for (const [place, content] of files) {
  mkdirSync(dirname(join(out, place)), { recursive: true });
  writeFileSync(join(out, place), content);
}
await bundled(join(here, "page", "manual.ts"), "browser", {
  file: join(out, "manual.js"),
  format: "iife",
  minify: true,
});
const styles = [
  join(root, "compiler", "backends", "page", "browser", "palette.css"),
  join(here, "page", "manual.css"),
];
writeFileSync(join(out, "manual.css"), styles.map((path) => readFileSync(path, "utf8")).join("\n"));
if (withPlayground) {
  const args = [join(root, "playground", "build.mjs")];
  args.push("--out", join(out, "playground"), "--manual", "../index.html");
  if (!options.serve) args.push("--offline");
  if (options.address !== undefined)
    args.push("--address", new URL("playground/", options.address.replace(/\/?$/, "/")).href);
  const { status } = spawnSync(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) process.exit(1);
}
const pages = [...files.keys()].filter((place) => place.endsWith(".html")).length;
console.log(`the manual is in ${out}, ${pages} pages: any file server can serve it`);
if (options.serve) {
  const { address } = await serveFolder(out, { port: Number(options.port) });
  console.log(`open ${address} (Ctrl-C ends it)`);
}

/** TypeScript is bundled first, because Node 20 does not read it. */
async function loaded(name) {
  const folder = mkdtempSync(join(tmpdir(), "dinc-manual-"));
  try {
    const file = join(folder, "site.mjs");
    await bundled(join(here, name), "node", { file, format: "esm" });
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bundled(input, platform, output) {
  const bundle = await rolldown({ input, platform, logLevel: "warn" });
  await bundle.write({ ...output, codeSplitting: false });
  await bundle.close();
}
