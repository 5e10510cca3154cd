-- A look. Arguments: "fragment" to ask as htmx does, else anything; the ETag that a browser would send back, or nothing.
function init(args)
  if args[1] == "fragment" then wrk.headers["HX-Request"] = "true" end
  if args[2] then wrk.headers["If-None-Match"] = args[2] end
end
