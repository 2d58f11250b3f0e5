-- A room as one reply: answers of the users of this script, then the whole state.
local function snapshot(room, keys)
  local m = redis.call('HMGET', keys.meta, 'title', 'creator', 'private')
  local first = redis.call('XRANGE', keys.log, '-', '+', 'COUNT', 1)[1]
  return { room.epoch, room.gens, num(room.seq), num(room.rev), m[1] or false, m[2], m[3] or '0',
    first and first[1] or '0-0', redis.call('SMEMBERS', keys.members), redis.call('HGETALL', keys.states),
    redis.call('HGETALL', keys.reads), redis.call('SMEMBERS', keys.removed) }
end
