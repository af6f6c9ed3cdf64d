-- Keeps errors of ours from everybody else: what runs here runs in the middle of somebody's join or leave.

local xpcall = require "util.xpcall".xpcall;

-- log: where failures are told, each kind of them once.
local function new(log)
	local failed = {};

	local function report(kind, trace)
		if not failed[kind] then
			failed[kind] = true;
			log("error", "Supervision failed in %s; nobody in a room is affected, and this is logged once: %s", kind, trace);
		end
	end

	-- Returns the handler's result; or nil and true where it failed.
	local function run(kind, handler, ...)
		local trace;
		local ok, result = xpcall(handler, function (err)
			trace = debug.traceback(tostring(err), 2);
		end, ...);
		if not ok then
			report(kind, trace or "no traceback");
			return nil, true;
		end
		return result;
	end

	-- A handler of an event of the room's: whatever happens in it, the event goes on.
	local function observer(kind, handler)
		return function (event)
			run(kind, handler, event);
		end;
	end

	return { run = run, observer = observer };
end

return { new = new };
