-- For wrk: sends the paths of the file named by PATHS, one after the other, each thread from a place of its own.
dofile(os.getenv("BENCH") .. "/load.lua")

local paths, position, place = {}, 0, 0
for line in io.lines(os.getenv("PATHS")) do paths[#paths + 1] = line end

function setup(thread)
    thread:set("place", place)
    place = place + 1
end

function init(args)
    position = tonumber(place) * 997
end

function request()
    position = position + 1
    return wrk.format("GET", paths[position % #paths + 1])
end
