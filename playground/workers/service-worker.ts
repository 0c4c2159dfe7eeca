// Keeps the page's files after the first load, so that it opens and works without network. The files of one build belong
// together: those of a new build come when no tab shows the old one any more.

/** Set when the page is built: a hash of its files, and their names. */
declare const BUILD: string;
declare const FILES: readonly string[];

interface LaterEvent extends Event {
  waitUntil(done: Promise<unknown>): void;
}

interface RequestEvent extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface ServiceWorkerScope {
  readonly registration: { readonly scope: string };
  addEventListener(type: "install" | "activate", listener: (event: LaterEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: RequestEvent) => void): void;
}

const scope = globalThis as unknown as ServiceWorkerScope;
/** Other sites of the same host have caches too. */
const site = `dinc ${scope.registration.scope} `;
const cache = `${site}${BUILD}`;
/** The page's own address. Some hosts redirect `index.html` to it, and a redirected answer opens no page. */
const page = scope.registration.scope;
const kept = new Set([page, ...FILES.map((name) => new URL(name, page).href)]);

scope.addEventListener("install", (event) => {
  // An older build's file in the browser's own cache must not be among them.
  const requests = [...kept].map((address) => new Request(address, { cache: "no-cache" }));
  event.waitUntil(caches.open(cache).then((files) => files.addAll(requests)));
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) => {
      const old = names.filter((name) => name.startsWith(site) && name !== cache);
      return Promise.all(old.map((name) => caches.delete(name)));
    }),
  );
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const asked = new URL(request.url);
  const address = `${asked.origin}${asked.pathname}`.replace(/\/index\.html$/, "/");
  if (request.method !== "GET" || !kept.has(address)) return;
  event.respondWith(answer(address, request));
});

async function answer(address: string, request: Request): Promise<Response> {
  const files = await caches.open(cache);
  // Somebody may have emptied the cache.
  return (await files.match(address)) ?? fetch(request);
}
