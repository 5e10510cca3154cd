-- Ballots for wrk: arguments are a file with one ballot a line (address, tab, body), and nothing else.
local ballots = {}
local place = 0
local headers = { ["Content-Type"] = "application/x-www-form-urlencoded", ["HX-Request"] = "true" }

function init(args)
  for line in io.lines(args[1]) do ballots[#ballots + 1] = line end
end

function request()
  place = place % #ballots + 1
  local address, body = ballots[place]:match("^(%S+)\t(.*)$")
  -- A voter of a network of its own, so that the throttle is at work and lets each of them through.
  headers["X-Forwarded-For"] = string.format("10.%d.%d.%d", math.floor(place / 65536) % 256, math.floor(place / 256) % 256, place % 256)
  return wrk.format("POST", address, headers, body)
end
