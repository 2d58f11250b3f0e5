/** Collects what a page complains about: errors and warnings in the console (Chromium puts violations of a policy there), and uncaught errors. */
import type { Page } from 'playwright-core';

/** What Chromium itself says about requests that find nobody. */
const OUTAGE = /^(WebSocket connection to .* failed|Failed to load resource: )/;

/** The list grows while the page lives. With `expectsOutage` failed requests are not put on it. */
export function watchComplaints(page: Page, { expectsOutage }: { expectsOutage: boolean }): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    const isLoud = message.type() === 'error' || message.type() === 'warning';
    if (isLoud && !(expectsOutage && OUTAGE.test(text))) complaints.push(`${message.type()}: ${text}`);
  });
  return complaints;
}
