local rooms = dofile("supervisor_rooms.lib.lua");

package.preload["util.uuid"] = package.preload["util.uuid"] or function ()
	local n = 0;
	return { generate = function () n = n + 1; return "uuid-" .. n; end };
end;
local knowing = dofile("supervisor_known.lib.lua");

local function room(room_jid, data)
	return { jid = room_jid, _data = data or {} };
end

describe("what is known of the rooms", function ()
	local known, hosts;
	before_each(function ()
		hosts = { conf = { modules = { muc = {} } }, breakout = { modules = {} } };
		known = knowing.new(hosts, "conf", rooms);
	end);

	it("is nothing before they are created and after they end", function ()
		local here = room("a@conf");
		assert.is_nil(known:meeting_of(here));
		known:add(here);
		assert.is_string(known:meeting_of(here));
		known:remove("a@conf");
		assert.is_nil(known:get("a@conf"));
	end);

	it("gives a meeting Jitsi's id, and one of ours that stays where there is none", function ()
		known:add(room("a@conf"));
		assert.equal("m1", known:meeting_of(room("a@conf", { meetingId = "m1" })));
		local ours = known:meeting_of(room("a@conf", { meetingId = "" }));
		assert.equal(ours, known:meeting_of(room("a@conf")));
	end);

	it("lists all but those that only prove that the server is alive", function ()
		known:add(room("a@conf"));
		known:add(room("__jicofo-health-check-1@conf"));
		assert.same({ "a@conf" }, known:list());
	end);

	it("looks for a main room once, in the other hosts' rooms", function ()
		local asked = 0;
		hosts.main = { modules = { muc = { live_rooms = function ()
			asked = asked + 1;
			local given;
			return function ()
				if not given then
					given = true;
					return room("main@main", { breakout_rooms = { ["b@conf"] = "Group" } });
				end
			end;
		end } } };
		known:add(room("b@conf"));
		assert.equal("main@main", known:main_of("b@conf"));
		assert.equal("main@main", known:main_of("b@conf"));
		assert.equal(1, asked);
	end);

	it("comes through a reload with the meetings and with how long people have waited", function ()
		known:add(room("a@conf"));
		known:get("a@conf").waiting["a@lobby/1"] = 10;
		local meeting = known:meeting_of(room("a@conf"));
		local saved = known:save();
		local after = knowing.new(hosts, "conf", rooms);
		after:add(room("a@conf"));
		after:restore(saved);
		assert.equal(meeting, after:meeting_of(room("a@conf")));
		assert.same({ ["a@lobby/1"] = 10 }, after:get("a@conf").waiting);
		after:restore({ ["gone@conf"] = { meeting = "x" } });
		assert.is_nil(after:get("gone@conf"));
	end);
end);
