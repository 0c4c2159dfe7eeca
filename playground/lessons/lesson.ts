// A lesson is one Markdown file of texts/: a title, what to read, a task, the spec that the reader begins
// with, and one that solves the task. checks.ts says when it is solved.

export interface Lesson {
  /** `attention`, in links and among the checks. */
  readonly name: string;
  readonly title: string;
  /** Markdown. */
  readonly text: string;
  readonly task: string;
  readonly start: string;
  readonly solution: string;
}

/** `file` is `07-attention.md`: lessons are in the order of these names. */
export function lessonOf(file: string, content: string): Lesson {
  const [before = "", after = ""] = content.split("\n## Task\n");
  const [, title = ""] = /^# (.+)\n/.exec(before) ?? [];
  const specs = [...after.matchAll(/```din (start|solution)\n([\s\S]*?)```/g)];
  const spec = (kind: string) => specs.find(([, each]) => each === kind)?.[2] ?? "";
  return {
    name: file.replace(/^\d+-/, "").replace(/\.md$/, ""),
    title,
    text: before.slice(before.indexOf("\n")).trim(),
    task: after.slice(0, after.indexOf("```")).trim(),
    start: spec("start"),
    solution: spec("solution"),
  };
}
