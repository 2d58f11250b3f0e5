-- Removes a member on the word of the room's creator, for good: from here on no send and no join of the user succeeds.
-- Answers `removed`, `kept_out` (was no member), or what forbids it: `absent` (also a private room to a stranger),
-- `forbidden`, `creator`.
-- ARGV, beyond those of lib/members: 12 who asks, 13 the session that asks.
-- include text
-- include room
-- include members
local room = load_room(META)
if not room then return 'absent' end
local target, caller, sid = user_at(FIRST_USER), ARGV[12], ARGV[13]
local facts = redis.call('HMGET', META, 'creator', 'creatorSid', 'private')
if caller ~= facts[1] or sid ~= facts[2] then
  local is_hidden = facts[3] == '1' and redis.call('SISMEMBER', MEMBERS, caller) == 0
  return is_hidden and 'absent' or 'forbidden'
end
if target.id == caller then return 'creator' end
refresh_gen(room)

-- Beyond the bound somebody removed earlier is forgotten: refusing would leave the creator helpless.
local MOST_REMOVED = 1000
local is_full = redis.call('SISMEMBER', REMOVED, target.id) == 0 and redis.call('SCARD', REMOVED) >= MOST_REMOVED
if is_full then redis.call('SPOP', REMOVED) end
redis.call('SADD', REMOVED, target.id)
local was_member = redis.call('SREM', MEMBERS, target.id) == 1
if was_member then
  redis.call('HDEL', STATES, target.id)
  redis.call('HDEL', READS, target.id)
  redis.call('HDEL', RATE, target.id)
  announce_event(room, 'left', target, ',"reason":"removed"')
end
if room.changed then save_room(META, room) end

local ttl = redis.call('PTTL', META)
if ttl >= 0 then
  redis.call('PEXPIRE', REMOVED, ttl)
elseif redis.call('SCARD', MEMBERS) == 0 then
  for i = 1, 8 do redis.call('PEXPIRE', KEYS[i], ARGV[3]) end
end
publish_events()
return was_member and 'removed' or 'kept_out'
