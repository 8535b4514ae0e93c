-- For wrk: posts the file named by BODY.
dofile(os.getenv("BENCH") .. "/load.lua")

local file = io.open(os.getenv("BODY"), "rb")
wrk.method = "POST"
wrk.body = file:read("*a")
wrk.headers["Content-Type"] = "application/json"
file:close()
