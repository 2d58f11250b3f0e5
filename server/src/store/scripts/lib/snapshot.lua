-- A room as one reply: what it is, then who is in it. A brief one leaves the lists out.
local function snapshot(room, keys, is_brief)
  local m = redis.call('HMGET', keys.meta, 'title', 'creator', 'creatorSid', 'private')
  local first = redis.call('XRANGE', keys.log, '-', '+', 'COUNT', 1)[1]
  local reply = { room.epoch, room.gens, num(room.seq), num(room.rev), m[1] or false, m[2], m[3], m[4] or '0',
    first and first[1] or '0-0' }
  if is_brief then return reply end
  reply[10], reply[11] = redis.call('SMEMBERS', keys.members), redis.call('HGETALL', keys.states)
  reply[12], reply[13] = redis.call('HGETALL', keys.reads), redis.call('SMEMBERS', keys.removed)
  return reply
end
