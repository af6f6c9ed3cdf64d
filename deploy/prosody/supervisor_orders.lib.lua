-- What the component orders in a room: each order takes the room and the element, and returns the answer's element, or
-- nil where it is not understood.

local jid = require "util.jid";
local st = require "util.stanza";
local new_uuid = require "util.uuid".generate;

local xmlns = "urn:x-jitsi-supervisor:muc:0";
local xmlns_display_name = "http://jitsi.org/protocol/display-name";

-- run: the guard's; delivery: the library that reads and chooses.
local function new(hosts, run, delivery)
	local orders = {};

	function orders.deliver(room, command)
		local request = delivery.parse(command);
		if not request then
			return nil;
		end
		local prepped = {};
		for address in pairs(request.except_jids) do
			prepped[jid.prep(address) or address] = true;
		end
		request.except_jids = prepped;
		local message = st.message({ type = "groupchat", from = room.jid, id = request.id or new_uuid() })
			:tag("body"):text(request.body):up();
		if request.name and request.name ~= "" then
			message:tag("display-name", { xmlns = xmlns_display_name, source = "token" }):text(request.name):up();
		end
		local delivered = st.stanza("delivered", { xmlns = xmlns });
		for _, occupant in ipairs(delivery.choose(room._occupants, request, room.jid)) do
			for _, address in ipairs(occupant.jids) do
				-- A copy for each: on its way a stanza may be rewritten for the one it goes to.
				local copy = st.clone(message);
				copy.attr.to = address;
				room:route_stanza(copy);
			end
			delivered:tag("occupant", { nick = occupant.nick }):up();
		end
		return delivered;
	end

	function orders.subject(room, command)
		local by, text, expected = command.attr.by, delivery.text_of(command), command.attr.expected;
		if by and jid.bare(by) ~= room.jid then
			return nil;
		end
		local present_by, present = room:get_subject();
		present = present or "";
		local changed = false;
		if expected == nil or expected == present then
			changed = room:set_subject(by or room.jid, text);
			if changed then
				room:save();
			end
		end
		return st.stanza("subject", { xmlns = xmlns, changed = tostring(changed) })
			:tag("previous", { by = present_by }):text(present):up();
	end

	-- The host of Jitsi's own component for audio moderation, or nil where it is not loaded.
	local function moderation_host()
		for _, session in pairs(hosts) do
			if session.modules and session.modules.av_moderation_component then
				return session;
			end
		end
	end

	-- Asks Jitsi's own component for audio moderation, in the very words and in the name of a moderator, as the
	-- moderator's browser would: what it does inside is its own business and may change.
	function orders.moderate(room, command)
		local answer = st.stanza("moderated", { xmlns = xmlns, changed = "false" });
		local enable, nick = command.attr.enable == "true", command.attr.nick;
		local component_host = moderation_host();
		if not component_host then
			answer.attr.reason = "av_moderation is not loaded";
			return answer;
		end
		local actor;
		for _, occupant in room:each_occupant() do
			if occupant.role == "moderator" and (not nick or jid.resource(occupant.nick) == nick) then
				actor = occupant;
				break;
			end
		end
		if not actor then
			answer.attr.reason = "no such moderator";
			return answer;
		end
		local tenant, name = jid.node(room.jid):match("^%[([^%]]+)%](.+)$");
		local origin = {
			type = "c2s", jitsi_web_query_room = name or jid.node(room.jid), jitsi_web_query_prefix = tenant or "",
			send = function () end,
		};
		local asked = st.message({ from = actor.jid, to = component_host.host })
			:tag("av_moderation", { enable = tostring(enable), mediaType = "audio" }):up();
		local done = run("av_moderation", component_host.events.fire_event, "message/host", { origin = origin, stanza = asked });
		answer.attr.changed = tostring(done == true);
		answer.attr.reason = done ~= true and "av_moderation refused" or nil;
		return answer;
	end

	return orders;
end

return { new = new };
