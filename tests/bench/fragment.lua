-- Asks for a fragment as htmx does; an argument is the ETag that a browser would send back.
function init(args)
  wrk.headers["HX-Request"] = "true"
  if args[1] then wrk.headers["If-None-Match"] = args[1] end
end
