// Imported first by scripts of the repository: with --help a script prints the comment that it begins with, and ends.
import { readFileSync } from "node:fs";

if (process.argv.slice(2).some((argument) => argument === "--help" || argument === "-h")) {
  const lines = readFileSync(process.argv[1], "utf8").split("\n");
  const end = lines.findIndex((line) => !line.startsWith("//"));
  console.log(
    lines
      .slice(0, end)
      .map((line) => line.replace(/^\/\/ ?/, ""))
      .join("\n"),
  );
  process.exit(0);
}
