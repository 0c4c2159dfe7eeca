// The reader's own texts: one of the page, and one of each lesson and example that the reader has changed. A text from a link is kept
// in the page's address instead, so that it overwrites none of them, and the link still opens what was sent.

import type { PageAddress } from "./address.ts";
import { keep, kept } from "./kept.ts";
import { isLink } from "./link.ts";

/** `own` is the page without a lesson, example or link; a lesson and an example have their name, as in `lesson/dice`. */
export type TextLocation = "own" | "link" | `${"lesson" | "example"}/${string}`;

const PAUSE = 300;

export function locationOf({ kind, name }: Exclude<PageAddress, { readonly kind: "other" }>): TextLocation {
  return `${kind}/${name}`;
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
      // A link that was copied has an older text.
      if (isLink(location.hash)) history.replaceState(null, "", addressOf(this.place));
      return;
    }
    clearTimeout(this.timer);
    // Browsers refuse an address that changes with every letter.
    this.timer = setTimeout(async () => {
      const address = await this.linkNow();
      if (this.place === "link") history.replaceState(null, "", address);
    }, PAUSE);
  }

  startOver(): void {
    if (this.place !== "link") keep(nameOf(this.place), null);
  }
}

function addressOf(place: TextLocation): string {
  return place === "own" ? location.pathname + location.search : `#${place}`;
}

function nameOf(place: TextLocation): string {
  return place === "own" ? "dinc.text" : `dinc.text.${place}`;
}
