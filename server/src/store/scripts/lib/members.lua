-- Membership, status and the events about them. KEYS of every script that includes this:
-- 1 meta, 2 members, 3 states, 4 reads, 5 log, 6 dedupe:0, 7 dedupe:1, 8 removed, 9 rate, 10 channel.
-- ARGV: 1 room id, 2 publish command, 3 idle TTL ms, 4 log TTL ms; then seven a user: id, id as JSON, revision, time ms, status, reason, invite.
local META, MEMBERS, STATES, READS, LOG = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local DEDUPE0, DEDUPE1, REMOVED, RATE, CHANNEL = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local FIRST_USER, USER_SIZE = 5, 7

local function user_at(i)
  return { id = ARGV[i], json = ARGV[i + 1], revision = tonumber(ARGV[i + 2]), revision_text = ARGV[i + 2],
    time = tonumber(ARGV[i + 3]), status = ARGV[i + 4], reason = ARGV[i + 5], invite = ARGV[i + 6] }
end

-- Events wait until everything is written; then they go out in order, last.
local events = {}
local function announce_event(room, type, user, extra)
  room.rev = room.rev + 1
  room.changed = true
  events[#events + 1] = '{"type":"' .. type .. '","userId":' .. user.json .. extra .. ',"roomId":"' .. ARGV[1]
    .. '","rev":' .. num(room.rev) .. ',"at":"' .. position(room, room.seq) .. '"}'
end
local function publish_events()
  for _, event in ipairs(events) do redis.call(ARGV[2], CHANNEL, event) end
end

-- The newest revision of the user that this room has applied, and the status it stands for.
-- A leaver's mark stands among the rate buckets for 15 s: a join that was overtaken by its leave must not make a ghost.
local function known_state(user, now_ms)
  local state = redis.call('HGET', STATES, user.id)
  if state then
    local status, revision = string.match(state, '^(%a+)@(%d+)$')
    return tonumber(revision), status
  end
  local mark = redis.call('HGET', RATE, 'gone:' .. user.id)
  if not mark then return 0, nil end
  local revision, until_ms = string.match(mark, '^(%d+)@(%d+)$')
  if tonumber(until_ms) < now_ms then return 0, nil end
  return tonumber(revision), nil
end

-- Stores a member's newer status; tells the room only if it differs. Answers what it did.
local function apply_status(room, user, known_revision, known_status)
  if user.revision <= known_revision then return 'same' end
  redis.call('HSET', STATES, user.id, user.status .. '@' .. user.revision_text)
  if user.status == known_status then return 'same' end
  announce_event(room, 'presence', user, ',"status":"' .. user.status .. '"')
  return 'changed'
end

local function each_user(apply)
  local answers = {}
  for i = FIRST_USER, #ARGV, USER_SIZE do answers[#answers + 1] = apply(user_at(i)) end
  return answers
end
