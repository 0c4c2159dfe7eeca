// dinc doctor: lists the installed parts and the commands that would improve them. It always exits with 0,
// because a missing part isn't a mistake of the user.

import { doctor as factsHere } from "../../driver/doctor-facts.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";

export async function doctor(terminal: Terminal): Promise<number> {
  const facts = await factsHere();
  const width = Math.max(...facts.map(({ subject }) => subject.length));
  const lines = facts.map(
    ({ subject, works, finding }) => `${works ? "ok" : "no"}  ${subject.padEnd(width)}  ${finding}`,
  );
  const advice = [...new Set(facts.flatMap(({ advice }) => (advice === null ? [] : [advice])))];
  for (const what of advice) lines.push(`to improve: ${what}`);
  if (advice.length === 0) lines.push("nothing to improve");
  terminal.out(`${lines.join("\n")}\n`);
  return exitCodes.clean;
}
