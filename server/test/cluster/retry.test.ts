/** Sending again: safe where it can be, refused where it could double or swallow a message. */
import { describe, expect, inject, it } from 'vitest';
import { gatherPeople } from '../support/people.ts';
import { createRoom } from '../support/rest.ts';
import { expectPromiseKept } from '../support/verdicts.ts';

const { urls } = inject('cluster');
const [first = '', second = '', third = ''] = urls;
/** Two windows of 1 000 take turns: after this many the first one is forgotten. */
const BEYOND_WINDOWS = 2_050;

async function ownerAndGuest() {
  const people = gatherPeople();
  const { roomId, token } = await createRoom(first, people.nameOf('방장'));
  const owner = await people.connect('방장', { url: first, door: 'websocket', token });
  const { position } = await owner.join(roomId);
  const guest = await people.connect('손님', { url: second, door: 'socketio' });
  await guest.join(roomId);
  return { people, roomId, owner, guest, position };
}

describe('a send that is repeated', () => {
  it('is answered with the first result, also on another node and door, and delivered once', async () => {
    const { people, roomId, owner, guest } = await ownerAndGuest();
    const sent = await guest.send(roomId, '한 번만', { clientMsgId: 'same' });
    const tab = await people.connect('손님', { url: third, door: 'websocket', token: guest.token });
    await tab.join(roomId);

    expect(sent.duplicate).toBe(false);
    expect(await tab.send(roomId, '한 번만', { clientMsgId: 'same' })).toEqual({ ...sent, duplicate: true });
    await owner.send(roomId, 'barrier');
    await people.settle();
    expect(owner.messages(roomId).map(({ text }) => text)).toEqual(['한 번만', 'barrier']);
    expectPromiseKept(people.history, 'retry');
  });

  it('counts the same text in another normal form as the same', async () => {
    const { roomId, guest } = await ownerAndGuest();
    const sent = await guest.send(roomId, '한글'.normalize('NFC'), { clientMsgId: 'nf' });
    expect(await guest.send(roomId, '한글'.normalize('NFD'), { clientMsgId: 'nf' })).toMatchObject({
      id: sent.id,
      duplicate: true,
    });
  });

  it('is refused with CLIENT_MSG_ID_REUSED where the text differs; the id of another user is no repeat', async () => {
    const { roomId, owner, guest } = await ownerAndGuest();
    await guest.send(roomId, '원래', { clientMsgId: 'mine' });
    const refused = expect.objectContaining({ code: 'CLIENT_MSG_ID_REUSED', retryable: false });
    await expect(guest.send(roomId, '다른', { clientMsgId: 'mine' })).rejects.toMatchObject({ error: refused });
    expect(await owner.send(roomId, '다른', { clientMsgId: 'mine' })).toMatchObject({ seq: 2, duplicate: false });
  });

  it('is answered also to somebody who has left meanwhile, who can send nothing new', async () => {
    const { roomId, guest } = await ownerAndGuest();
    const sent = await guest.send(roomId, '나가기 전', { clientMsgId: 'last' });
    await guest.leave(roomId);
    expect(await guest.send(roomId, '나가기 전', { clientMsgId: 'last' })).toEqual({ ...sent, duplicate: true });
    await expect(guest.send(roomId, '새것')).rejects.toMatchObject({ error: { code: 'NOT_A_MEMBER' } });
  });

  it('with `since` counts as fresh within the window and beyond the end, and is refused for another life of the room', async () => {
    const { people, roomId, guest, position } = await ownerAndGuest();
    const other = await createRoom(first, people.nameOf('다른방장'));
    const foreign = (await guest.join(other.roomId)).position;
    const [, line = ''] = /^(.*)-\d+$/.exec(position) ?? [];

    expect(await guest.send(roomId, '처음부터', { since: position })).toMatchObject({ seq: 1, duplicate: false });
    expect(await guest.send(roomId, '미래에서', { since: `${line}-999` })).toMatchObject({ seq: 2, duplicate: false });
    const refused = expect.objectContaining({ code: 'RETRY_TOO_OLD', retryable: false });
    await expect(guest.send(roomId, '다른 방', { since: foreign })).rejects.toMatchObject({ error: refused });
  });

  it('is refused with RETRY_TOO_OLD once the first attempt may have been forgotten, and never doubled', async () => {
    const { people, roomId, owner, guest, position } = await ownerAndGuest();
    await guest.send(roomId, '아주 오래된', { clientMsgId: 'old', since: position });
    const recent = await sendBatches(BEYOND_WINDOWS, (n) => owner.send(roomId, `${n}`, { clientMsgId: `o${n}` }));

    const refused = expect.objectContaining({ code: 'RETRY_TOO_OLD' });
    const again = guest.send(roomId, '아주 오래된', { clientMsgId: 'old', since: position });
    await expect(again).rejects.toMatchObject({ error: refused });
    const thousandAgo = BEYOND_WINDOWS - 999;
    expect(await owner.send(roomId, `${thousandAgo}`, { clientMsgId: `o${thousandAgo}` })).toMatchObject({
      seq: recent[thousandAgo]?.seq,
      duplicate: true,
    });
    await people.settle();
    expectPromiseKept(people.history, 'beyond the dedupe windows');
  });
});

async function sendBatches<T>(count: number, send: (n: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  while (results.length < count) {
    const batch = Array.from({ length: Math.min(100, count - results.length) }, (_, index) => results.length + index);
    results.push(...(await Promise.all(batch.map(send))));
  }
  return results;
}
