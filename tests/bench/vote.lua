-- Ballots for wrk. Arguments: a file with one ballot a line (address, tab, body); milliseconds that each connection
-- rests on average before a vote, 0 for none; how many lines to leave out.
local ballots = {}
local place = 0
local rest = 0
local headers = { ["HX-Request"] = "true" }

function init(args)
  for line in io.lines(args[1]) do ballots[#ballots + 1] = line end
  rest = tonumber(args[2] or "0")
  place = tonumber(args[3] or "0")
  math.randomseed(1)
  if rest == 0 then delay = nil end
end

-- Not all as long: they would vote at one moment, and wait for each other. Voters come as they like.
function delay()
  return math.random(0, 2 * rest)
end

function request()
  place = place % #ballots + 1
  local address, body = ballots[place]:match("^(%S+)\t(.*)$")
  headers["Content-Type"] = body:sub(1, 1) == "{" and "application/json" or "application/x-www-form-urlencoded"
  -- A voter of a network of its own, so that the throttle is at work and lets each of them through.
  headers["X-Forwarded-For"] = string.format("10.%d.%d.%d", math.floor(place / 65536) % 256, math.floor(place / 256) % 256, place % 256)
  return wrk.format("POST", address, headers, body)
end
