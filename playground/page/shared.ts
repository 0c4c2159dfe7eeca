// Writes the shared texts: a spec in Markdown with its link, a reproducible issue, and the address of a page
// that starts with the issue.

export interface SharedSpec {
  readonly spec: string;
  readonly seed: number;
  readonly version: string;
  /** Includes the `#`. */
  readonly link: string;
}

/** Details of the page that may differ elsewhere. */
export interface IssueDetails {
  readonly tab: string;
  /** The browser's name for itself, with its capabilities. */
  readonly browser: string;
  /** The errors of the spec, each with its line, then those of the page. */
  readonly mistakes: readonly string[];
  /** The status of the training. */
  readonly training: string;
}

export interface Issue {
  readonly title: string;
  readonly body: string;
}

/** The longest address that GitHub accepts. */
const LONGEST = 8000;

export function markdownOf(shared: SharedSpec): string {
  const { seed, version, link } = shared;
  return `${blockOf(shared)}\n[Open it in the playground](${link}) (dinc ${version}, seed ${seed})\n`;
}

/** The fence is longer than any in the spec. */
function blockOf({ spec }: SharedSpec): string {
  const fence = "`".repeat(1 + Math.max(2, ...[...spec.matchAll(/`+/g)].map(([run]) => run.length)));
  return `${fence}din\n${spec.trimEnd()}\n${fence}\n`;
}

/** The author should improve the title and answer the questions; everything else is filled in. */
export function issueOf(shared: SharedSpec, { tab, browser, mistakes, training }: IssueDetails): Issue {
  const { spec, seed, version, link } = shared;
  const [, model = "a spec"] = /^model (\w+)/m.exec(spec) ?? [];
  const [first = "what did you do?"] = mistakes;
  const told = mistakes.length === 0 ? "" : `\n${mistakes.map((each) => `- ${each}`).join("\n")}\n`;
  return {
    title: `Playground, ${model}: ${first.split("\n")[0]!.slice(0, 100)}`,
    body: [
      "**What I did and what I expected**\n\n\n",
      `**What happened instead**\n\n${told}\n`,
      `**Where**\n`,
      `- dinc ${version}, seed ${seed}, tab ${tab}; [this link opens it](${link})`,
      `- ${browser}`,
      `- the training: ${training.replaceAll("\n", " ") || "none"}\n`,
      blockOf(shared),
    ].join("\n"),
  };
}

export function issueText({ title, body }: Issue): string {
  return `# ${title}\n\n${body}`;
}

/**
 * `issues` is the page of a project's issues. If the spec makes the address too long, the text asks the
 * author to paste the issue instead.
 */
export function issueAddress(issues: string, { title, body }: Issue): string {
  const address = (text: string) =>
    `${issues.replace(/\/$/, "")}/new?title=${encodeURIComponent(title)}&body=${encodeURIComponent(text)}`;
  const whole = address(body);
  return whole.length <= LONGEST
    ? whole
    : address(
        "(The spec is too long for an address: click “Copy as an issue” in the playground, and paste the issue here.)\n",
      );
}
