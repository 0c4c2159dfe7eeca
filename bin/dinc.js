#!/usr/bin/env node
import * as nodeModule from "node:module";

// Where Node can keep what it compiled (22.1), the second start is faster.
nodeModule.enableCompileCache?.();
const { main } = await import("../dist/compiler/cli/main.js");

process.exitCode = await main(process.argv.slice(2));
