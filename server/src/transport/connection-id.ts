/** Names connections so that no two in the cluster are alike and each tells its node. */
import { randomBytes } from 'node:crypto';

/** `<node>.<20 characters of base64url>` from a CSPRNG; nginx routes by the part before the dot. */
export function createConnectionId(nodeId: string): string {
  return `${nodeId}.${randomBytes(15).toString('base64url')}`;
}
