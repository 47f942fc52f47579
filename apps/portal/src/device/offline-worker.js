// Lets the portal's pages open without a network. Only files of the build are kept: no answer of a service ever is.
/** The files of this build; filled in by vite.config.ts. */
const FILES = [];
const NAME = 'onething-shell-BUILD';
const PAGE = '/index.html';
/** What is no page, as the server has it (portal-pages.ts). */
const NO_PAGES = /^\/(?:workbench|api|docs|docs-yaml|openapi\.json|live|ready|metrics)(?:[/.]|$)/;

// Not by opening it: that would make anew what was deleted when its user signed out.
const kept = (path) => caches.match(path, { cacheName: NAME, ignoreVary: true });

addEventListener('install', (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll([PAGE, ...FILES])));
});

addEventListener('activate', (event) => {
  const others = async () => {
    const names = await caches.keys();
    await Promise.all(
      names
        .filter((name) => name.startsWith('onething-shell-') && name !== NAME)
        .map((name) => caches.delete(name)),
    );
    await clients.claim();
  };
  event.waitUntil(others());
});

addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate') {
    if (NO_PAGES.test(pathname)) return;
    // The newest release first; without a network the one that was kept.
    event.respondWith(fetch(request).catch(async (error) => (await kept(PAGE)) ?? Promise.reject(error)));
  } else if (FILES.includes(pathname)) {
    event.respondWith(kept(pathname).then((file) => file ?? fetch(request)));
  }
});
