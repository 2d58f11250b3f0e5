/** Sending: the one script of a message, what it is given and what its answer means. */
import { hash } from 'node:crypto';
import { LIMITS, parsePosition, type Sent } from '../protocol/index.ts';
import { ChatError } from '../service/chat-error.ts';
import type { Draft } from '../service/ports.ts';
import { type RedisCommands, RedisUnavailable } from './redis-commands.ts';
import { asArray, asText } from './replies.ts';
import { commonArgs, type RoomStoreOptions, refusal, roomKeysAndChannel } from './room-context.ts';
import { loadScript } from './script.ts';

const APPEND = loadScript('append_message');

/** `RoomStore.append` over the connection `send`, which carries nothing else. */
export function createAppend(send: RedisCommands, options: RoomStoreOptions): (draft: Draft) => Promise<Sent> {
  const limits = [options.messageRate, options.messageBurst, LIMITS.logMessages, LIMITS.logBytes];

  return async (draft) => {
    const keys = roomKeysAndChannel(options.keys, draft.roomId);
    const args = [...commonArgs(options, draft.roomId), ...argsOf(draft), ...limits];
    const reply = await send.run(APPEND, keys, args).catch((error: unknown) => {
      throw uncertainWithoutId(error, draft.clientMsgId);
    });
    const [answer, idOrWait, timestamp] = asArray(reply, 'append');
    if (answer !== 'stored' && answer !== 'duplicate') throw refusal(answer, idOrWait);
    const id = asText(idOrWait, 'position');
    return {
      id,
      seq: parsePosition(id)?.seq ?? 0,
      timestamp: asText(timestamp, 'timestamp'),
      duplicate: answer === 'duplicate',
    };
  };
}

/** A `since` that is none of ours names an epoch that no room has. */
function argsOf({ userId, text, clientMsgId, since }: Draft): (string | number)[] {
  const first = since === undefined ? null : parsePosition(since);
  const epoch = since === undefined ? '' : (first?.epoch ?? '?');
  return [
    userId,
    JSON.stringify(userId),
    JSON.stringify(text),
    hashOf(text),
    clientMsgId ?? '',
    epoch,
    first?.seq ?? 0,
  ];
}

/** 64 bits of the text's SHA-256: enough to tell a retry from another message with a reused id. */
function hashOf(text: string): string {
  return hash('sha256', text).slice(0, 16);
}

/** Without a `clientMsgId` nobody can tell whether a message that may have been stored was: trying again could double it. */
function uncertainWithoutId(error: unknown, clientMsgId: string | undefined): unknown {
  if (!(error instanceof RedisUnavailable) || !error.wasSent || clientMsgId !== undefined) return error;
  return new ChatError('SERVICE_UNAVAILABLE', { retryable: false, uncertain: true });
}
