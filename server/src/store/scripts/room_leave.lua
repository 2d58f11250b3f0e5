-- Ends memberships of one room. The last leave starts the room's idle time. Answers one word a user, or {} without a room.
-- A private room is `absent` to whoever is no member.
-- include text
-- include room
-- include members
local room = load_room(META)
if not room then return {} end
local time = redis.call('TIME')
local now_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local MARK_MS = 15000
local is_private = redis.call('HGET', META, 'private') == '1'
refresh_gen(room)

local function leave_mark(user)
  redis.call('HSET', RATE, 'gone:' .. user.id, user.revision_text .. '@' .. num(now_ms + MARK_MS))
  redis.call('PEXPIRE', RATE, 60000)
end

-- Marks and buckets of people who are gone would gather in a room that never falls silent.
local function sweep_marks()
  if redis.call('HLEN', RATE) <= 2 * redis.call('SCARD', MEMBERS) + 64 then return end
  local fields = redis.call('HGETALL', RATE)
  for i = 1, #fields, 2 do
    local until_ms = string.match(fields[i + 1], '^%d+@(%d+)$')
    if until_ms and tonumber(until_ms) < now_ms then redis.call('HDEL', RATE, fields[i]) end
  end
end

local answers = each_user(function(user)
  if user.revision < known_state(user, now_ms) then return 'stale' end
  local was_member = redis.call('SREM', MEMBERS, user.id) == 1
  leave_mark(user)
  if not was_member then return is_private and 'absent' or 'not_member' end
  redis.call('HDEL', STATES, user.id)
  redis.call('HDEL', READS, user.id)
  redis.call('HDEL', RATE, user.id)
  announce_event(room, 'left', user, ',"reason":"' .. user.reason .. '"')
  return 'left'
end)

sweep_marks()
if room.changed then save_room(META, room) end
if redis.call('SCARD', MEMBERS) == 0 and redis.call('PTTL', META) < 0 then
  for i = 1, 8 do redis.call('PEXPIRE', KEYS[i], ARGV[3]) end
end
publish_events()
return answers
