wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
local place = 0

function request()
  place = place % 4 + 1
  return wrk.format(nil, nil, nil, "choice=" .. place)
end
