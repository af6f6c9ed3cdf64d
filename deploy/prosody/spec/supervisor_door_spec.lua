local door = dofile("supervisor_door.lib.lua");

local function room(data, changes)
	local made = { _data = data or {} };
	function made:get_password() return self._data.password; end
	function made:get_members_only() return self._data.members_only; end
	for name, value in pairs(changes or {}) do
		made[name] = value;
	end
	return made;
end

local function lobby(occupants)
	return { _occupants = occupants };
end

describe("a door", function ()
	it("is open where nothing closes it", function ()
		assert.same({ password = false, lobby = false, transcribing = false, waiting = 0 }, door.read(room(), nil, {}, 10));
	end);

	it("has a password where one is set, and never tells it", function ()
		local state = door.read(room { password = "sesame" }, nil, {}, 10);
		assert.is_true(state.password);
		for _, value in pairs(door.attributes(state, 10)) do
			assert.is_nil(value:find("sesame"));
		end
	end);

	it("has a lobby where others than members wait in one, not where they are only turned away", function ()
		assert.is_false(door.read(room { members_only = true }, nil, {}, 10).lobby);
		assert.is_false(door.read(room { lobbyroom = "a@lobby" }, nil, {}, 10).lobby);
		assert.is_true(door.read(room { members_only = true, lobbyroom = "a@lobby" }, nil, {}, 10).lobby);
	end);

	it("is transcribed where the metadata say both that it may be and that it is", function ()
		for expected, metadata in pairs {
			[false] = { asyncTranscription = false, recording = { isTranscribingEnabled = true } },
			[true] = { asyncTranscription = true, recording = { isTranscribingEnabled = true } },
		} do
			assert.equal(expected, door.read(room({}, { jitsiMetadata = metadata }), nil, {}, 10).transcribing);
		end
		for _, odd in ipairs { {}, "text", { recording = "on", asyncTranscription = true }, { asyncTranscription = true } } do
			assert.is_false(door.read(room({}, { jitsiMetadata = odd }), nil, {}, 10).transcribing);
		end
	end);
end);

describe("those who wait", function ()
	local closed = room { members_only = true, lobbyroom = "a@lobby" };

	it("are those in the lobby who are no moderators, since the first of them came", function ()
		local waiting = {};
		door.read(closed, lobby { ["a@lobby/1"] = { role = "participant" }, ["a@lobby/m"] = { role = "moderator" } }, waiting, 10);
		local state = door.read(closed,
			lobby { ["a@lobby/1"] = { role = "participant" }, ["a@lobby/2"] = { role = "participant" } }, waiting, 25);
		assert.equal(2, state.waiting);
		assert.equal(10, state.since);
		assert.same({ ["a@lobby/1"] = 10, ["a@lobby/2"] = 25 }, waiting);
	end);

	it("are forgotten when they have gone, and who stays keeps the own time", function ()
		local waiting = { ["a@lobby/1"] = 10, ["a@lobby/2"] = 25 };
		local state = door.read(closed, lobby { ["a@lobby/2"] = { role = "participant" } }, waiting, 30);
		assert.equal(25, state.since);
		assert.same({ ["a@lobby/2"] = 25 }, waiting);
		door.read(closed, nil, waiting, 31);
		assert.same({}, waiting);
	end);

	it("are told with how long it has been, which is no news by itself", function ()
		local waiting = {};
		local before = door.read(closed, lobby { ["a@lobby/1"] = { role = "participant" } }, waiting, 10);
		local later = door.read(closed, lobby { ["a@lobby/1"] = { role = "participant" } }, waiting, 40);
		assert.equal(door.key(before), door.key(later));
		assert.same({ password = "false", lobby = "true", transcribing = "false", waiting = "1", waited = "30" },
			door.attributes(later, 40));
		assert.is_nil(door.attributes(door.read(closed, nil, {}, 40), 40).waited);
	end);

	it("have not waited for less than nothing where a clock was set back", function ()
		local state = door.read(closed, lobby { ["a@lobby/1"] = { role = "participant" } }, { ["a@lobby/1"] = 100 }, 40);
		assert.equal("0", door.attributes(state, 40).waited);
	end);
end);

describe("the key", function ()
	it("differs with everything that is told", function ()
		local keys, n = {}, 0;
		for _, state in ipairs {
			{ password = false, lobby = false, transcribing = false, waiting = 0 },
			{ password = true, lobby = false, transcribing = false, waiting = 0 },
			{ password = false, lobby = true, transcribing = false, waiting = 0 },
			{ password = false, lobby = false, transcribing = true, waiting = 0 },
			{ password = false, lobby = true, transcribing = false, waiting = 1, since = 5 },
			{ password = false, lobby = true, transcribing = false, waiting = 2, since = 5 },
			{ password = false, lobby = true, transcribing = false, waiting = 1, since = 6 },
		} do
			keys[door.key(state)], n = true, n + 1;
		end
		for _ in pairs(keys) do
			n = n - 1;
		end
		assert.equal(0, n);
	end);
end);
