-- Users are about to leave a room. Arguments a user: room, reason. Answers `leaving`, or `member` where the room was in the list.
-- include text
-- include user
return each_user(2, function(user, room, reason)
  raise(user)
  if user.sid then redis.call('HSET', user.session, 'rev', num(user.revision)) end
  local is_listed = redis.call('SISMEMBER', user.rooms, room) == 1
  if is_listed then
    redis.call('HSET', user.pending, room, 'leave:' .. reason .. '@' .. num(user.revision))
  end
  return answer(user, is_listed and 'member' or 'leaving')
end)
