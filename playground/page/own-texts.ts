// The reader's own texts: one of the page, and one of each lesson, solution and example that the reader has changed. A text from a
// link is kept in the page's address instead, so that it overwrites none of them, and the link still opens what was sent.

import type { PageAddress } from "./address.ts";
import { keep, kept } from "./kept.ts";
import { isLink } from "./link.ts";

/**
 * `own` is the page without a lesson, example or link; the others have their name, as in `lesson/dice`. A lesson's solution is apart
 * from its lesson, so that a change of it never replaces the reader's attempt.
 */
export type TextLocation = "own" | "link" | `${"lesson" | "solution" | "example"}/${string}`;

const PAUSE = 300;
const SOLUTION = "solution/";

export function locationOf({ kind, name }: Exclude<PageAddress, { readonly kind: "other" }>): TextLocation {
  return `${kind}/${name}`;
}

/** Where a text's earlier tries are: a solution is compared with the attempts at its lesson. */
export function triesLocation(place: TextLocation): TextLocation {
  return lessonOf(place) ?? place;
}

export function ownText(place: TextLocation): string | null {
  return place === "link" ? null : kept(nameOf(place));
}

export class OwnTexts {
  place: TextLocation = "own";
  private readonly linkNow: () => Promise<string>;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `linkNow` writes the link of the text in the editor. */
  constructor(linkNow: () => Promise<string>) {
    this.linkNow = linkNow;
  }

  typed(text: string): void {
    if (this.place !== "link") {
      keep(nameOf(this.place), text);
      // A link that was copied has an older text. Beside a solution it is the reader's attempt.
      if (lessonOf(this.place) === null && isLink(location.hash))
        history.replaceState(null, "", addressOf(this.place));
      return;
    }
    clearTimeout(this.timer);
    // Browsers refuse an address that changes with every letter.
    this.timer = setTimeout(async () => {
      const address = await this.linkNow();
      if (this.place === "link") history.replaceState(null, "", address);
    }, PAUSE);
  }

  /** Forgets the text and, beside a solution, the attempt. Returns the place of the text that comes next. */
  startOver(): TextLocation {
    if (this.place !== "link") keep(nameOf(this.place), null);
    const lesson = lessonOf(this.place);
    if (lesson === null) return this.place;
    keep(nameOf(lesson), null);
    return lesson;
  }
}

/** The lesson that a solution belongs to; null for another place. */
function lessonOf(place: TextLocation): TextLocation | null {
  return place.startsWith(SOLUTION) ? `lesson/${place.slice(SOLUTION.length)}` : null;
}

function addressOf(place: TextLocation): string {
  return place === "own" ? location.pathname + location.search : `#${place}`;
}

function nameOf(place: TextLocation): string {
  return place === "own" ? "dinc.text" : `dinc.text.${place}`;
}
