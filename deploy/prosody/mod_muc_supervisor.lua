-- Shows the rooms of this MUC host to one external component, without the component being in any of them, and does the
-- few things it asks for. What is said is in PROTOCOL.md; how to install it, in README.md.
--
-- Everything here runs inside Prosody's one thread, in the middle of somebody's join or leave. Hence three rules: an
-- error of ours ends here, an unwatched room costs one lookup, and nothing is ever routed to the component. Stanzas are
-- written straight to its connection: the router would rewrite their addresses where rooms have tenants, and would
-- bounce them where the component is away, into the very leave that caused them.

local jid = require "util.jid";
local st = require "util.stanza";
local new_uuid = require "util.uuid".generate;
local xpcall = require "util.xpcall".xpcall;
local decode_json = require "util.json".decode;

local slim = module:require "supervisor_slim";
local media = module:require "supervisor_media";
local speech = module:require "supervisor_commands";
local watching = module:require "supervisor_watch";
local delivery = module:require "supervisor_deliver";
local rooms = module:require "supervisor_rooms";

local component = module:get_option_string("muc_supervisor_component");

local xmlns = "urn:x-jitsi-supervisor:muc:0";
local xmlns_muc = "http://jabber.org/protocol/muc";
local xmlns_muc_user = "http://jabber.org/protocol/muc#user";
local xmlns_ping = "urn:xmpp:ping";
local xmlns_display_name = "http://jitsi.org/protocol/display-name";

-- Before whatever else looks at a stanza: what the component sends here is for nobody else.
local before_all = 5000;
-- Before the modules that may stop the event.
local early = 100;
-- After mod_muc_meeting_id has named the meeting.
local late = -100;

local host = module.host;
local hosts = prosody.hosts;

component = component and jid.prep(component);
if not component or component == "" then
	module:log("error", "The option muc_supervisor_component is missing or no domain: set it, here or globally, to the name of "
		.. "the Component that supervises, and reload this module. Until then it does nothing.");
	return;
end
if component == host then
	module:log("error", "The option muc_supervisor_component names this MUC host itself; it has to name the Component that "
		.. "supervises (%s). The module does nothing.", host);
	return;
end

module:depends("muc");

