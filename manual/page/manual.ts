// The script of the manual's pages: it searches without a server, copies code, and shows one of the twins of a
// step. A classic script, loaded last.

import { type Index, type SearchResult, searchOf } from "./search.ts";

declare global {
  interface Window {
    /** Set by search.js. */
    dincManual?: Index;
  }
}

const root = document.documentElement.dataset["root"] ?? "";

function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  made.append(...children);
  return made;
}

for (const figure of document.querySelectorAll("figure.code")) {
  const button = element("button", "copy", "Copy");
  button.type = "button";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(figure.querySelector("code")?.textContent ?? "");
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not allowed";
    }
    setTimeout(() => {
      button.textContent = "Copy";
    }, 1500);
  });
  figure.append(button);
}

const TWIN = "dinc-twin";
/** Only the choice of this page, if the browser keeps nothing for files. */
const kept = ((): Storage | null => {
  try {
    return localStorage;
  } catch {
    return null;
  }
})();
const twins = [...document.querySelectorAll<HTMLElement>(".twins > .twin")];
const nameOf = (twin: HTMLElement) => twin.querySelector("p")?.textContent ?? "";

/** Shows the twins of that name in the whole page, and leaves `pressed` where the reader sees it. */
function showTwins(name: string, pressed?: HTMLElement): void {
  const before = pressed?.getBoundingClientRect().top ?? 0;
  for (const twin of twins) twin.hidden = nameOf(twin) !== name;
  for (const button of document.querySelectorAll<HTMLElement>(".twins > .choice > button"))
    button.ariaPressed = String(button.textContent === name);
  if (pressed !== undefined)
    scrollBy({ top: pressed.getBoundingClientRect().top - before, behavior: "instant" });
}

for (const pair of document.querySelectorAll<HTMLElement>(".twins")) {
  const choice = element("div", "choice");
  choice.role = "group";
  choice.ariaLabel = "Command line or Python";
  for (const twin of pair.querySelectorAll<HTMLElement>(":scope > .twin")) {
    const button = element("button", "", nameOf(twin));
    button.type = "button";
    button.addEventListener("click", () => {
      showTwins(nameOf(twin), button);
      kept?.setItem(TWIN, nameOf(twin));
    });
    choice.append(button);
  }
  pair.prepend(choice);
}
const [first] = twins;
if (first !== undefined) {
  const last = kept?.getItem(TWIN);
  showTwins(twins.some((twin) => nameOf(twin) === last) ? last! : nameOf(first));
}

// Boxes with overflow can also be scrolled from the keyboard.
for (const box of document.querySelectorAll<HTMLElement>("pre, .wide"))
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;

// Scrolls a long table of contents to the current page, without moving the page.
const list = document.querySelector<HTMLElement>("#contents");
const here = list?.querySelector<HTMLElement>("[aria-current]");
if (list && here) list.scrollTop = here.offsetTop - list.clientHeight / 2;

const field = document.querySelector<HTMLInputElement>("#search");
const found = document.querySelector<HTMLElement>("#found");
if (field !== null && found !== null) searchWith(field, found);

function searchWith(field: HTMLInputElement, found: HTMLElement): void {
  field.closest("search")?.removeAttribute("hidden");
  let loading = false;
  let search: ReturnType<typeof searchOf> | null = null;
  const show = () => {
    const words = field.value.trim();
    found.hidden = words === "";
    if (words === "") return;
    if (window.dincManual === undefined) {
      if (!loading) {
        loading = true;
        const script = element("script", "");
        script.src = `${root}search.js`;
        script.addEventListener("load", show);
        document.head.append(script);
      }
      return;
    }
    search ??= searchOf(window.dincManual);
    const results = search(words);
    found.replaceChildren(...(results.length === 0 ? [nothing(words)] : results.map(shown)));
  };
  field.addEventListener("input", show);
  field.addEventListener("focus", show);
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof HTMLInputElement;
    if ((event.key === "/" && !isTyping) || (event.key === "k" && (event.ctrlKey || event.metaKey))) {
      event.preventDefault();
      field.select();
      field.focus();
    }
    if (event.key === "Escape" && !found.hidden) {
      found.hidden = true;
      field.focus();
    }
    if (!found.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const places: HTMLElement[] = [field, ...found.querySelectorAll<HTMLElement>("a")];
      const at = places.indexOf(document.activeElement as HTMLElement);
      const next = places[at + (event.key === "ArrowDown" ? 1 : -1)];
      next?.focus();
    }
    if (event.key === "Enter" && event.target === field) found.querySelector<HTMLElement>("a")?.click();
  });
  document.addEventListener("click", (event) => {
    if (event.target instanceof Node && !found.contains(event.target) && event.target !== field)
      found.hidden = true;
  });
}

function nothing(words: string): HTMLElement {
  return element("p", "", `Nothing has a word of “${words}”.`);
}

function shown({ place, page, heading, excerpt }: SearchResult): HTMLElement {
  const said = excerpt.map(({ text, isFound }) => (isFound ? element("mark", "", text) : text));
  const link = element(
    "a",
    "",
    element("b", "", heading === page ? page : `${page}: ${heading}`),
    element("span", "", ...said),
  );
  link.href = root + place;
  link.addEventListener("click", () => {
    const found = document.querySelector<HTMLElement>("#found");
    if (found !== null) found.hidden = true;
  });
  return link;
}
