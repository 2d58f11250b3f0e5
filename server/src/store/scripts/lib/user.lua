-- What every user script knows of a user, and the steps they share.
-- KEYS, five a user: presence, session, conns, rooms, pending. ARGV: 1 presence TTL ms, 2 session TTL ms, 3 Redis time in ms
-- until which it is certain that Redis was not away (0: it may have been); then the same number of arguments for each user.
local KEYS_PER_USER, FIRST_ARGUMENT = 5, 4
local PRESENCE_TTL, SESSION_TTL = tonumber(ARGV[1]), tonumber(ARGV[2])
-- Somebody who has only just entered a room may not be known to it yet; a join refuses to be later than 5 s.
local ENTERING_US = 6000000
local clock = redis.call('TIME')
local now_ms = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local now_iso = iso(tonumber(clock[1]), tonumber(clock[2]))
-- A command that waited in a socket while Redis stood still runs later than its sender believed.
local is_certain = now_ms <= tonumber(ARGV[3])

local function load_user(n, argument_count)
  local k, a = (n - 1) * KEYS_PER_USER, FIRST_ARGUMENT + (n - 1) * argument_count
  local user = { presence = KEYS[k + 1], session = KEYS[k + 2], conns = KEYS[k + 3], rooms = KEYS[k + 4], pending = KEYS[k + 5],
    arguments = { ARGV[a], ARGV[a + 1], ARGV[a + 2] } }
  local s = redis.call('HMGET', user.session, 'sid', 'rev', 'status', 'used', 'entered')
  user.sid, user.revision, user.status, user.used = s[1], tonumber(s[2] or '0'), s[3], s[4]
  user.entered = tonumber(s[5] or '0')
  return user
end

-- Joins of a room that may count: revisions, oldest first. They stand in the session, a field for each room the user is in.
local function enters_of(user, room)
  local enters = {}
  for revision in string.gmatch(redis.call('HGET', user.session, 'enters:' .. room) or '', '%d+') do
    enters[#enters + 1] = revision
  end
  return enters
end

-- Whether a join of the user (of this room, if given) may still be on its way.
local function is_entering(user, room)
  local entered = user.entered
  if room then
    local enters = enters_of(user, room)
    entered = tonumber(enters[#enters] or '0')
  end
  return now_us - entered < ENTERING_US
end

-- Neither expiry of the session nor a clock that went back lowers a revision.
local function raise(user)
  user.revision = math.max(user.revision + 1, now_us)
end

local function has_rooms(user)
  return redis.call('EXISTS', user.rooms) == 1
end

local function latest_deadline(user)
  return tonumber(redis.call('ZREVRANGE', user.conns, 0, 0, 'WITHSCORES')[2] or '0')
end

-- `presence` lives as long as the connection that lives longest.
local function show_presence(user)
  local left_ms = latest_deadline(user) - now_ms
  if left_ms > 0 then
    redis.call('SET', user.presence, 'online', 'PX', num(left_ms))
  else
    redis.call('DEL', user.presence)
  end
end

local function add_connection(user, connection)
  redis.call('ZADD', user.conns, num(now_ms + PRESENCE_TTL), connection)
  redis.call('PEXPIRE', user.conns, SESSION_TTL)
  redis.call('PEXPIRE', user.session, SESSION_TTL)
  show_presence(user)
end

-- A session without a status is one whose rooms may believe anything: the first decision tells them.
local function create_session(user, sid, used)
  raise(user)
  user.sid, user.status = sid, false
  redis.call('DEL', user.session)
  redis.call('HSET', user.session, 'sid', sid, 'rev', num(user.revision), 'createdAt', now_iso, 'used', used)
  redis.call('PEXPIRE', user.session, SESSION_TTL)
end

-- Rooms that only wait for the user's leave need not hear of it.
local function change_status(user, status)
  if user.status == status then return end
  raise(user)
  user.status = status
  redis.call('HSET', user.session, 'status', status, 'rev', num(user.revision))
  redis.call('HDEL', user.pending, 'presence')
  if redis.call('SCARD', user.rooms) > redis.call('HLEN', user.pending) then
    redis.call('HSET', user.pending, 'presence', status .. '@' .. num(user.revision))
  end
end

-- Every membership is to end; a leave that is already pending keeps its revision, so that deciding twice is deciding once.
local function end_memberships(user, reason)
  raise(user)
  user.status = false
  redis.call('HDEL', user.pending, 'presence')
  local leave = 'leave:' .. reason .. '@' .. num(user.revision)
  for _, room in ipairs(redis.call('SMEMBERS', user.rooms)) do redis.call('HSETNX', user.pending, room, leave) end
end

-- `roomId` and `joinedAt` tell of the room that the user entered last, of those that the user is in.
local function show_last_room(user)
  local last, entered = nil, 0
  for _, room in ipairs(redis.call('SMEMBERS', user.rooms)) do
    local enters = enters_of(user, room)
    local revision = tonumber(enters[#enters] or '0')
    if revision > entered then last, entered = room, revision end
  end
  if not last then
    redis.call('HDEL', user.session, 'roomId', 'joinedAt')
    return
  end
  local joined_at = iso(math.floor(entered / 1000000), entered % 1000000)
  redis.call('HSET', user.session, 'roomId', last, 'joinedAt', joined_at)
end

local function forget_room(user, room)
  redis.call('HDEL', user.pending, room)
  redis.call('SREM', user.rooms, room)
  redis.call('HDEL', user.session, 'enters:' .. room)
  if not has_rooms(user) then redis.call('DEL', user.pending) end
  if redis.call('HGET', user.session, 'roomId') == room then show_last_room(user) end
end

-- One user's answer: word, revision, time, status, what is pending, the rooms it is about, and when to look again.
local function answer(user, word, next_ms)
  local pending, rooms = redis.call('HGETALL', user.pending), {}
  if #pending > 0 then rooms = redis.call('SMEMBERS', user.rooms) end
  local status = user.status or (latest_deadline(user) > now_ms and 'online' or 'offline')
  return { word, num(user.revision), num(now_ms), status, pending, rooms, num(next_ms or 0) }
end

local function each_user(argument_count, apply)
  local answers = {}
  for n = 1, #KEYS / KEYS_PER_USER do
    local user = load_user(n, argument_count)
    answers[n] = apply(user, unpack(user.arguments, 1, argument_count))
  end
  return answers
end