local boot = new_uuid();
local watches = watching.new();
-- By address: { meeting = an id of ours, main = the main room's address or false }. A room is here from its creation to
-- its end. By address and not by table, as mod_muc may put a quiet room away and bring it back as another table.
local known = {};
-- The tables of ended rooms. A rate limit on leaves lets people leave a room that is gone already.
local ended = setmetatable({}, { __mode = "k" });

-- Guards ------------------------------------------------------------------------------------------------------------

local failed = {};
local function report(kind, trace)
	if not failed[kind] then
		failed[kind] = true;
		module:log("error", "Supervision failed in %s; nobody in a room is affected, and this is logged once: %s", kind, trace);
	end
end

local function run(kind, handler, ...)
	local trace;
	local ok, result = xpcall(handler, function (err)
		trace = debug.traceback(tostring(err), 2);
	end, ...);
	if not ok then
		report(kind, trace or "no traceback");
		return nil, true;
	end
	return result;
end

-- A handler of an event of the room's: whatever happens in it, the event goes on.
local function observer(kind, handler)
	return function (event)
		run(kind, handler, event);
	end;
end

-- The connection ----------------------------------------------------------------------------------------------------

local function get_link()
	local session = hosts[component];
	local mod = session and session.modules.component;
	return mod and mod.connected and mod.session or nil;
end

local link_of_watches;

-- True if what is to be sent can be. Watches live exactly as long as the connection they were asked on, also where the
-- end of it was not announced.
local function is_linked()
	local link = get_link();
	if link ~= link_of_watches then
		link_of_watches = link;
		watches:clear();
	end
	return link ~= nil;
end

local function send(stanza)
	local link = get_link();
	if link then
		link.send(stanza);
	end
end

local function announce(name, attr)
	if not get_link() then
		return;
	end
	attr.xmlns, attr.boot = xmlns, boot;
	send(st.message({ type = "headline", from = host, to = component }):tag(name, attr));
end

-- Rooms -------------------------------------------------------------------------------------------------------------

local function get_room(room_jid)
	local room = hosts[host].modules.muc.get_room_from_jid(room_jid);
	return rooms.is_alive(room) and room or nil;
end

-- The rooms of every other MUC host. A breakout room and its main room are never on the same one.
local function foreign_rooms()
	return coroutine.wrap(function ()
		for name, session in pairs(hosts) do
			local muc = name ~= host and session.modules and session.modules.muc;
			if muc and muc.live_rooms then
				for room in muc.live_rooms() do
					coroutine.yield(room);
				end
			end
		end
	end);
end

local function get_main(room_jid)
	local record = known[room_jid];
	if not record then
		return rooms.main_of(room_jid, foreign_rooms());
	end
	if record.main == nil then
		record.main = rooms.main_of(room_jid, foreign_rooms()) or false;
	end
	return record.main or nil;
end

local function get_meeting(room)
	local record = known[room.jid];
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

-- Telling the watchers ----------------------------------------------------------------------------------------------

local function supervision(watch, room)
	return {
		xmlns = xmlns;
		boot = boot;
		seq = tostring(watching.next_seq(watch));
		meeting = room and get_meeting(room);
		count = tostring(room and rooms.count(room) or 0);
		main = get_main(watch.room);
	};
end

local key_for = slim.key_for;

local function send_presence(watch, room, view, from)
	local tree = slim.render(view, from, watch.watcher, watch.media and view.media, watch.names and view.name);
	tree[#tree + 1] = { name = "supervision", attr = supervision(watch, room) };
	send(st.deserialize(tree));
end

local function send_own_presence(watch, room)
	send(st.presence({ from = watch.room .. "/" .. watch.nick, to = watch.watcher })
		:tag("x", { xmlns = xmlns_muc_user })
			:tag("item", { affiliation = "none", role = "visitor" }):up()
			:tag("status", { code = "110" }):up():up()
		:tag("supervision", supervision(watch, room)):up());
end

local function send_own_leave(room_jid, nick, watcher, destroyed, attr)
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
	send(presence);
end

local function send_subject(watch, room)
	local by, text = watch.room, "";
	if room then
		by, text = room:get_subject();
		text = text or "";
	end
	if watching.is_new_subject(watch, by, text) then
		send(st.message({ type = "groupchat", from = by, to = watch.watcher })
			:tag("subject"):text(slim.cut(text)):up()
			:tag("supervision", supervision(watch, room)):up());
	end
end

local function view_of(room, occupant, presence, x, nick)
	local view = slim.read(presence, {
		role = occupant.role;
		affiliation = room:get_affiliation(occupant.bare_jid);
		jid = occupant.jid;
		nick = nick;
	}, x);
	-- To parse JSON at each mute costs more than all the rest, so it is done only where somebody asked.
	if not view.unavailable and watches:want_media(room.jid) then
		view.media = media.read(presence, decode_json);
	end
	if not view.unavailable and watches:want_names(room.jid) then
		view.name = slim.name(presence);
	end
	return view;
end

local function send_snapshot(watch, room)
	if room then
		for address, occupant in pairs(room._occupants) do
			local presence = occupant.sessions[occupant.jid];
			if presence and occupant.role then
				local view = view_of(room, occupant, presence);
				watching.is_news(watch, address, key_for(watch, view), false);
				send_presence(watch, room, view, address);
			end
		end
	end
	send_own_presence(watch, room);
	send_subject(watch, room);
end

-- What happens in the rooms -----------------------------------------------------------------------------------------

local function on_presence(event)
	local room, occupant = event.room, event.occupant;
	if ended[room] or not is_linked() then
		return;
	end
	local view = view_of(room, occupant, event.stanza, event.x, event.nick);
	local address = occupant.nick;
	-- Out of the queue of a rate limit: whoever left has come back meanwhile, and is here.
	if view.unavailable and room._occupants[address] then
		return;
	end
	for _, watch in ipairs(watches:list(room.jid)) do
		if watching.is_news(watch, address, key_for(watch, view), view.unavailable) then
			send_presence(watch, room, view, address);
		end
	end
end

local function on_message(event)
	local room, stanza = event.room, event.stanza;
	-- With a body it is chat that has a subject line, and the room's subject stays.
	if not stanza:get_child("subject") or stanza:get_child("body") or stanza:get_child("thread") then
		return;
	end
	-- A room may get its subject before it is known to be created at all; that subject is told with its creation.
	if ended[room] or not known[room.jid] or not is_linked() then
		return;
	end
	for _, watch in ipairs(watches:list(room.jid)) do
		send_subject(watch, room);
	end
end

local function tell_creation(room)
	if not rooms.is_health_check(room.jid) then
		announce("room", { event = "opened", jid = room.jid, main = get_main(room.jid) });
	end
	if not is_linked() then
		return;
	end
	for _, watch in ipairs(watches:list(room.jid)) do
		send_own_presence(watch, room);
		send_subject(watch, room);
	end
end

local function on_created(event)
	local room = event.room;
	if not rooms.is_alive(room) then
		return;
	end
	ended[room] = nil;
	known[room.jid] = {};
	tell_creation(room);
end

-- A room that comes back from storage is a new one only for those who never heard of it.
local function on_restored(event)
	local room = event.room;
	if rooms.is_alive(room) and not known[room.jid] then
		known[room.jid] = {};
		tell_creation(room);
	end
end

-- By real address: when it spoke to us last. Forgotten with the room.
local spoken = setmetatable({}, { __mode = "k" });

-- A line of chat that is one of our words, from someone who is moderator at this moment: it is for us and nobody else.
-- Whoever is no moderator has said something in the chat, and nothing more.
local function take_command(event)
	local room, stanza = event.room, event.stanza;
	if not watches:of(room.jid) or stanza.attr.type ~= "groupchat" or not is_linked() then
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
				send(st.message({ type = "headline", from = speaker.nick, to = watch.watcher })
					:tag("command", { xmlns = xmlns, word = word }):up()
					:tag("supervision", supervision(watch, room)):up());
			end
		end
	end
	return taken;
end

local function on_meeting_changed(event)
	local room = event.room;
	if not known[room.jid] or not is_linked() then
		return;
	end
	for _, watch in ipairs(watches:list(room.jid)) do
		send_own_presence(watch, room);
	end
end

local function on_destroyed(event)
	local room = event.room;
	if ended[room] then
		return;
	end
	ended[room] = true;
	local room_jid = room.jid;
	local record = known[room_jid];
	local main = record and get_main(room_jid);
	if is_linked() then
		for _, watch in ipairs(watches:list(room_jid)) do
			-- Nothing ends for those who were never told of a beginning: some modules refuse a room by destroying it.
			if record or next(watch.told) then
				local attr = supervision(watch, room);
				attr.count = "0";
				watching.forget_room(watch);
				send_own_leave(room_jid, watch.nick, watch.watcher, true, attr);
			end
		end
	end
	known[room_jid] = nil;
	if record and not rooms.is_health_check(room_jid) then
		announce("room", { event = "closed", jid = room_jid, main = main });
	end
end

-- What the component asks for ---------------------------------------------------------------------------------------

local function join(origin, stanza)
	local room_jid, nick = jid.bare(stanza.attr.to), jid.resource(stanza.attr.to);
	if not is_linked() or origin ~= link_of_watches then
		-- mod_component was reloaded under this connection and would not deliver anything to it.
		origin.send(st.error_reply(stanza, "wait", "remote-server-timeout", "Please connect again"));
		return;
	end
	local room = get_room(room_jid);
	if room and not known[room_jid] and rooms.count(room) > 0 then
		known[room_jid] = {};
		tell_creation(room);
	end
	local wants_media = stanza:get_child("media", xmlns) ~= nil;
	local words = speech.parse(stanza:get_child_text("commands", xmlns));
	local wants_names = stanza:get_child("names", xmlns) ~= nil;
	send_snapshot(watches:join(room_jid, stanza.attr.from, nick, wants_media, words, wants_names), room);
end

local function leave(_, stanza)
	local room_jid, watcher = jid.bare(stanza.attr.to), stanza.attr.from;
	local watch = watches:leave(room_jid, watcher);
	local attr = watch and supervision(watch, get_room(room_jid));
	send_own_leave(room_jid, watch and watch.nick or jid.resource(stanza.attr.to), watcher, false, attr);
end

local function is_watching(stanza)
	local watch = is_linked() and watches:get(jid.bare(stanza.attr.to), stanza.attr.from);
	return watch and watch.nick == jid.resource(stanza.attr.to);
end

local function presence_to_occupant(origin, stanza)
	local kind = stanza.attr.type;
	if kind == "unavailable" then
		leave(origin, stanza);
		return true;
	elseif kind == nil and stanza:get_child("x", xmlns_muc) then
		join(origin, stanza);
		return true;
	elseif kind == nil and is_watching(stanza) then
		-- An update of a presence that nobody sees.
		return true;
	end
end

local function iq_to_occupant(origin, stanza)
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

local commands = {};

function commands.deliver(room, command)
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

function commands.subject(room, command)
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

-- Asks Jitsi's own component for audio moderation, in the very words and in the name of a moderator, as the moderator's
-- browser would: what it does inside is its own business and may change.
function commands.moderate(room, command)
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

local function iq_to_room(origin, stanza)
	local command = stanza.tags[1];
	if not command or command.attr.xmlns ~= xmlns or stanza.attr.type ~= "set" and stanza.attr.type ~= "get" then
		return;
	end
	local handler = stanza.attr.type == "set" and commands[command.name];
	if not handler then
		origin.send(st.error_reply(stanza, "modify", "bad-request", "No such command"));
		return true;
	end
	local room = get_room(stanza.attr.to);
	if not room then
		origin.send(st.error_reply(stanza, "cancel", "item-not-found", "No such room"));
		return true;
	end
	local answer = handler(room, command);
	if answer then
		origin.send(st.reply(stanza):add_child(answer));
	else
		origin.send(st.error_reply(stanza, "modify", "bad-request", "The command was not understood"));
	end
	return true;
end

local questions = {};

function questions.status()
	local n = 0;
	for room_jid in pairs(known) do
		if not rooms.is_health_check(room_jid) then
			n = n + 1;
		end
	end
	is_linked();
	return st.stanza("status", { xmlns = xmlns, boot = boot, rooms = tostring(n), watches = tostring(watches.total) });
end

function questions.rooms()
	local answer = st.stanza("rooms", { xmlns = xmlns, boot = boot });
	for room_jid in pairs(known) do
		if not rooms.is_health_check(room_jid) then
			answer:tag("room", { jid = room_jid, main = get_main(room_jid) }):up();
		end
	end
	return answer;
end

local function iq_to_host(origin, stanza)
	local question = stanza.tags[1];
	if not question or question.attr.xmlns ~= xmlns or stanza.attr.type ~= "set" and stanza.attr.type ~= "get" then
		return;
	end
	local handler = stanza.attr.type == "get" and questions[question.name];
	if handler then
		origin.send(st.reply(stanza):add_child(handler()));
	else
		origin.send(st.error_reply(stanza, "modify", "bad-request", "No such question"));
	end
	return true;
end

-- Wraps a handler of stanzas: everybody else's pass with two comparisons.
local function from_component(kind, handler)
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

-- Over a reload of this module ----------------------------------------------------------------------------------------

-- The ids we gave to meetings are all that is worth keeping: what is mirrored is void with another boot, but the meeting
-- is still the same one.
function module.save()
	local meetings = {};
	for room_jid, record in pairs(known) do
		meetings[room_jid] = record.meeting;
	end
	return { meetings = meetings };
end

function module.restore(saved)
	for room_jid, meeting in pairs(saved.meetings or {}) do
		if known[room_jid] then
			known[room_jid].meeting = meeting;
		end
	end
end

-- Hooks ---------------------------------------------------------------------------------------------------------------

-- The events of the component's host, which may be activated after this one, and again. They come for every connection
-- to it, also for one that was refused: only the end of the one that is in use ends the watches.
local hooked_events;
local function hook_component()
	local session = hosts[component];
	if not session or session.events == hooked_events then
		return;
	end
	hooked_events = session.events;
	local context = module:context(component);
	context:hook("component-authenticated", observer("component-authenticated", function ()
		is_linked();
		announce("ready", {});
	end), late);
	context:hook("component-disconnected", observer("component-disconnected", function (event)
		if event.session == link_of_watches then
			local dropped = watches:clear();
			if dropped > 0 then
				module:log("info", "The supervisor disconnected; %d watches dropped", dropped);
			end
		end
	end), early);
end

module:hook_global("host-activated", observer("host-activated", function (activated)
	if activated == component then
		hook_component();
	end
end));
module:hook_global("server-started", observer("server-started", function ()
	if not hosts[component] or not hosts[component].modules.component then
		module:log("warn", "There is no Component %q with a component_secret, so nobody can supervise the rooms here", component);
	end
end));

local watched_presence = observer("muc-broadcast-presence", on_presence);
module:hook("muc-broadcast-presence", function (event)
	if watches:of(event.room.jid) then
		watched_presence(event);
	end
end, early);
local watched_message = observer("muc-broadcast-message", on_message);
module:hook("muc-broadcast-message", function (event)
	if watches:of(event.room.jid) then
		watched_message(event);
	end
end, early);
-- After mod_muc has looked whether the speaker may speak (50), before anybody may change what was said (45 and below).
module:hook("muc-occupant-groupchat", function (event)
	return run("muc-occupant-groupchat", take_command, event) and true or nil;
end, 47);
module:hook("muc-room-created", observer("muc-room-created", on_created), late);
module:hook("muc-room-restored", observer("muc-room-restored", on_restored), late);
module:hook("muc-room-destroyed", observer("muc-room-destroyed", on_destroyed), early);
-- Jicofo may give the meeting another id; mod_muc_meeting_id lets nobody else through to here.
module:hook("muc-config-submitted/muc#roominfo_meetingId", observer("meetingId", on_meeting_changed), late);

module:hook("presence/full", from_component("presence/full", presence_to_occupant), before_all);
module:hook("presence/bare", from_component("presence/bare"), before_all);
module:hook("presence/host", from_component("presence/host"), before_all);
module:hook("message/full", from_component("message/full"), before_all);
module:hook("message/bare", from_component("message/bare"), before_all);
module:hook("message/host", from_component("message/host"), before_all);
module:hook("iq/full", from_component("iq/full", iq_to_occupant), before_all);
module:hook("iq/bare", from_component("iq/bare", iq_to_room), before_all);
module:hook("iq/host", from_component("iq/host", iq_to_host), before_all);

run("load", function ()
	hook_component();
	for room in hosts[host].modules.muc.live_rooms() do
		if rooms.is_alive(room) then
			known[room.jid] = {};
		end
	end
	is_linked();
	announce("ready", {});
end);
