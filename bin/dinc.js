#!/usr/bin/env node
import * as nodeModule from "node:module";

// Where Node can keep what it compiled (22.1), the second start is faster.
nodeModule.enableCompileCache?.();
const loaded = await import("../dist/bundle/command-line.js").catch((error) => {
  if (error.code !== "EMFILE") throw error;
  console.error("error: too many files are open; allow more with `ulimit -n 1024`");
  return null;
});

process.exitCode = loaded === null ? 1 : await loaded.main(process.argv.slice(2));
