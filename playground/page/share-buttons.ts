// The buttons that share the page as a link, as Markdown or as an issue.

import { copied, copyOrShow } from "./clipboard.ts";
import { byId } from "./elements.ts";
import { type Linked, linkOf } from "./link.ts";
import { type Issue, issueAddress, issueOf, issueText, markdownOf, type SharedSpec } from "./shared.ts";

/** The address for new issues; null if neither package.json nor the build sets it. */
declare const ISSUES: string | null;

export interface Sharing {
  linked(): Linked;
  /** The errors of the spec, each with its line. */
  mistakes(): readonly string[];
  say(words: string): void;
}

export function shareButtons({ linked, mistakes, say }: Sharing): void {
  const failures = failuresOfPage();
  const shared = async (): Promise<SharedSpec> => {
    const here = linked();
    return { ...here, link: new URL(await linkOf(here), location.href).href };
  };
  const issue = async (): Promise<Issue> =>
    issueOf(await shared(), {
      tab: linked().tab,
      browser: `${navigator.userAgent}, ${navigator.hardwareConcurrency} threads, ${crossOriginIsolated ? "with" : "without"} shared memory`,
      mistakes: [...mistakes(), ...failures],
      training: ["status", "at", "threads"].flatMap((id) => byId(id).textContent || []).join("; "),
    });
  const give = async (text: string, said: string) => {
    if (await copyOrShow(text)) say(said);
  };
  byId("share").addEventListener("click", async () => {
    history.pushState(null, "", await linkOf(linked()));
    say(
      (await copied(location.href))
        ? "The link is in the clipboard."
        : "The link is the address of this page now.",
    );
  });
  byId("markdown").addEventListener("click", async () =>
    give(markdownOf(await shared()), "The spec is in the clipboard, as Markdown with its link."),
  );
  byId("copy-issue").addEventListener("click", async () =>
    give(issueText(await issue()), "An issue is in the clipboard: say in it what you expected."),
  );
  const button = byId("open-issue");
  button.hidden = ISSUES === null;
  button.addEventListener("click", async () => {
    if (ISSUES !== null) open(issueAddress(ISSUES, await issue()), "_blank", "noopener");
  });
}

/** Collects errors of the page from now on, for issues. */
function failuresOfPage(): readonly string[] {
  const failures: string[] = [];
  addEventListener("error", ({ message }) => failures.push(message));
  addEventListener("unhandledrejection", ({ reason }) => failures.push(String(reason)));
  return failures;
}
