-- To whom a message goes: reading the command, and choosing among the occupants.

local audiences = { moderators = true, everybody = true, occupants = true };

local function text_of(element)
	local texts = {};
	for _, child in ipairs(element) do
		if type(child) == "string" then
			texts[#texts + 1] = child;
		end
	end
	return table.concat(texts);
end

-- The command as a table, or nil where it is not one.
local function parse(command)
	local request = {
		audience = command.attr.audience;
		id = command.attr.id;
		nicks = {};
		except_jids = {};
		except_hosts = {};
	};
	if not audiences[request.audience] then
		return nil;
	end
	for _, child in ipairs(command.tags) do
		if child.name == "body" then
			request.body = text_of(child);
		elseif child.name == "name" then
			request.name = text_of(child);
		elseif child.name == "occupant" and child.attr.nick then
			request.nicks[child.attr.nick] = true;
		elseif child.name == "except" and child.attr.jid then
			request.except_jids[child.attr.jid] = true;
		elseif child.name == "except" and child.attr.host then
			request.except_hosts[child.attr.host] = true;
		else
			-- A restriction that is not understood must not widen the audience.
			return nil;
		end
	end
	if not request.body or request.body == "" then
		return nil;
	end
	return request;
end

local function is_excepted(request, occupant)
	local bare = occupant.bare_jid;
	if request.except_jids[bare] or request.except_hosts[bare:match("@([^/]*)") or bare] then
		return true;
	end
	for jid in pairs(occupant.sessions) do
		if request.except_jids[jid] then
			return true;
		end
	end
	return false;
end

-- occupants: by their address in the room, as a room has them. Returns the chosen in the order of their nicks, each with
-- the addresses of the sessions that are still there.
local function choose(occupants, request, room_jid)
	local chosen = {};
	for address, occupant in pairs(occupants) do
		local nick = address:sub(#room_jid + 2);
		local wanted = request.audience == "everybody"
			or request.audience == "moderators" and occupant.role == "moderator"
			or request.audience == "occupants" and request.nicks[nick];
		if wanted and occupant.role and not is_excepted(request, occupant) then
			local jids = {};
			for jid, presence in pairs(occupant.sessions) do
				if presence.attr.type == nil then
					jids[#jids + 1] = jid;
				end
			end
			if jids[1] then
				table.sort(jids);
				chosen[#chosen + 1] = { nick = nick, jids = jids };
			end
		end
	end
	table.sort(chosen, function (a, b) return a.nick < b.nick; end);
	return chosen;
end

return {
	parse = parse;
	choose = choose;
	text_of = text_of;
};
