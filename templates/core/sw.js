// The service worker of pages that go on without a net: keeps one page, the shell, and its files, answers from what it
// keeps, and leaves every other request alone. Data is not its business: that lies in the page's own store.
"use strict";
const NAME = "{{ name|escapejs }}-";
const CACHE = NAME + "{{ version|escapejs }}";
const SHELL = "{{ shell|escapejs }}";
const SHOWN = /{{ shown }}/; // at which addresses the shell is shown
const ASSETS = [{% for asset in assets %}"{{ asset|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];

async function keep() {
  const cache = await caches.open(CACHE);
  const shell = await fetch(SHELL, { credentials: "same-origin", cache: "reload" });
  // The sign-in page under the shell's address would lock the phone out.
  if (!shell.ok || shell.redirected) throw new Error("not signed in");
  await cache.put(SHELL, shell);
  await cache.addAll(ASSETS);
}

async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(NAME) && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function kept(request, name) {
  const cache = await caches.open(CACHE);
  return (await cache.match(name)) || fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(keep().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(forgetOthers()));
self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && SHOWN.test(pathname)) {
    event.respondWith(kept(event.request, SHELL));
  } else if (ASSETS.includes(pathname)) {
    event.respondWith(kept(event.request, pathname));
  }
});
