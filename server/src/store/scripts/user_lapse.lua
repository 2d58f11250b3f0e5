-- Looks at users whose time may have come. No arguments. Answers `present`, `away` (session still there), `gone`,
-- or `unsure`: Redis may have been away, so nothing is decided.
-- include text
-- include user

-- A room that is just being entered may not know the user yet: what it could not be told is told again after that.
local function next_look(user, at_ms)
  if not is_entering(user) or redis.call('HEXISTS', user.pending, 'presence') == 0 then return at_ms end
  return math.min(at_ms, math.ceil((user.entered + ENTERING_US) / 1000))
end

return each_user(0, function(user)
  if not is_certain then return answer(user, 'unsure') end
  redis.call('ZREMRANGEBYSCORE', user.conns, '-inf', num(now_ms))
  local deadline = latest_deadline(user)
  if deadline > 0 then return answer(user, 'present', next_look(user, deadline)) end
  redis.call('DEL', user.presence)
  if user.sid then
    change_status(user, 'offline')
    return answer(user, 'away', next_look(user, now_ms + redis.call('PTTL', user.session)))
  end
  if has_rooms(user) then
    end_memberships(user, 'expired')
  else
    redis.call('DEL', user.pending)
  end
  return answer(user, 'gone')
end)
