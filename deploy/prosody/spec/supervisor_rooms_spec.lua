local rooms = dofile("supervisor_rooms.lib.lua");

local function each(list)
	local i = 0;
	return function ()
		i = i + 1;
		return list[i];
	end;
end

describe("a room", function ()
	it("is a health check by its name", function ()
		assert.is_true(rooms.is_health_check("__jicofo-health-check-42@conf"));
		assert.is_false(rooms.is_health_check("sala__jicofo-health-check@conf"));
	end);

	it("counts everybody in it", function ()
		assert.equal(0, rooms.count { _occupants = {} });
		assert.equal(2, rooms.count { _occupants = { ["r@conf/a"] = {}, ["r@conf/b"] = {} } });
	end);

	it("is not alive as a tombstone", function ()
		assert.is_false(rooms.is_alive(nil));
		assert.is_false(rooms.is_alive { _data = { destroyed = true } });
		assert.is_true(rooms.is_alive { _data = {} });
	end);

	it("is found among the breakout rooms of another", function ()
		local main = { jid = "main@conf", _data = { breakout_rooms = { ["b@breakout"] = "Grup 1" } } };
		local plain = { jid = "plain@conf", _data = {} };
		assert.equal("main@conf", rooms.main_of("b@breakout", each { plain, main }));
		assert.is_nil(rooms.main_of("c@breakout", each { plain, main }));
		assert.is_nil(rooms.main_of("b@breakout", each {}));
	end);
end);
