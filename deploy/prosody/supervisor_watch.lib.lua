-- Who watches which room, what each of them has been told, and the number of the next stanza.

local methods = {};
local registry_mt = { __index = methods };

local function new()
	return setmetatable({ by_room = {}, total = 0 }, registry_mt);
end

-- The watchers of a room by their address, or nil. This is all that an unwatched room costs.
function methods:of(room_jid)
	return self.by_room[room_jid];
end

function methods:get(room_jid, watcher)
	local watches = self.by_room[room_jid];
	return watches and watches[watcher];
end

-- The addresses of the watched rooms, in a list of its own.
function methods:rooms()
	local list = {};
	for room_jid in pairs(self.by_room) do
		list[#list + 1] = room_jid;
	end
	return list;
end

-- Whether anybody wants to know who in this room can be heard and seen.
function methods:want_media(room_jid)
	for _, watch in pairs(self.by_room[room_jid] or {}) do
		if watch.media then
			return true;
		end
	end
	return false;
end

-- Whether anybody wants to know how the people in this room call themselves.
function methods:want_names(room_jid)
	for _, watch in pairs(self.by_room[room_jid] or {}) do
		if watch.names then
			return true;
		end
	end
	return false;
end

-- A list of its own: a write to a dead connection ends watches while we go through them.
function methods:list(room_jid)
	local list = {};
	for _, watch in pairs(self.by_room[room_jid] or {}) do
		list[#list + 1] = watch;
	end
	return list;
end

-- Joining again begins anew: the numbers at 1, and nothing told yet. media: whether it asks for the media states; words:
-- the set of words in the chat that are for it; names: whether it asks for those of the people.
function methods:join(room_jid, watcher, nick, media, words, names)
	local watches = self.by_room[room_jid];
	if not watches then
		watches = {};
		self.by_room[room_jid] = watches;
	end
	if not watches[watcher] then
		self.total = self.total + 1;
	end
	local watch = {
		room = room_jid, watcher = watcher, nick = nick, media = media or false, words = words, seq = 0, told = {},
		names = names or false, subject = nil, state = nil,
	};
	watches[watcher] = watch;
	return watch;
end

function methods:leave(room_jid, watcher)
	local watches = self.by_room[room_jid];
	local watch = watches and watches[watcher];
	if not watch then
		return nil;
	end
	watches[watcher] = nil;
	self.total = self.total - 1;
	if next(watches) == nil then
		self.by_room[room_jid] = nil;
	end
	return watch;
end

function methods:clear()
	local total = self.total;
	self.by_room, self.total = {}, 0;
	return total;
end

local function next_seq(watch)
	watch.seq = watch.seq + 1;
	return watch.seq;
end

-- Whether this has to be told. The leave of somebody the watcher was never told of is no news.
local function is_news(watch, nick, key, leaves)
	local told = watch.told[nick];
	if leaves then
		watch.told[nick] = nil;
		return told ~= nil;
	end
	if told == key then
		return false;
	end
	watch.told[nick] = key;
	return true;
end

-- by and text: as the room says them, so that the same words set by somebody else are news.
local function is_new_subject(watch, by, text)
	local subject = watch.subject;
	if subject and subject.by == by and subject.text == text then
		return false;
	end
	watch.subject = { by = by, text = text };
	return true;
end

-- The room is gone and everybody with it; the watch waits for the next one.
local function forget_room(watch)
	watch.told, watch.subject, watch.state = {}, nil, nil;
end

return {
	new = new;
	next_seq = next_seq;
	is_news = is_news;
	is_new_subject = is_new_subject;
	forget_room = forget_room;
};
