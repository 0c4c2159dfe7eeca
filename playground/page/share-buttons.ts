// The buttons that share the page as a link, as Markdown or as an issue. If the page may not use the
// clipboard, the text is shown instead.

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
  byId("by-hand-close").addEventListener("click", () => dialog().close());
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
    if (await copied(text)) say(said);
    else byHand(text);
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

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // The page has no clipboard if it was loaded by http from another machine; otherwise it may be blocked.
    return false;
  }
}

function byHand(text: string): void {
  const field = byId("by-hand-text") as HTMLTextAreaElement;
  field.value = text;
  dialog().showModal();
  field.select();
}

function dialog(): HTMLDialogElement {
  return byId("by-hand") as HTMLDialogElement;
}

/** Collects errors of the page from now on, for issues. */
function failuresOfPage(): readonly string[] {
  const failures: string[] = [];
  addEventListener("error", ({ message }) => failures.push(message));
  addEventListener("unhandledrejection", ({ reason }) => failures.push(String(reason)));
  return failures;
}
