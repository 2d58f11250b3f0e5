/** What a request tells about itself besides its schema: its trace id and the origin it came to. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { AddressList } from '../address-list.ts';

const TRACE_ID = /^[A-Za-z0-9_-]{8,64}$/;
const HOST = /^[A-Za-z0-9.-]{1,253}(:\d{1,5})?$|^\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?$/;

/** The id a trusted proxy gave the request (`X-Request-Id`), so that its log and ours agree; else a new one. */
export function traceIdOf(request: IncomingMessage, isProxy: AddressList): string {
  const given = request.headers['x-request-id'];
  const isUsable = typeof given === 'string' && TRACE_ID.test(given);
  return isUsable && isProxy(request.socket.remoteAddress ?? '') ? given : randomUUID();
}

/** Where links to us begin: as configured, else as the request was addressed. Without a slash at the end. */
export function originOf(request: FastifyRequest, publicUrl: string): string {
  if (publicUrl !== '') return publicUrl.replace(/\/+$/, '');
  const host = HOST.test(request.host) ? request.host : 'localhost';
  return `${request.protocol === 'https' ? 'https' : 'http'}://${host}`;
}
