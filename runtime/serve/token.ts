// The token of whoever may send patches of weights: the text of a file, so that no list of processes shows it.

import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";

/** The token in a file. Throws an Error if there is none. */
export function tokenIn(path: string): string {
  const token = readFileSync(path, "utf8").trim();
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new Error(`${path} has no token: one line of ASCII without spaces`);
  return token;
}

/** Whether a header is `Bearer` and the token. The time does not depend on how many characters are right. */
export function bears(header: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(header ?? ""), digest(`Bearer ${token}`));
}
