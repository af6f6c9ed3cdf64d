-- What the component asks for: to watch, to stop watching, and a few questions.

local jid = require "util.jid";
local st = require "util.stanza";

local xmlns = "urn:x-jitsi-supervisor:muc:0";
local xmlns_muc = "http://jabber.org/protocol/muc";
local xmlns_ping = "urn:xmpp:ping";

-- The child of a question or an order in our own namespace; nil for every other stanza.
local function ours(stanza)
	local child = stanza.tags[1];
	local asks = stanza.attr.type == "set" or stanza.attr.type == "get";
	return asks and child and child.attr.xmlns == xmlns and child or nil;
end

-- parts: boot, watches, known, link, tell, orders; rooms, speech (the libraries).
local function new(parts)
	local watches, known, link, tell = parts.watches, parts.known, parts.link, parts.tell;
	local handlers = {};

	local function join(origin, stanza)
		local room_jid, nick = jid.bare(stanza.attr.to), jid.resource(stanza.attr.to);
		if not link.is_up() or not link.is_current(origin) then
			-- mod_component was reloaded under this connection and would not deliver anything to it.
			origin.send(st.error_reply(stanza, "wait", "remote-server-timeout", "Please connect again"));
			return;
		end
		local room = known:live_room(room_jid);
		if room and not known:get(room_jid) and parts.rooms.count(room) > 0 then
			known:add(room);
			tell:creation(room);
		end
		local wants_media = stanza:get_child("media", xmlns) ~= nil;
		local words = parts.speech.parse(stanza:get_child_text("commands", xmlns));
		local wants_names = stanza:get_child("names", xmlns) ~= nil;
		tell:snapshot(watches:join(room_jid, stanza.attr.from, nick, wants_media, words, wants_names), room);
	end

	local function leave(stanza)
		local room_jid, watcher = jid.bare(stanza.attr.to), stanza.attr.from;
		local watch = watches:leave(room_jid, watcher);
		local attr = watch and tell:supervision(watch, known:live_room(room_jid));
		tell:own_leave(room_jid, watch and watch.nick or jid.resource(stanza.attr.to), watcher, false, attr);
	end

	local function is_watching(stanza)
		local watch = link.is_up() and watches:get(jid.bare(stanza.attr.to), stanza.attr.from);
		return watch and watch.nick == jid.resource(stanza.attr.to);
	end

	function handlers.presence_to_occupant(origin, stanza)
		local kind = stanza.attr.type;
		if kind == "unavailable" then
			leave(stanza);
			return true;
		elseif kind == nil and stanza:get_child("x", xmlns_muc) then
			join(origin, stanza);
			return true;
		elseif kind == nil and is_watching(stanza) then
			-- An update of a presence that nobody sees.
			return true;
		end
	end

	function handlers.iq_to_occupant(origin, stanza)
		if stanza.attr.type ~= "get" or not stanza:get_child("ping", xmlns_ping) then
			return;
		end
		if is_watching(stanza) then
			origin.send(st.reply(stanza));
		else
			origin.send(st.error_reply(stanza, "cancel", "not-acceptable", "You are not watching this room under this name"));
		end
		return true;
	end

	function handlers.iq_to_room(origin, stanza)
		local command = ours(stanza);
		if not command then
			return;
		end
		local order = stanza.attr.type == "set" and parts.orders[command.name];
		if not order then
			origin.send(st.error_reply(stanza, "modify", "bad-request", "No such command"));
			return true;
		end
		local room = known:live_room(stanza.attr.to);
		if not room then
			origin.send(st.error_reply(stanza, "cancel", "item-not-found", "No such room"));
			return true;
		end
		local answer = order(room, command);
		if answer then
			origin.send(st.reply(stanza):add_child(answer));
		else
			origin.send(st.error_reply(stanza, "modify", "bad-request", "The command was not understood"));
		end
		return true;
	end

	local questions = {};

	-- Asked every other second, it is also when a change of a room's protection shows that no event has told of.
	function questions.status()
		if link.is_up() then
			for _, room_jid in ipairs(watches:rooms()) do
				local room = known:get(room_jid) and known:live_room(room_jid);
				if room then
					tell:state(room);
				end
			end
		end
		return st.stanza("status", {
			xmlns = xmlns, boot = parts.boot, rooms = tostring(#known:list()), watches = tostring(watches.total),
		});
	end

	function questions.rooms()
		local answer = st.stanza("rooms", { xmlns = xmlns, boot = parts.boot });
		for _, room_jid in ipairs(known:list()) do
			answer:tag("room", { jid = room_jid, main = known:main_of(room_jid) }):up();
		end
		return answer;
	end

	function handlers.iq_to_host(origin, stanza)
		local question = ours(stanza);
		if not question then
			return;
		end
		local answer = stanza.attr.type == "get" and questions[question.name];
		if answer then
			origin.send(st.reply(stanza):add_child(answer()));
		else
			origin.send(st.error_reply(stanza, "modify", "bad-request", "No such question"));
		end
		return true;
	end

	return handlers;
end

-- Wraps a handler of stanzas: everybody else's pass with two comparisons.
local function from_component(component, run, kind, handler)
	local function take(event)
		local origin, stanza = event.origin, event.stanza;
		if jid.host(stanza.attr.from) ~= component then
			return nil;
		elseif stanza.attr.type == "error" then
			-- An answer to a bounce is bounced in its turn, and so on.
			return true;
		elseif origin.host ~= component then
			return nil;
		end
		return handler and handler(origin, stanza);
	end
	return function (event)
		local stanza = event.stanza;
		if event.origin.type ~= "component" and stanza.attr.type ~= "error" then
			return nil;
		end
		local taken, broken = run(kind, take, event);
		if not broken then
			return taken or nil;
		end
		-- Passed on to mod_muc, it would make the component an occupant.
		if stanza.attr.type ~= "error" and stanza.attr.type ~= "result" then
			event.origin.send(st.error_reply(stanza, "wait", "internal-server-error"));
		end
		return true;
	end;
end

return { new = new, from_component = from_component };
