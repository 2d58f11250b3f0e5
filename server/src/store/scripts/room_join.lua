-- Makes users members of one room, or tells the room of a member's newer status. Answers
-- {answers, snapshot (without lists in a large room)}, {answers} where nobody was let in, or {} without a room.
-- include text
-- include room
-- include members
-- include snapshot
local room = load_room(META)
if not room then return {} end
local time = redis.call('TIME')
local now_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local TOO_LATE_MS = 5000
refresh_gen(room)

local joins = 0
local door = redis.call('HMGET', META, 'private', 'invite')
local answers = each_user(function(user)
  local known_revision, known_status = known_state(user, now_ms)
  if user.revision < known_revision or now_ms - user.time > TOO_LATE_MS then return 'stale' end
  if redis.call('SISMEMBER', MEMBERS, user.id) == 1 then
    apply_status(room, user, known_revision, known_status)
    joins = joins + 1
    return 'joined'
  end
  if door[1] == '1' and user.invite ~= door[2] then return 'absent' end
  if redis.call('SISMEMBER', REMOVED, user.id) == 1 then return 'removed' end
  redis.call('SADD', MEMBERS, user.id)
  redis.call('HSET', STATES, user.id, user.status .. '@' .. user.revision_text)
  announce_event(room, 'joined', user, '')
  joins = joins + 1
  return 'joined'
end)

if joins > 0 and redis.call('PTTL', META) >= 0 then
  for i = 1, 4 do redis.call('PERSIST', KEYS[i]) end
  redis.call('PERSIST', REMOVED)
  for i = 5, 7 do redis.call('PEXPIRE', KEYS[i], ARGV[4]) end
end
if room.changed then save_room(META, room) end
publish_events()
-- Who is not let in learns nothing of the room, not even from how long the answer takes.
if joins == 0 then return { answers } end
local LARGE_ROOM = 200
return { answers, snapshot(room, { meta = META, members = MEMBERS, states = STATES, reads = READS, log = LOG,
  removed = REMOVED }, redis.call('SCARD', MEMBERS) > LARGE_ROOM) }
