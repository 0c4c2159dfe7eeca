// Starts a worker of the playground from a page of any site: a browser starts one only from the page's own origin, so elsewhere a
// worker of that origin imports it.

export function startWorker(name: string): Worker {
  const { href, origin } = new URL(`./${name}.js`, import.meta.url);
  if (origin === location.origin) return new Worker(href, { type: "module" });
  const text = `import ${JSON.stringify(href)};`;
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  return new Worker(address, { type: "module" });
}
