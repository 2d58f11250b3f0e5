/** The token a page uses, for what its owner could do with it from elsewhere. */
import type { Page } from 'playwright-core';

/** Whatever looks like one in the stores of the browser. */
export async function tokenOf(page: Page): Promise<string> {
  const token = await page.evaluate(() =>
    [sessionStorage, localStorage]
      .flatMap((store) => Object.values(store))
      .map((value) => /eyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(String(value))?.[0])
      .find((found) => found !== undefined),
  );
  if (token === undefined) throw new Error('the page keeps no token');
  return token;
}

/** Whom it is about. */
export function userOf(token: string): string {
  return String(claimsOf(token).sub);
}

/** Until when it counts, Unix ms. */
export function expiryOf(token: string): number {
  return Number(claimsOf(token).exp) * 1_000;
}

function claimsOf(token: string): { sub?: unknown; exp?: unknown } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

/** Ends its session, as from another device: its owner leaves every room, and the name is free. */
export async function logOut(url: string, token: string): Promise<void> {
  const answer = await fetch(`${url}/api/sessions`, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${token}` },
  });
  await answer.arrayBuffer();
}
