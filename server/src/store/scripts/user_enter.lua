-- Users are about to join a room. Arguments a user: sid, room, 1 if the session may be made anew.
-- Answers `entering`, `member` (the room was in the list, no leave pending, no other join under way: the room knows the
-- user), `expired`, or `again`: first write the user's hint, then run this with 1.
-- include text
-- include user
return each_user(3, function(user, sid, room, may_create)
  if user.sid and user.sid ~= sid then return answer(user, 'expired') end
  if not user.sid and may_create ~= '1' then return answer(user, 'again') end
  if not user.sid then create_session(user, sid, '1') end
  local is_listed = redis.call('SISMEMBER', user.rooms, room) == 1 and redis.call('HEXISTS', user.pending, room) == 0
  raise(user)
  -- What is longer ago was answered long since.
  local enters = {}
  for _, entered in ipairs(enters_of(user, room)) do
    if now_us - tonumber(entered) < ENTERING_US then enters[#enters + 1] = entered end
  end
  local is_member = is_listed and #enters == 0
  enters[#enters + 1] = num(user.revision)
  redis.call('HSET', user.session, 'roomId', room, 'joinedAt', now_iso, 'entered', num(now_us), 'rev', num(user.revision),
    'enters:' .. room, table.concat(enters, ' '))
  redis.call('PEXPIRE', user.session, SESSION_TTL)
  redis.call('SADD', user.rooms, room)
  -- The join to come is newer than a leave that nobody has applied yet.
  redis.call('HDEL', user.pending, room)
  return answer(user, is_member and 'member' or 'entering')
end)
