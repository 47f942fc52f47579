const WORKER = '/offline-worker.js';
const CACHES = 'onething-shell-';

/**
 * From now on the pages open without a network, too: the worker has the portal's own files, and nothing that a service said.
 * Only for whoever takes something along; everybody else's browser has no worker.
 */
export async function keepShell(): Promise<void> {
  const registration = await navigator.serviceWorker.register(WORKER);
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  if (!worker) throw new Error('the worker is gone');
  await new Promise<void>((resolve, reject) => {
    const look = () => {
      // One of a newer release may wait for the windows of the old one: that one has its files.
      if (worker.state === 'activated' || (worker.state === 'installed' && registration.active)) resolve();
      else if (worker.state === 'redundant') reject(new Error('the files of the pages were not kept'));
    };
    worker.addEventListener('statechange', look);
    look();
  });
}

/** Nothing is kept any more, and no worker is needed. */
export async function forgetShell(): Promise<void> {
  if (!('serviceWorker' in navigator) || !('caches' in window)) return;
  const registrations = await navigator.serviceWorker.getRegistrations();
  await Promise.all(registrations.map((registration) => registration.unregister()));
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(CACHES)).map((name) => caches.delete(name)));
}
