// One lesson in the panel: its text, its task, and a line about the reader's progress. Screen readers
// announce the line when it changes.

import { checks } from "../lessons/checks.ts";
import type { Lesson } from "../lessons/lesson.ts";
import { lessonAddress } from "./address.ts";
import type { Bench } from "./bench.ts";
import { element } from "./elements.ts";
import { markdown } from "./markdown.ts";
import type { Observed } from "./observed.ts";
import { ownText, type TextLocation } from "./own-texts.ts";
import type { Progress } from "./progress.ts";

export class LessonView {
  readonly name: string;
  readonly root: HTMLElement;
  readonly heading: HTMLElement;
  private readonly verdict = element("p", { role: "status", class: "verdict" });
  private readonly list: HTMLElement;
  private readonly solve = element("button", { type: "button", id: "solve" });
  /** The text that the solution replaced: the reader's attempt, or a link's. */
  private before: { readonly text: string; readonly place: TextLocation } | null = null;
  private readonly lessons: readonly Lesson[];
  private readonly at: number;
  private readonly progress: Progress;
  private readonly bench: Bench;
  private readonly onDone: () => void;
  private readonly solution: TextLocation;

  constructor(lessons: readonly Lesson[], at: number, progress: Progress, bench: Bench, onDone: () => void) {
    const { name, title, text, task, start, solution } = lessons[at]!;
    this.name = name;
    this.solution = `solution/${name}`;
    this.lessons = lessons;
    this.at = at;
    this.progress = progress;
    this.bench = bench;
    this.onDone = onDone;
    this.heading = element("h2", {}, title);
    this.list = element("ol", {});
    const again = element("button", { type: "button" }, "Start over");
    again.addEventListener("click", () => bench.startOver(start));
    this.solve.addEventListener("click", () => {
      const back = this.isSolutionShown() ? this.before : null;
      this.before = back === null ? { text: bench.text(), place: bench.place() } : null;
      if (back !== null) bench.put(back.text, back.place);
      else bench.put(ownText(this.solution) ?? solution, this.solution);
    });
    this.root = element(
      "article",
      {},
      element(
        "details",
        {},
        element("summary", {}, `Lesson ${at + 1} of ${lessons.length}`),
        element("nav", { "aria-label": "all lessons" }, this.list),
      ),
      this.heading,
      ...markdown(text, bench.showTab),
      element(
        "section",
        { class: "task", "aria-label": "task" },
        element("h3", {}, "Task"),
        ...markdown(task, bench.showTab),
        this.verdict,
        element("p", { class: "controls" }, again, this.solve),
      ),
      element(
        "nav",
        { class: "steps", "aria-label": "lessons" },
        this.link(at - 1, "prev", "Previous"),
        this.link(at + 1, "next", "Next"),
      ),
    );
    this.mark();
  }

  /** Shows what the text lacks, or that the task is done. */
  check({ views, trained }: Observed): void {
    this.solve.textContent = this.isSolutionShown() ? "Back to my text" : "Show a solution";
    if (views === null) return;
    const { isDone, says } = checks[this.name]!({ views, trained });
    const words = isDone ? `Done. ${says}` : says;
    if (this.verdict.textContent !== words) this.verdict.textContent = words;
    this.verdict.classList.toggle("done", isDone);
    if (!isDone || !this.progress.add(this.name)) return;
    this.mark();
    this.onDone();
  }

  private isSolutionShown(): boolean {
    return this.bench.place() === this.solution;
  }

  private mark(): void {
    this.list.replaceChildren(
      ...this.lessons.map(({ name, title }, i) => {
        const link = element("a", { href: lessonAddress(name, this.progress.done) }, title);
        if (i === this.at) link.setAttribute("aria-current", "page");
        return element("li", {}, link, this.progress.has(name) ? " (done)" : null);
      }),
    );
  }

  private link(to: number, rel: string, word: string): HTMLElement | null {
    const lesson = this.lessons[to];
    if (lesson === undefined) return null;
    // The address is computed on the click, because it contains the lessons done by then.
    const link = element("a", { href: lessonAddress(lesson.name, []), rel }, `${word}: ${lesson.title}`);
    link.addEventListener("click", () => {
      link.href = lessonAddress(lesson.name, this.progress.done);
    });
    return link;
  }
}
