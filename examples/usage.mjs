// Imported first by scripts: with --help a script prints the comment that it begins with, and ends. So it does after an
// option that it doesn't have, with an error.
import { readFileSync } from "node:fs";

function usage() {
  const lines = readFileSync(process.argv[1], "utf8").split("\n");
  const end = lines.findIndex((line) => !line.startsWith("//"));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^\/\/ ?/, ""))
    .join("\n");
}

/** Prints why the script cannot do what it was asked, and ends it. */
export function refuse(message) {
  console.error(`error: ${message}\n\n${usage()}`);
  process.exit(2);
}

if (process.argv.slice(2).some((argument) => argument === "--help" || argument === "-h")) {
  console.log(usage());
  process.exit(0);
}

process.on("uncaughtException", (error) => {
  if (String(error.code).startsWith("ERR_PARSE_ARGS")) refuse(error.message);
  console.error(error);
  process.exit(1);
});
