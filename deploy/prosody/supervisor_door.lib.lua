-- How a room is protected, who waits before its door, and whether its sound is written down.
-- Plain tables in, plain tables out: a room is anything shaped like mod_muc's.

-- Those in a lobby who wait. Moderators of the main room are moderators in its lobby, to let people in: they do not wait.
local function count_waiting(lobby, waiting, now)
	local count, since = 0, nil;
	local present = {};
	for address, occupant in pairs(lobby and lobby._occupants or {}) do
		if occupant.role and occupant.role ~= "moderator" then
			count = count + 1;
			present[address] = true;
			waiting[address] = waiting[address] or now;
			since = math.min(since or waiting[address], waiting[address]);
		end
	end
	for address in pairs(waiting) do
		if not present[address] then
			waiting[address] = nil;
		end
	end
	return count, since;
end

-- Jicofo transcribes by itself, without a transcriber in the room, where the room's metadata say both.
local function is_transcribed(room)
	local metadata = room.jitsiMetadata;
	local recording = type(metadata) == "table" and metadata.recording;
	return type(recording) == "table" and metadata.asyncTranscription == true and recording.isTranscribingEnabled == true;
end

-- lobby: the room's lobby as a room, nil where it has none. waiting: since when each address has waited, brought up to
-- date here. now: seconds. Returns { password, lobby, transcribing } as booleans, waiting = how many, since = when the
-- first of those came.
local function read(room, lobby, waiting, now)
	local count, since = count_waiting(lobby, waiting, now);
	return {
		password = room:get_password() ~= nil;
		lobby = room._data.lobbyroom ~= nil and room:get_members_only() and true or false;
		transcribing = is_transcribed(room);
		waiting = count;
		since = since;
	};
end

-- Two states with the same key are told alike, but for how long it has been.
local function key(state)
	return table.concat({
		tostring(state.password), tostring(state.lobby), tostring(state.transcribing), state.waiting, state.since or "-",
	}, " ");
end

-- The attributes of <room-state/>, but for its namespace. A duration and not an instant: clocks differ.
local function attributes(state, now)
	return {
		password = tostring(state.password);
		lobby = tostring(state.lobby);
		transcribing = tostring(state.transcribing);
		waiting = ("%d"):format(state.waiting);
		waited = state.since and ("%d"):format(math.max(0, now - state.since)) or nil;
	};
end

return {
	read = read;
	key = key;
	attributes = attributes;
};
