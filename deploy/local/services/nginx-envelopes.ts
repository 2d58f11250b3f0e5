/** What nginx itself refuses under /api, in the protocol's envelope and language, from the one table of errors. */
import { ERRORS, type ErrorCode, LOCALES, type Locale } from '@c2c/server/protocol';

const RETRY_AFTER_MS = 1000;

/** The named locations of `server.conf.template`, the error each stands for and what its answer adds. */
const REFUSALS: readonly { location: string; code: ErrorCode; headers?: readonly string[] }[] = [
  { location: 'bad_request', code: 'VALIDATION_FAILED' },
  { location: 'payload_too_large', code: 'PAYLOAD_TOO_LARGE' },
  { location: 'rate_limited', code: 'RATE_LIMITED', headers: ['Retry-After 1'] },
  { location: 'unavailable', code: 'SERVICE_UNAVAILABLE', headers: ['Retry-After 1'] },
];

/** Maps for the http block and locations for each server block. */
export function nginxEnvelopes(): { maps: { languageMap: string; envelopeMaps: string }; locations: string } {
  const languageMap = LOCALES.filter((locale) => locale !== 'ko')
    .map((locale) => `    "${firstKnownLanguage(locale)}" ${locale};`)
    .join('\n');
  return {
    maps: { languageMap, envelopeMaps: REFUSALS.map(({ location, code }) => envelopeMap(location, code)).join('\n') },
    locations: REFUSALS.map(locationBlock).join('\n'),
  };
}

/** Matches an Accept-Language whose first language that has texts is this one; weights are taken as already in order. */
function firstKnownLanguage(locale: Locale): string {
  const known = LOCALES.join('|');
  return `~*^(?:(?!(?:${known})\\b)[^,]*,\\s*)*\\s*${locale}\\b`;
}

function envelopeMap(location: string, code: ErrorCode): string {
  const rows = LOCALES.map((locale) => `    ${locale} '${envelope(code, locale)}';`);
  return [`  map $language $envelope_${location} {`, ...rows, '  }'].join('\n');
}

function envelope(code: ErrorCode, locale: Locale): string {
  const { retryable, texts } = ERRORS[code];
  const details = retryable ? { retryable, retryAfterMs: RETRY_AFTER_MS } : { retryable };
  const error = { code, ...texts[locale], details };
  const body = JSON.stringify({ success: false, data: null, message: null, error });
  const escaped = body.replace(/[\\']/g, '\\$&').replaceAll('$', '');
  return `${escaped.slice(0, -1)},"timestamp":"\${iso_second}.\${iso_millis}Z"}`;
}

function locationBlock({ location, code, headers = [] }: (typeof REFUSALS)[number]): string {
  return [
    `    location @${location} {`,
    "      default_type 'application/json; charset=utf-8';",
    '      add_header Content-Language $language always;',
    '      add_header Cache-Control no-store always;',
    ...headers.map((header) => `      add_header ${header} always;`),
    `      return ${ERRORS[code].status} $envelope_${location};`,
    '    }',
  ].join('\n');
}
