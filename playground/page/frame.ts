// The frame for a report. It is a page of its own, because reports contain styles, which the surrounding page
// forbids.

addEventListener("message", ({ data, origin }: MessageEvent<unknown>) => {
  if (origin !== location.origin || typeof data !== "string") return;
  const { head, body } = new DOMParser().parseFromString(data, "text/html");
  document.head.append(...head.querySelectorAll("style"));
  document.body.replaceChildren(...body.children);
});
parent.postMessage("ready", location.origin);
