// What is shared as text: a spec in Markdown with the link that opens it, and the address of a new issue that begins with that.

export interface Shared {
  readonly spec: string;
  readonly seed: number;
  readonly version: string;
  /** With its `#`. */
  readonly link: string;
}

/** What GitHub takes as an address. */
const LONGEST = 8000;

export function markdownOf({ spec, seed, version, link }: Shared): string {
  const fence = "`".repeat(1 + Math.max(2, ...[...spec.matchAll(/`+/g)].map(([run]) => run.length)));
  return `${fence}din\n${spec.trimEnd()}\n${fence}\n\n[Open it in the playground](${link}) (dinc ${version}, seed ${seed})\n`;
}

/** `repository` is its page. Where a spec makes the address too long, it is said to paste it. */
export function issueAddress(repository: string, shared: Shared): string {
  const asks = "What did you do, what did you expect, and what happened instead?\n\n\n";
  const address = (body: string) =>
    `${repository.replace(/^git\+/, "").replace(/(\.git)?\/?$/, "")}/issues/new?body=${encodeURIComponent(body)}`;
  const whole = address(asks + markdownOf(shared));
  return whole.length <= LONGEST
    ? whole
    : address(`${asks}(Please paste the spec here: “Copy as Markdown” has it in the clipboard.)\n`);
}
