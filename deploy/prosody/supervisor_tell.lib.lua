-- What a watcher is told, stanza by stanza: presences, the room's own state, its subject.

local st = require "util.stanza";

local xmlns = "urn:x-jitsi-supervisor:muc:0";
local xmlns_muc_user = "http://jabber.org/protocol/muc#user";

local methods = {};
local teller_mt = { __index = methods };

-- parts: boot, hosts, watches, known, link; slim, media, door, rooms, watching (the libraries); decode_json; now, which
-- gives seconds; listen_to_lobbies, which is given the name of a host of lobbies whenever one is met.
local function new(parts)
	return setmetatable(parts, teller_mt);
end

function methods:supervision(watch, room)
	return {
		xmlns = xmlns;
		boot = self.boot;
		seq = tostring(self.watching.next_seq(watch));
		meeting = room and self.known:meeting_of(room);
		count = tostring(room and self.rooms.count(room) or 0);
		main = self.known:main_of(watch.room);
	};
end

-- Occupants ---------------------------------------------------------------------------------------------------------

function methods:view_of(room, occupant, presence, x, nick)
	local view = self.slim.read(presence, {
		role = occupant.role;
		affiliation = room:get_affiliation(occupant.bare_jid);
		jid = occupant.jid;
		nick = nick;
	}, x);
	-- To parse JSON at each mute costs more than all the rest, so it is done only where somebody asked.
	if not view.unavailable and self.watches:want_media(room.jid) then
		view.media = self.media.read(presence, self.decode_json);
	end
	if not view.unavailable and self.watches:want_names(room.jid) then
		view.name = self.slim.name(presence);
	end
	return view;
end

function methods:presence(watch, room, view, from)
	local slim = self.slim;
	if not self.watching.is_news(watch, from, slim.key_for(watch, view), view.unavailable) then
		return;
	end
	local tree = slim.render(view, from, watch.watcher,
		watch.media and view.media, watch.names and view.name, watch.media and view.region);
	tree[#tree + 1] = { name = "supervision", attr = self:supervision(watch, room) };
	self.link.send(st.deserialize(tree));
end

-- The room ------------------------------------------------------------------------------------------------------------

-- How the room is protected at this moment; nil for a room that is not known to exist.
function methods:state_of(room)
	local record = room and self.known:get(room.jid);
	if not record then
		return nil;
	end
	local lobby_jid = room._data.lobbyroom;
	local lobby_host = lobby_jid and lobby_jid:match("@([^/]*)");
	local session = lobby_host and self.hosts[lobby_host];
	if session then
		self.listen_to_lobbies(lobby_host);
	end
	local muc = session and session.modules and session.modules.muc;
	return self.door.read(room, muc and muc.get_room_from_jid(lobby_jid), record.waiting, self.now());
end

-- The watcher's own presence, which says how it stands with the room.
function methods:own_presence(watch, room)
	local presence = st.presence({ from = watch.room .. "/" .. watch.nick, to = watch.watcher })
		:tag("x", { xmlns = xmlns_muc_user })
			:tag("item", { affiliation = "none", role = "visitor" }):up()
			:tag("status", { code = "110" }):up():up();
	local state = self:state_of(room);
	watch.state = state and self.door.key(state);
	if state then
		local attr = self.door.attributes(state, self.now());
		attr.xmlns = xmlns;
		presence:tag("room-state", attr):up();
	end
	self.link.send(presence:tag("supervision", self:supervision(watch, room)):up());
end

-- Tells those who watch a room how it is protected, if they were told otherwise. Who waits since when is noted also where
-- nobody watches: somebody may come to.
function methods:state(room)
	local state = self:state_of(room);
	if not state or not self.link.is_up() then
		return;
	end
	local key = self.door.key(state);
	for _, watch in ipairs(self.watches:list(room.jid)) do
		if watch.state ~= key then
			self:own_presence(watch, room);
		end
	end
end

function methods:own_leave(room_jid, nick, watcher, destroyed, attr)
	local presence = st.presence({ type = "unavailable", from = room_jid .. "/" .. nick, to = watcher })
		:tag("x", { xmlns = xmlns_muc_user })
			:tag("item", { affiliation = "none", role = "none" }):up();
	if destroyed then
		presence:tag("destroy"):up();
	end
	presence:tag("status", { code = "110" }):up():up();
	if attr then
		presence:tag("supervision", attr):up();
	end
	self.link.send(presence);
end

function methods:subject(watch, room)
	local by, text = watch.room, "";
	if room then
		by, text = room:get_subject();
		text = text or "";
	end
	if self.watching.is_new_subject(watch, by, text) then
		self.link.send(st.message({ type = "groupchat", from = by, to = watch.watcher })
			:tag("subject"):text(self.slim.cut(text)):up()
			:tag("supervision", self:supervision(watch, room)):up());
	end
end

function methods:snapshot(watch, room)
	if room then
		for address, occupant in pairs(room._occupants) do
			local presence = occupant.sessions[occupant.jid];
			if presence and occupant.role then
				self:presence(watch, room, self:view_of(room, occupant, presence), address);
			end
		end
	end
	self:own_presence(watch, room);
	self:subject(watch, room);
end

function methods:creation(room)
	if not self.rooms.is_health_check(room.jid) then
		self.link.announce("room", { event = "opened", jid = room.jid, main = self.known:main_of(room.jid) });
	end
	if not self.link.is_up() then
		return;
	end
	for _, watch in ipairs(self.watches:list(room.jid)) do
		self:own_presence(watch, room);
		self:subject(watch, room);
	end
end

function methods:word(watch, room, speaker, word)
	self.link.send(st.message({ type = "headline", from = speaker, to = watch.watcher })
		:tag("command", { xmlns = xmlns, word = word }):up()
		:tag("supervision", self:supervision(watch, room)):up());
end

return { new = new };
