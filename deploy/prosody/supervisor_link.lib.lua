-- The component's own connection. Stanzas are written straight to it: the router would rewrite their addresses where
-- rooms have tenants, and would bounce them where the component is away, into the very leave that caused them.

local st = require "util.stanza";

local xmlns = "urn:x-jitsi-supervisor:muc:0";

-- from: this MUC host; boot: the id of this load of the module; watches: what ends with the connection.
local function new(hosts, component, from, boot, watches)
	local current;

	local function get()
		local session = hosts[component];
		local mod = session and session.modules.component;
		return mod and mod.connected and mod.session or nil;
	end

	-- True if what is to be sent can be. Watches live exactly as long as the connection they were asked on, also where
	-- the end of it was not announced.
	local function is_up()
		local link = get();
		if link ~= current then
			current = link;
			watches:clear();
		end
		return link ~= nil;
	end

	-- Whether this is the connection that the watches were asked on.
	local function is_current(session)
		return session == current;
	end

	local function send(stanza)
		local link = get();
		if link then
			link.send(stanza);
		end
	end

	local function announce(name, attr)
		if not get() then
			return;
		end
		attr.xmlns, attr.boot = xmlns, boot;
		send(st.message({ type = "headline", from = from, to = component }):tag(name, attr));
	end

	return { is_up = is_up, is_current = is_current, send = send, announce = announce };
end

return { new = new };
