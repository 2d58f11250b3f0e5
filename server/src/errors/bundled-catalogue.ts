/** The catalogue that needs nothing: the texts that ship with the protocol. */
import { composeTexts, type ErrorCatalogue } from './catalogue.ts';

/** A catalogue of the bundled texts; never changes. */
export function createBundledCatalogue(): ErrorCatalogue {
  return { source: 'bundled', ...composeTexts([]), close: async () => {} };
}
