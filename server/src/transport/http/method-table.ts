/** Which methods each address of the API takes, so that a wrong one is told apart from an unknown address. */
import type { FastifyInstance } from 'fastify';

/** Methods an address takes, sorted; empty where the address is unknown. */
export type AllowedMethods = (url: string) => string[];

/** Watches all routes that are added to `app` from now on. */
export function watchMethods(app: FastifyInstance): AllowedMethods {
  const routes: { pattern: string[]; methods: string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    if (!url.includes('*')) routes.push({ pattern: url.split('/'), methods: [method].flat() });
  });
  return (url) => {
    const [path = ''] = url.split(/[?#]/, 1);
    const parts = path.split('/');
    const fitting = routes.filter(({ pattern }) => fits(pattern, parts));
    return [...new Set(fitting.flatMap(({ methods }) => methods))].sort();
  };
}

function fits(pattern: readonly string[], parts: readonly string[]): boolean {
  if (pattern.length !== parts.length) return false;
  return pattern.every((part, i) => (part.startsWith(':') ? parts[i] !== '' : part === parts[i]));
}
