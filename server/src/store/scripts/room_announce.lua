-- Tells one room of its members' newer status, once. Answers one word a user, or {} without a room.
-- include text
-- include room
-- include members
local room = load_room(META)
if not room then return {} end
refresh_gen(room)
local time = redis.call('TIME')
local now_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local answers = each_user(function(user)
  if redis.call('SISMEMBER', MEMBERS, user.id) == 0 then return 'not_member' end
  local known_revision, known_status = known_state(user, now_ms)
  if user.revision < known_revision then return 'stale' end
  return apply_status(room, user, known_revision, known_status)
end)

if room.changed then save_room(META, room) end
publish_events()
return answers
