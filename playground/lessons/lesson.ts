// Reads a lesson, which is a Markdown file in texts/: a title, a text, a task, the initial spec, and a spec
// that solves the task. checks.ts decides whether the task is solved.

export interface Lesson {
  /** The name in links and checks, such as `attention`. */
  readonly name: string;
  readonly title: string;
  /** Markdown. */
  readonly text: string;
  readonly task: string;
  readonly start: string;
  readonly solution: string;
}

/** `file` is a name such as `07-attention.md`, by which lessons are ordered. */
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
