-- The rooms that exist on this host, and what is remembered of each: the id of its meeting where nobody else gives one,
-- its main room, who has been waiting in its lobby since when.

local new_uuid = require "util.uuid".generate;

local methods = {};
local known_mt = { __index = methods };

-- rooms: the library that reads a room's tables.
local function new(hosts, host, rooms)
	return setmetatable({
		hosts = hosts, host = host, rooms = rooms,
		-- By address: { meeting = an id of ours, main = the main room's address or false, waiting = since when, by the
		-- address in the lobby }. A room is here from its creation to its end. By address and not by table, as mod_muc may
		-- put a quiet room away and bring it back as another table.
		records = {},
		-- The tables of ended rooms. A rate limit on leaves lets people leave a room that is gone already.
		ended = setmetatable({}, { __mode = "k" }),
	}, known_mt);
end

function methods:add(room)
	self.ended[room] = nil;
	self.records[room.jid] = { waiting = {} };
end

function methods:remove(room_jid)
	self.records[room_jid] = nil;
end

function methods:get(room_jid)
	return self.records[room_jid];
end

-- The addresses of all rooms, except those that only prove that Prosody is alive.
function methods:list()
	local list = {};
	for room_jid in pairs(self.records) do
		if not self.rooms.is_health_check(room_jid) then
			list[#list + 1] = room_jid;
		end
	end
	return list;
end

function methods:live_room(room_jid)
	local room = self.hosts[self.host].modules.muc.get_room_from_jid(room_jid);
	return self.rooms.is_alive(room) and room or nil;
end

-- The rooms of every other MUC host. A breakout room and its main room are never on the same one.
function methods:foreign_rooms()
	return coroutine.wrap(function ()
		for name, session in pairs(self.hosts) do
			local muc = name ~= self.host and session.modules and session.modules.muc;
			if muc and muc.live_rooms then
				for room in muc.live_rooms() do
					coroutine.yield(room);
				end
			end
		end
	end);
end

function methods:main_of(room_jid)
	local record = self.records[room_jid];
	if not record then
		return self.rooms.main_of(room_jid, self:foreign_rooms());
	end
	if record.main == nil then
		record.main = self.rooms.main_of(room_jid, self:foreign_rooms()) or false;
	end
	return record.main or nil;
end

function methods:meeting_of(room)
	local record = self.records[room.jid];
	if not record then
		return nil;
	end
	local meeting = room._data.meetingId;
	if meeting and meeting ~= "" then
		return meeting;
	end
	record.meeting = record.meeting or new_uuid();
	return record.meeting;
end

-- All that is worth keeping over a reload: what is mirrored is void with another boot, but the meeting is still the same
-- one, and who waits has waited for as long.
function methods:save()
	local saved = {};
	for room_jid, record in pairs(self.records) do
		saved[room_jid] = { meeting = record.meeting, waiting = record.waiting };
	end
	return saved;
end

function methods:restore(saved)
	for room_jid, kept in pairs(saved) do
		local record = self.records[room_jid];
		if record then
			record.meeting, record.waiting = kept.meeting, kept.waiting or {};
		end
	end
end

return { new = new };
