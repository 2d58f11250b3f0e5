-- Looks at users whose time may have come. No arguments. Answers `present`, `away` (session still there), `gone`,
-- or `unsure`: Redis may have been away, so nothing is decided.
-- include text
-- include user
return each_user(0, function(user)
  if not is_certain then return answer(user, 'unsure') end
  redis.call('ZREMRANGEBYSCORE', user.conns, '-inf', num(now_ms))
  local deadline = latest_deadline(user)
  if deadline > 0 then return answer(user, 'present', deadline) end
  redis.call('DEL', user.presence)
  if user.sid then
    change_status(user, 'offline')
    return answer(user, 'away', now_ms + redis.call('PTTL', user.session))
  end
  if has_rooms(user) then
    end_memberships(user, 'expired')
  else
    redis.call('DEL', user.pending)
  end
  return answer(user, 'gone')
end)
