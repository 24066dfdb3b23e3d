// The service worker of the page that verifies cards: keeps the page and its files, so that a gate without a net works.
"use strict";
const CACHE = "cards-{{ version }}";
const PAGE = "{{ page }}";
const ASSETS = [{% for asset in assets %}"{{ asset|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];

async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll([PAGE, ...ASSETS]);
}

async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("cards-") && name !== CACHE).map((name) => caches.delete(name)));
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
  if (pathname === PAGE || ASSETS.includes(pathname)) event.respondWith(kept(event.request, pathname));
});
