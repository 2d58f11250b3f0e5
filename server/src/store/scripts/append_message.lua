-- Stores and publishes one message: look up a repeat, check, then write. Redis refuses (memory, disk, replicas) only before
-- the FIRST write and does not roll back, so everything is read before XADD, and PUBLISH comes last.
-- KEYS: 1 meta, 2 members, 3 states, 4 reads, 5 log, 6 dedupe:0, 7 dedupe:1, 8 removed, 9 rate, 10 channel.
-- ARGV: 1 room id, 2 publish command, 3 idle TTL ms, 4 log TTL ms, 5 user, 6 user as JSON, 7 text as JSON, 8 hash of the text,
-- 9 clientMsgId or '', 10 epoch of `since` or '', 11 seq of `since`, 12 messages a second, 13 burst, 14 log entries, 15 log bytes.
-- Answers {'stored' | 'duplicate', id, timestamp} or {error code, retry after ms}.
-- include text
-- include room
local META, LOG, RATE = KEYS[1], KEYS[5], KEYS[9]
local room = load_room(META)
if not room then return { 'ROOM_NOT_FOUND' } end

local user, client_msg_id = ARGV[5], ARGV[9]
local field = user .. '/' .. client_msg_id
local window0 = redis.call('HMGET', KEYS[6], 'first', field)
local window1 = redis.call('HMGET', KEYS[7], 'first', field)
local hit = client_msg_id ~= '' and (window0[2] or window1[2])
if hit then
  local id, timestamp, hash = string.match(hit, '^(%S+) (%S+) (%S+)$')
  if hash ~= ARGV[8] then return { 'CLIENT_MSG_ID_REUSED' } end
  return { 'duplicate', id, timestamp }
end

if redis.call('SISMEMBER', KEYS[2], user) == 0 then return { refuse_stranger(META) } end

-- A retry whose first attempt may have been forgotten already is refused rather than doubled.
local seq = room.seq + 1
local first0, first1 = tonumber(window0[1]), tonumber(window1[1])
if ARGV[10] ~= '' then
  local floor = math.min(first0 or seq, first1 or seq)
  if ARGV[10] ~= room.epoch or tonumber(ARGV[11]) + 1 < floor then return { 'RETRY_TOO_OLD' } end
end

local time = redis.call('TIME')
local seconds, micros = tonumber(time[1]), tonumber(time[2])
local now_ms = seconds * 1000 + math.floor(micros / 1000)

-- Token bucket of (user, room): `tokens@ms`.
local per_second, burst = tonumber(ARGV[12]), tonumber(ARGV[13])
local tokens = burst
local bucket = redis.call('HGET', RATE, user)
if bucket then
  local left, at = string.match(bucket, '^([%d.]+)b(%d+)$')
  tokens = math.min(burst, tonumber(left) + math.max(0, now_ms - tonumber(at)) * per_second / 1000)
end
if tokens < 1 then return { 'RATE_LIMITED', num(math.ceil((1 - tokens) * 1000 / per_second)) } end

refresh_gen(room)
local id = position(room, seq)
local timestamp = iso(seconds, micros)
local data = '{"type":"msg","roomId":"' .. ARGV[1] .. '","seq":' .. num(seq) .. ',"id":"' .. id .. '","from":' .. ARGV[6]
  .. ',"text":' .. ARGV[7] .. ',"timestamp":"' .. timestamp .. '"'
if client_msg_id ~= '' then data = data .. ',"clientMsgId":"' .. client_msg_id .. '"' end
data = data .. '}'

-- `sum` counts all bytes the log ever took, up to and with an entry: what is kept is a difference, never a scan.
local sizes = redis.call('HMGET', META, 'bytes', 'base')
local sum, base = tonumber(sizes[1]) + #data, tonumber(sizes[2])
redis.call('XADD', LOG, 'MAXLEN', '=', ARGV[14], num(seq) .. '-0', 'type', 'msg', 'data', data, 'sum', num(sum))
while sum - base > tonumber(ARGV[15]) do
  local oldest = redis.call('XRANGE', LOG, '-', '+', 'COUNT', 1)[1]
  local fields = oldest[2]
  base = tonumber(fields[6]) - #fields[4]
  if sum - base <= tonumber(ARGV[15]) or oldest[1] == num(seq) .. '-0' then break end
  redis.call('XDEL', LOG, oldest[1])
end
redis.call('HSET', META, 'seq', num(seq), 'gens', room.gens, 'rev', num(room.rev), 'bytes', num(sum), 'base', num(base))

-- Two windows take turns; together they cover at least the last 1 000 messages.
local WINDOW = 1000
local current, first = KEYS[6], first0
if first1 and (not first0 or first1 > first0) then current, first = KEYS[7], first1 end
if not first then
  redis.call('HSET', current, 'first', num(seq))
elseif seq - first >= WINDOW then
  current = current == KEYS[6] and KEYS[7] or KEYS[6]
  redis.call('DEL', current)
  redis.call('HSET', current, 'first', num(seq))
end
if client_msg_id ~= '' then
  redis.call('HSET', current, field, id .. ' ' .. timestamp .. ' ' .. ARGV[8])
end

redis.call('HSET', RATE, user, string.format('%.3fb%d', tokens - 1, now_ms))
redis.call('PEXPIRE', RATE, 60000)
if redis.call('PTTL', META) >= 0 then
  for i = 1, 8 do redis.call('PEXPIRE', KEYS[i], ARGV[3]) end
else
  for i = 5, 7 do redis.call('PEXPIRE', KEYS[i], ARGV[4]) end
end
redis.call(ARGV[2], KEYS[10], data)
return { 'stored', id, timestamp }
