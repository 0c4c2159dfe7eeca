// The frame that a report is shown in: a page of its own, since reports have styles of their own, which the
// page around it does not allow.

addEventListener("message", ({ data, origin }: MessageEvent<unknown>) => {
  if (origin !== location.origin || typeof data !== "string") return;
  const { head, body } = new DOMParser().parseFromString(data, "text/html");
  document.head.append(...head.querySelectorAll("style"));
  document.body.replaceChildren(...body.children);
});
parent.postMessage("ready", location.origin);
