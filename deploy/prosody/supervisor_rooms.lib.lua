-- What can be said of a room from its own tables.

-- Jicofo makes and drops these every few seconds to see whether Prosody is alive.
local function is_health_check(room_jid)
	return room_jid:find("^__jicofo%-health%-check") ~= nil;
end

-- The ordinary tables of mod_muc are read here: each_occupant() copies every occupant, which is no way to count them.
local function count(room)
	local n = 0;
	for _ in pairs(room._occupants) do
		n = n + 1;
	end
	return n;
end

-- A destroyed persistent room is kept by mod_muc as a tombstone: there is nobody in it and it is no room.
local function is_alive(room)
	return room and not room._data.destroyed and true or false;
end

-- A breakout room does not know its main room, but the main room lists its breakout rooms.
-- rooms: a function that gives the rooms of the other MUC hosts one by one.
local function main_of(room_jid, rooms)
	for room in rooms do
		local breakouts = room._data.breakout_rooms;
		if type(breakouts) == "table" and breakouts[room_jid] then
			return room.jid;
		end
	end
	return nil;
end

return {
	is_health_check = is_health_check;
	count = count;
	is_alive = is_alive;
	main_of = main_of;
};
