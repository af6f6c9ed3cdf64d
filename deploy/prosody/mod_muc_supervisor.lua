-- Shows the rooms of this MUC host to one external component, without the component being in any of them, and does the
-- few things it asks for. What is said is in PROTOCOL.md; how to install it, in README.md.
--
-- Here are the options and the hooks. Everything runs inside Prosody's one thread, in the middle of somebody's join or
-- leave. Hence three rules: an error of ours ends here (supervisor_guard), an unwatched room costs one lookup, and
-- nothing is ever routed to the component (supervisor_link).

local jid = require "util.jid";
local new_uuid = require "util.uuid".generate;
local decode_json = require "util.json".decode;

local guarding = module:require "supervisor_guard";
local linking = module:require "supervisor_link";
local knowing = module:require "supervisor_known";
local telling = module:require "supervisor_tell";
local happening = module:require "supervisor_events";
local asking = module:require "supervisor_asked";
local ordering = module:require "supervisor_orders";
local watching = module:require "supervisor_watch";
local rooms = module:require "supervisor_rooms";
local speech = module:require "supervisor_commands";
local delivery = module:require "supervisor_deliver";

local component = module:get_option_string("muc_supervisor_component");

-- Before whatever else looks at a stanza: what the component sends here is for nobody else.
local before_all = 5000;
-- Before the modules that may stop the event.
local early = 100;
-- After mod_muc_meeting_id has named the meeting, and after whoever changes a room has done so.
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
local known = knowing.new(hosts, host, rooms);
local link = linking.new(hosts, component, host, boot, watches);
local guard = guarding.new(function (...) module:log(...); end);
local observer, run = guard.observer, guard.run;

-- The lobbies are on a host of their own, whose name is known when the first room has one.
local watched_lobby;
local hooked_lobbies = {};
local function listen_to_lobbies(lobby_host)
	local events = hosts[lobby_host].events;
	if hooked_lobbies[lobby_host] == events then
		return;
	end
	hooked_lobbies[lobby_host] = events;
	local context = module:context(lobby_host);
	context:hook("muc-occupant-joined", watched_lobby, late);
	context:hook("muc-occupant-left", watched_lobby, late);
end

local tell = telling.new {
	boot = boot, hosts = hosts, watches = watches, known = known, link = link, watching = watching, rooms = rooms,
	slim = module:require "supervisor_slim", media = module:require "supervisor_media",
	door = module:require "supervisor_door", decode_json = decode_json, now = os.time,
	listen_to_lobbies = listen_to_lobbies,
};
local on = happening.new {
	watches = watches, known = known, link = link, tell = tell, watching = watching, rooms = rooms, speech = speech,
};
local asked = asking.new {
	boot = boot, watches = watches, known = known, link = link, tell = tell, rooms = rooms, speech = speech,
	orders = ordering.new(hosts, run, delivery),
};
watched_lobby = observer("lobby", on.lobby);

-- Over a reload of this module ----------------------------------------------------------------------------------------

function module.save()
	return { rooms = known:save() };
end

function module.restore(saved)
	known:restore(saved.rooms or {});
end

-- Hooks on other hosts --------------------------------------------------------------------------------------------------

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
		link.is_up();
		link.announce("ready", {});
	end), late);
	context:hook("component-disconnected", observer("component-disconnected", function (event)
		if link.is_current(event.session) then
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

-- Hooks on this one -------------------------------------------------------------------------------------------------------

local watched_presence = observer("muc-broadcast-presence", on.presence);
module:hook("muc-broadcast-presence", function (event)
	if watches:of(event.room.jid) then
		watched_presence(event);
	end
end, early);
local watched_message = observer("muc-broadcast-message", on.message);
module:hook("muc-broadcast-message", function (event)
	if watches:of(event.room.jid) then
		watched_message(event);
	end
end, early);
-- After mod_muc has looked whether the speaker may speak (50), before anybody may change what was said (45 and below).
module:hook("muc-occupant-groupchat", function (event)
	return run("muc-occupant-groupchat", on.speech, event) and true or nil;
end, 47);
module:hook("muc-room-created", observer("muc-room-created", on.created), late);
module:hook("muc-room-restored", observer("muc-room-restored", on.restored), late);
module:hook("muc-room-destroyed", observer("muc-room-destroyed", on.destroyed), early);
-- Jicofo may give the meeting another id; mod_muc_meeting_id lets nobody else through to here.
module:hook("muc-config-submitted/muc#roominfo_meetingId", observer("meetingId", on.meeting), late);

-- The room's protection. A form is taken up field by field; Jitsi's modules open lobbies by an event of their own, too,
-- and tell of changed metadata.
local function on_state(event)
	if event.room and jid.host(event.room.jid) == host then
		on.state(event);
	end
end
module:hook("muc-config-submitted/muc#roomconfig_roomsecret", observer("password", on_state), late);
module:hook("muc-config-submitted/muc#roomconfig_membersonly", observer("lobby", on_state), late);
module:hook("room-metadata-changed", observer("metadata", on_state), late);
module:hook_global("create-lobby-room", observer("create-lobby-room", on_state), late);
module:hook_global("destroy-lobby-room", observer("destroy-lobby-room", on_state), late);

local function take(event, handler)
	module:hook(event, asking.from_component(component, run, event, handler), before_all);
end
take("presence/full", asked.presence_to_occupant);
take("presence/bare");
take("presence/host");
take("message/full");
take("message/bare");
take("message/host");
take("iq/full", asked.iq_to_occupant);
take("iq/bare", asked.iq_to_room);
take("iq/host", asked.iq_to_host);

run("load", function ()
	hook_component();
	for room in hosts[host].modules.muc.live_rooms() do
		if rooms.is_alive(room) then
			known:add(room);
			tell:state(room);
		end
	end
	link.is_up();
	link.announce("ready", {});
end);
