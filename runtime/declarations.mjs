// Run by `npm run build` after tsc: keeps the declarations that the types of `dinc`, `dinc/train` and
// `dinc/node` name, and those that these name. No program can import the others, which were as large in the
// package.

import { readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const named = new Set();
const unread = Object.values(exports).flatMap(({ types }) =>
  types === undefined ? [] : [join(root, types)],
);
for (let path = unread.pop(); path !== undefined; path = unread.pop()) {
  if (named.has(path)) continue;
  named.add(path);
  for (const [, name] of readFileSync(path, "utf8").matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g))
    unread.push(join(dirname(path), name.replace(/\.(m?)[jt]s$/, ".d.$1ts")));
}

for (const folder of ["grammar", "compiler", "runtime"])
  for (const name of readdirSync(join(root, "dist", folder), { recursive: true })) {
    const path = join(root, "dist", folder, name);
    if (/\.d\.m?ts$/.test(name) && !named.has(path)) rmSync(path);
  }
