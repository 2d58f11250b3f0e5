-- Something pending was applied. Arguments a user: field, revision, `leave`, `presence` or `unsure`.
-- Answers `settled`, or `kept` where something newer is pending.
-- include text
-- include user
return each_user(3, function(user, field, revision, kind)
  local value = redis.call('HGET', user.pending, field)
  if not value or string.match(value, '@(%d+)$') ~= revision then return answer(user, 'kept') end
  if kind == 'unsure' and is_entering(user) then return answer(user, 'kept') end
  if kind == 'leave' then
    forget_room(user, field)
  else
    redis.call('HDEL', user.pending, field)
  end
  return answer(user, 'settled')
end)
