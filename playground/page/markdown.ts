// Turns Markdown of the page's lessons into elements. A link to `#cost` opens that tab.

import { marked } from "marked";

export function markdown(text: string, showTab: (name: string) => void): readonly Node[] {
  const { body } = new DOMParser().parseFromString(marked.parse(text, { async: false }), "text/html");
  for (const link of body.querySelectorAll("a")) {
    const target = link.getAttribute("href") ?? "";
    if (!target.startsWith("#")) continue;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      showTab(target.slice(1));
    });
  }
  return [...body.childNodes].map((node) => document.adoptNode(node));
}
