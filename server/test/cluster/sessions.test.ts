/** Sessions over several nodes: what one knows of itself, renewed, ended everywhere, also where nodes cannot tell each other. */
import { Redis } from 'ioredis';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { gatherPeople } from '../support/people.ts';
import { callApi, createRoom } from '../support/rest.ts';

const { urls, redisUrl } = inject('cluster');
const [first = '', second = '', third = ''] = urls;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const ENDED = { socketio: 'io server disconnect', websocket: '4409' } as const;

/** One user with a tab on each door, each on another node, and somebody who watches. */
async function userWithTabs() {
  const people = gatherPeople();
  const { roomId, userId, token } = await createRoom(first, people.nameOf('방장'));
  const watcher = await people.connect('구경', { url: first, door: 'websocket' });
  await watcher.join(roomId);
  const tabs = [
    await people.connect('방장', { url: second, door: 'socketio', token }),
    await people.connect('방장', { url: third, door: 'websocket', token }),
  ];
  for (const tab of tabs) await tab.join(roomId);
  return { roomId, userId, token, watcher, tabs };
}

describe('a session', () => {
  it('tells of itself: its rooms with title, last message, what was read, and how many are there', async () => {
    const people = gatherPeople();
    const made = await createRoom(first, people.nameOf('방장'));
    const { token, userId } = made;
    const titled = await callApi(`${second}/api/rooms`, { method: 'POST', body: { title: '회의' }, token });
    const { roomId: titledId } = titled.body.data as { roomId: string };
    const guest = await people.connect('손님', { url: second, door: 'websocket' });
    await guest.join(made.roomId);
    for (const text of ['하나', '둘', '셋']) await guest.send(made.roomId, text);
    const owner = await people.connect('방장', { url: third, door: 'socketio', token });
    await owner.request('read', { roomId: made.roomId, seq: 2 });

    const { status, body } = await callApi(`${third}/api/sessions/me`, { token });
    const rooms = [
      { roomId: made.roomId, title: null, seq: 3, readSeq: 2, memberCount: 2 },
      { roomId: titledId, title: '회의', seq: 0, readSeq: 0, memberCount: 1 },
    ].sort((a, b) => a.roomId.localeCompare(b.roomId, 'en'));
    expect(status).toBe(200);
    expect(body).toEqual({
      ...{ success: true, message: null, error: null, timestamp: TIME },
      data: { userId, expiresAt: TIME, rooms },
    });
  });

  it('is told with a token that ends in 24 h, and renewed by a new one of the same session', async () => {
    const claimed = await callApi(`${first}/api/sessions`, {
      method: 'POST',
      body: { name: gatherPeople().nameOf('새') },
    });
    const old = claimed.body.data as { userId: string; token: string; expiresAt: string };
    expect([claimed.status, Object.keys(old).sort()]).toEqual([201, ['expiresAt', 'token', 'userId']]);
    const lifeHours = (Date.parse(old.expiresAt) - Date.now()) / 3_600_000;
    expect(lifeHours).toSatisfy((hours: number) => hours > 23.9 && hours <= 24.01);
    const renewed = await callApi(`${second}/api/sessions/renew`, { method: 'POST', token: old.token });
    const fresh = renewed.body.data as typeof old;
    expect([renewed.status, fresh.userId]).toEqual([200, old.userId]);
    for (const token of [old.token, fresh.token]) {
      expect((await callApi(`${third}/api/sessions/me`, { token })).body.data).toMatchObject({ userId: old.userId });
    }
  });

  it('ends on all nodes within 2 s: every tab is told, all rooms are left, the name is free', async () => {
    const { roomId, userId, token, watcher, tabs } = await userWithTabs();
    const { status, body } = await callApi(`${first}/api/sessions`, { method: 'DELETE', token });
    const endedAt = performance.now();
    expect([status, body.data]).toEqual([200, {}]);
    expect((await callApi(`${second}/api/rooms/${roomId}`)).body.data).toMatchObject({ memberCount: 1 });
    for (const tab of tabs) await tab.until(() => tab.closeReason === ENDED[tab.door]);
    expect(performance.now() - endedAt).toBeLessThan(2_000);
    for (const tab of tabs)
      expect(tab.heard.at(-1)).toMatchObject({ event: 'error', payload: { code: 'SESSION_EXPIRED' } });
    await watcher.hears('user_left', { roomId, userId, reason: 'left' });
    const again = await callApi(`${third}/api/sessions`, { method: 'POST', body: { name: userId } });
    expect(again.body.data).toMatchObject({ userId });
    for (const url of urls) {
      const refused = await callApi(`${url}/api/sessions/me`, { token });
      expect([refused.status, refused.body.error?.code]).toEqual([401, 'SESSION_EXPIRED']);
    }
  });

  it('ends within 10 s where no node is told of it: the next renewal finds out', async () => {
    const { userId, token, tabs } = await userWithTabs();
    const redis = new Redis(redisUrl);
    onTestFinished(() => redis.disconnect());
    const sid = await redis.hget(`user:${userId}:session`, 'sid');
    await redis.set(`revoked:${sid}`, '1', 'EX', 600);
    const revokedAt = performance.now();
    const refused = await callApi(`${second}/api/sessions/me`, { token });
    expect(refused.body.error?.code).toBe('SESSION_EXPIRED');
    for (const tab of tabs) await tab.until(() => tab.closeReason === ENDED[tab.door], 12_000);
    expect(performance.now() - revokedAt).toBeLessThan(11_000);
    for (const tab of tabs)
      expect(tab.heard.at(-1)).toMatchObject({ event: 'error', payload: { code: 'SESSION_EXPIRED' } });
  });
});
