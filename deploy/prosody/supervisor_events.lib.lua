-- What happens in the rooms, by the name of the event that says so.

-- parts: watches, known, link, tell; speech, watching, rooms (the libraries).
local function new(parts)
	local watches, known, link, tell = parts.watches, parts.known, parts.link, parts.tell;
	local rooms, speech, watching = parts.rooms, parts.speech, parts.watching;
	local handlers = {};
	-- By room, then by real address: when it spoke to us last. Forgotten with the room.
	local spoken = setmetatable({}, { __mode = "k" });

	function handlers.presence(event)
		local room, occupant = event.room, event.occupant;
		if known.ended[room] or not link.is_up() then
			return;
		end
		local view = tell:view_of(room, occupant, event.stanza, event.x, event.nick);
		local address = occupant.nick;
		-- Out of the queue of a rate limit: whoever left has come back meanwhile, and is here.
		if view.unavailable and room._occupants[address] then
			return;
		end
		for _, watch in ipairs(watches:list(room.jid)) do
			tell:presence(watch, room, view, address);
		end
	end

	function handlers.message(event)
		local room, stanza = event.room, event.stanza;
		-- With a body it is chat that has a subject line, and the room's subject stays.
		if not stanza:get_child("subject") or stanza:get_child("body") or stanza:get_child("thread") then
			return;
		end
		-- A room may get its subject before it is known to be created at all; that subject is told with its creation.
		if known.ended[room] or not known:get(room.jid) or not link.is_up() then
			return;
		end
		for _, watch in ipairs(watches:list(room.jid)) do
			tell:subject(watch, room);
		end
	end

	function handlers.created(event)
		local room = event.room;
		if rooms.is_alive(room) then
			known:add(room);
			tell:creation(room);
			tell:state(room);
		end
	end

	-- A room that comes back from storage is a new one only for those who never heard of it.
	function handlers.restored(event)
		if not known:get(event.room.jid) then
			handlers.created(event);
		end
	end

	-- A line of chat that is one of our words, from someone who is moderator at this moment: it is for us and nobody else.
	-- Whoever is no moderator has said something in the chat, and nothing more.
	function handlers.speech(event)
		local room, stanza = event.room, event.stanza;
		if not watches:of(room.jid) or stanza.attr.type ~= "groupchat" or not link.is_up() then
			return nil;
		end
		local body = stanza:get_child_text("body");
		local speaker = body and room:get_occupant_by_real_jid(stanza.attr.from);
		if not speaker or speaker.role ~= "moderator" then
			return nil;
		end
		local taken;
		for _, watch in ipairs(watches:list(room.jid)) do
			local word = watch.words and speech.find(watch.words, body);
			if word then
				taken = true;
				local history = spoken[room] or {};
				spoken[room] = history;
				local pass;
				pass, history[speaker.nick] = speech.may_pass(history[speaker.nick] or {}, os.time());
				if pass then
					tell:word(watch, room, speaker.nick, word);
				end
			end
		end
		return taken;
	end

	function handlers.meeting(event)
		local room = event.room;
		if not known:get(room.jid) or not link.is_up() then
			return;
		end
		for _, watch in ipairs(watches:list(room.jid)) do
			tell:own_presence(watch, room);
		end
	end

	-- Its password, its lobby or its metadata may be others now.
	function handlers.state(event)
		if event.room and known:get(event.room.jid) then
			tell:state(event.room);
		end
	end

	-- In a lobby: somebody came or went. Jitsi notes the main room in the lobby's table.
	function handlers.lobby(event)
		local main = event.room.main_room_jid;
		local room = main and known:get(main) and known:live_room(main);
		if room then
			tell:state(room);
		end
	end

	function handlers.destroyed(event)
		local room = event.room;
		if known.ended[room] then
			return;
		end
		known.ended[room] = true;
		local room_jid = room.jid;
		local is_known = known:get(room_jid) ~= nil;
		local main = is_known and known:main_of(room_jid) or nil;
		if link.is_up() then
			for _, watch in ipairs(watches:list(room_jid)) do
				-- Nothing ends for those who were never told of a beginning: some modules refuse a room by destroying it.
				if is_known or next(watch.told) then
					local attr = tell:supervision(watch, room);
					attr.count = "0";
					watching.forget_room(watch);
					tell:own_leave(room_jid, watch.nick, watch.watcher, true, attr);
				end
			end
		end
		known:remove(room_jid);
		if is_known and not rooms.is_health_check(room_jid) then
			link.announce("room", { event = "closed", jid = room_jid, main = main });
		end
	end

	return handlers;
end

return { new = new };
