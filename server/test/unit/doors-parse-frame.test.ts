import { describe, expect, it } from 'vitest';
import { parseFrame } from '../../src/transport/websocket/parse-frame.ts';

describe('a /ws frame', () => {
  it.each([
    ['{"t":"ping"}', null, {}],
    ['{"t":"ping","id":0}', 0, {}],
    ['{"t":"msg","id":"a","text":"x"}', 'a', { text: 'x' }],
    ['{"id":-1.5,"roomId":"abc12345","t":"leave"}', -1.5, { roomId: 'abc12345' }],
    [`{"t":"ping","id":"${'i'.repeat(64)}"}`, 'i'.repeat(64), {}],
  ])('%s is a request with its id and the other fields as payload', (text, id, payload) => {
    expect(parseFrame(text)).toMatchObject({ error: null, id, payload });
  });

  it.each(['', '{', 'null', '7', '"t"', '[]', '[{"t":"ping"}]', `${'['.repeat(5_000)}${']'.repeat(5_000)}`])(
    '%s is no request',
    (text) => {
      expect(parseFrame(text)).toMatchObject({ name: null, error: { code: 'VALIDATION_FAILED' } });
    },
  );

  it.each(['{}', '{"t":null}', '{"t":""}', '{"t":7}', '{"t":["ping"]}', '{"T":"ping"}'])('%s has no type', (text) => {
    expect(parseFrame(text)).toMatchObject({ name: null, error: { path: 't', problem: 'text' } });
  });

  it.each(['null', 'true', '{}', '[1]', '1e999', `"${'i'.repeat(65)}"`])('the id %s is refused', (id) => {
    expect(parseFrame(`{"t":"ping","id":${id}}`)).toMatchObject({
      name: 'ping',
      error: { path: 'id', problem: 'frameId' },
    });
  });

  it('keeps a field named __proto__ as a field', () => {
    const { payload } = parseFrame('{"t":"msg","__proto__":{"text":"x"}}');
    expect(Object.keys(payload as object)).toEqual(['__proto__']);
    expect((payload as { text?: string }).text).toBeUndefined();
  });
});
