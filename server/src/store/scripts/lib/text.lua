-- Numbers and times as text. tostring() turns large numbers into exponent form; %d does not.
local function num(n)
  return string.format('%d', n)
end

-- Unix seconds and microseconds → YYYY-MM-DDTHH:mm:ss.sssZ. Days to a date by the civil calendar arithmetic of
-- H. Hinnant's "chrono-compatible low-level date algorithms" (era of 400 years, year beginning in March).
local function iso(seconds, micros)
  local days = math.floor(seconds / 86400)
  local rest = seconds - days * 86400
  local z = days + 719468
  local era = math.floor(z / 146097)
  local doe = z - era * 146097
  local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  local mp = math.floor((5 * doy + 2) / 153)
  local day = doy - math.floor((153 * mp + 2) / 5) + 1
  local month = mp < 10 and mp + 3 or mp - 9
  local year = yoe + era * 400 + (month <= 2 and 1 or 0)
  return string.format('%04d-%02d-%02dT%02d:%02d:%02d.%03dZ', year, month, day,
    math.floor(rest / 3600), math.floor(rest / 60) % 60, rest % 60, math.floor(micros / 1000))
end
