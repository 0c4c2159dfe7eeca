// The panel with lessons and examples. Its code and texts are loaded when it is first opened. The page's
// address says what it shows, so links and the browser's history work as usual.

import { type Lesson, lessonOf } from "../lessons/lesson.ts";
import { lessonAddress, type PageAddress } from "./address.ts";
import type { Bench } from "./bench.ts";
import { byId, element } from "./elements.ts";
import { ExamplesView, type ExampleTexts } from "./examples-view.ts";
import { LessonView } from "./lesson-view.ts";
import { locationOf, ownText } from "./own-texts.ts";
import { Progress } from "./progress.ts";

export class Guide {
  private readonly bench: Bench;
  private readonly place = byId("guide");
  private readonly title = document.title;
  private lessons: readonly Lesson[] | null = null;
  private progress: Progress | null = null;
  private lesson: LessonView | null = null;
  /** Only the latest address counts, even if the texts of an earlier one arrive later. */
  private asked = 0;

  constructor(bench: Bench) {
    this.bench = bench;
    bench.observed.onChange = () => this.lesson?.check(bench.observed);
    this.place.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.close();
    });
  }

  /** For a lesson that a link opens, `text` is the spec in the link. */
  async show(address: PageAddress, text: string | null = null): Promise<void> {
    this.lesson = null;
    this.asked += 1;
    const asked = this.asked;
    if (address.kind === "other") {
      this.place.hidden = true;
      document.title = this.title;
      return;
    }
    if (address.kind === "example") {
      const texts: ExampleTexts = await loaded("examples.json");
      if (asked !== this.asked) return;
      const view = new ExamplesView(texts, address.name, this.bench);
      this.open("Examples", view.root, view.heading);
      return;
    }
    const lessons = (this.lessons ??= Object.entries(
      await loaded<Record<string, string>>("lessons.json"),
    ).map(([file, content]) => lessonOf(file, content)));
    if (asked !== this.asked) return;
    const names = lessons.map(({ name }) => name);
    const progress = (this.progress ??= new Progress(names, address.done));
    const at = Math.max(0, names.indexOf(address.name));
    const { name, start } = lessons[at]!;
    // The address of a link stays, because it contains the text.
    const keepAddress = () => {
      if (text === null) history.replaceState(null, "", lessonAddress(name, progress.done));
    };
    const view = new LessonView(lessons, at, progress, this.bench, keepAddress);
    this.lesson = view;
    const place = locationOf({ kind: "lesson", name, done: [] });
    if (text === null) this.bench.put(ownText(place) ?? start, place);
    else this.bench.put(text, "link");
    keepAddress();
    this.open("Lessons", view.root, view.heading);
    view.check(this.bench.observed);
  }

  /** The name of the open lesson. */
  get shown(): string | null {
    return this.lesson?.name ?? null;
  }

  private open(title: string, root: HTMLElement, heading: HTMLElement): void {
    const close = element("button", { type: "button", id: "close-guide" }, "Close");
    close.addEventListener("click", () => this.close());
    this.place.setAttribute("aria-label", title);
    this.place.replaceChildren(element("div", { class: "guide-head" }, element("b", {}, title), close), root);
    this.place.hidden = false;
    this.place.scrollTop = 0;
    document.title = `${heading.textContent} – dinc`;
    // Screen readers begin there.
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }

  /** Leaves an example in the editor, and in the address. After a lesson, the reader's own text comes back. */
  close(): void {
    if (this.place.hidden) return;
    if (this.lesson !== null) {
      this.lesson = null;
      history.replaceState(null, "", location.pathname + location.search);
      this.bench.putOwn();
    }
    this.place.hidden = true;
    document.title = this.title;
    byId("lessons").focus();
  }
}

async function loaded<T>(file: string): Promise<T> {
  const answer = await fetch(new URL(`./${file}`, import.meta.url));
  if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
  return answer.json();
}
