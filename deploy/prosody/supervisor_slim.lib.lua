-- What of an occupant's presence the supervisor may see, and how to tell cheaply that none of it has changed.
-- Plain tables in, plain tables out: stanzas are anything shaped like Prosody's (name, attr, tags and texts by number).

local t_concat = table.concat;
local s_byte, s_sub, s_find = string.byte, string.sub, string.find;

local xmlns_focus = "http://jitsi.org/protocol/focus";
local xmlns_jibri = "http://jitsi.org/protocol/jibri";
local xmlns_jigasi = "http://jitsi.org/protocol/jigasi";
local xmlns_muc_user = "http://jabber.org/protocol/muc#user";
local xmlns_nick = "http://jabber.org/protocol/nick";
local xmlns_ours = "urn:x-jitsi-supervisor:muc:0";

local limit = 256;
local region_limit = 32;

-- The order in which features are written.
local features = {
	xmlns_jibri,
	xmlns_jigasi,
	"http://jitsi.org/protocol/transcriber",
};
local is_feature = {};
for i, feature in ipairs(features) do
	is_feature[feature] = i;
end

-- Only the attributes Jicofo writes: whoever else sends this element does not choose how much of it travels.
local recording_attributes = { "status", "recording_mode", "session_id", "initiator", "failure_reason" };

-- Of what a Jibri tells its brewery.
local jibri_words = { "busy-status", "health-status" };

-- Never within a UTF-8 sequence: half a character is not XML, and would end the component's stream.
local function cut(text)
	if #text <= limit then
		return text;
	end
	local last = limit;
	while last > 0 do
		local following = s_byte(text, last + 1);
		if following < 0x80 or following > 0xBF then
			break;
		end
		last = last - 1;
	end
	return s_sub(text, 1, last);
end

local function text_of(element)
	local first = element[1];
	if first == nil then
		return "";
	elseif element[2] == nil and type(first) == "string" then
		return cut(first);
	end
	local texts = {};
	for _, child in ipairs(element) do
		if type(child) == "string" then
			texts[#texts + 1] = child;
		end
	end
	return cut(t_concat(texts));
end

local function is_plain(element)
	local xmlns = element.attr.xmlns;
	return xmlns == nil or xmlns == "jabber:client";
end

-- One reader per name of a child, so that the children nobody asks for cost one lookup each.
-- Of a child given twice the first counts.
local readers = {};

function readers.features(view, element)
	for _, feature in ipairs(element.tags) do
		local index = is_feature[feature.attr.var];
		if index then
			view.features = view.features or {};
			view.features[index] = true;
		end
	end
end

function readers.initiator(view, element)
	if element.attr.xmlns == xmlns_jigasi then
		view.dialin = true;
	end
end

-- A room system is known by this address; anybody else's address stays here.
function readers.email(view, element)
	if view.email or not is_plain(element) then
		return;
	end
	local email = text_of(element);
	if s_find(email, "^inbound%-sip%-jibri@") or s_find(email, "^outbound%-sip%-jibri@") then
		view.email = email;
	end
end

readers["jibri-recording-status"] = function (view, element)
	if view.recording or element.attr.xmlns ~= xmlns_jibri then
		return;
	end
	local recording = {};
	for _, name in ipairs(recording_attributes) do
		local value = element.attr[name];
		recording[name] = value and cut(value);
	end
	view.recording = recording;
end;

function readers.session_id(view, element)
	if not view.session_id and is_plain(element) then
		view.session_id = text_of(element);
	end
end

function readers.mode(view, element)
	if not view.mode and is_plain(element) then
		view.mode = text_of(element);
	end
end

-- Jitsi's clients write the text of a JavaScript value, and an empty one for what is over.
readers["jitsi_participant_localRecording"] = function (view, element)
	if view.records == nil and is_plain(element) then
		local text = text_of(element);
		view.records = text ~= "" and text ~= "false";
	end
end;

-- Where the client's nearest servers are, in the operator's own word: as short as such words are, or not at all.
readers["jitsi_participant_region"] = function (view, element)
	if view.region == nil and is_plain(element) then
		local text = text_of(element);
		view.region = #text <= region_limit and s_find(text, "^[a-z0-9-]+$") ~= nil and text;
	end
end;

-- What a Jibri tells its brewery. The two words are taken whatever the namespace of their elements: Jibri's own differ.
readers["jibri-status"] = function (view, element)
	if view.jibri or element.attr.xmlns ~= xmlns_jibri then
		return;
	end
	view.jibri = {};
	for _, child in ipairs(element.tags) do
		if (child.name == "busy-status" or child.name == "health-status") and child.attr.status then
			view.jibri[child.name] = view.jibri[child.name] or cut(child.attr.status);
		end
	end
end;

readers["conference-properties"] = function (view, element)
	if view.visitors or element.attr.xmlns ~= xmlns_focus then
		return;
	end
	for _, property in ipairs(element.tags) do
		if property.attr.key == "visitor-count" and property.attr.value then
			view.visitors = cut(property.attr.value);
			return;
		end
	end
end;

-- Whoever leaves by itself says so; for a client whose connection ended Prosody says it, in these words.
local function is_cut_off(presence)
	for _, element in ipairs(presence.tags) do
		if element.name == "status" and is_plain(element) then
			return s_find(text_of(element), "^Disconnected:") ~= nil;
		end
	end
	return false;
end

-- who: role, affiliation, jid, nick (the new one, in a change of nick); the room knows them, the presence may not say.
local function read(presence, who, x)
	local view = {
		role = who.role or "none";
		affiliation = who.affiliation or "none";
		jid = who.jid and cut(who.jid);
		nick = who.nick and cut(who.nick);
		unavailable = who.role == nil or presence.attr.type == "unavailable";
	};
	-- Codes of the 300s say why somebody left. Those below speak to the occupant itself, and 110 to a client would mean
	-- that it is the watcher's own presence.
	if x then
		for _, status in ipairs(x.tags) do
			local code = status.name == "status" and status.attr.code;
			if code and s_find(code, "^3%d%d$") then
				view.codes = view.codes or {};
				view.codes[#view.codes + 1] = code;
			end
		end
	end
	if view.unavailable then
		view.role = "none";
		view.dropped = is_cut_off(presence);
		return view;
	end
	local tags = presence.tags;
	for i = 1, #tags do
		local element = tags[i];
		local reader = readers[element.name];
		if reader then
			reader(view, element);
		end
	end
	return view;
end

-- Two views with the same key are rendered alike. \1 and \2 cannot occur in XML: no text can imitate a boundary or a lack.
local function or_none(value)
	return value or "\2";
end

local function list_of(set, size)
	local list = {};
	for i = 1, size do
		list[i] = set[i] and "+" or "-";
	end
	return t_concat(list);
end

local function recording_key(recording)
	local values = {};
	for i, name in ipairs(recording_attributes) do
		values[i] = or_none(recording[name]);
	end
	return t_concat(values, "\1");
end

local function key(view)
	return t_concat({
		view.unavailable and "-" or "+",
		(view.dialin and "d" or "") .. (view.records and "r" or ""),
		view.role,
		view.affiliation,
		or_none(view.jid),
		or_none(view.nick),
		or_none(view.codes and t_concat(view.codes, ",")),
		or_none(view.features and list_of(view.features, #features)),
		or_none(view.email),
		or_none(view.recording and recording_key(view.recording)),
		or_none(view.session_id),
		or_none(view.mode),
		or_none(view.visitors),
		or_none(view.jibri and or_none(view.jibri["busy-status"]) .. "\1" .. or_none(view.jibri["health-status"])),
	}, "\1");
end

local function element(name, attr, ...)
	return { name = name, attr = attr or {}, ... };
end

local function add(parent, child)
	parent[#parent + 1] = child;
	return child;
end

-- The key for a watcher that asked for the media states, too.
local function key_with_media(view)
	local media = view.media;
	local open = media and (media.audio and "a" or "-") .. (media.video and "v" or "-") or "\2";
	return key(view) .. "\1" .. open .. "\1" .. or_none(view.region);
end

-- How an occupant calls itself; nil where it does not say. Not in the view: it is looked up only where somebody asked.
local function name_of(presence)
	local tags = presence.tags;
	for i = 1, #tags do
		local found = tags[i];
		if found.name == "nick" and found.attr.xmlns == xmlns_nick then
			return text_of(found);
		end
	end
	return nil;
end

-- The key for a watcher, which may have asked for more than everybody sees.
local function key_for(watch, view)
	local shown = watch.media and key_with_media(view) or key(view);
	return watch.names and shown .. "\1" .. or_none(view.name) or shown;
end

-- What the occupant is: a person, a telephone, a room system, something of the server's own.
local function add_what(presence, view)
	if view.features then
		local list = add(presence, element("features"));
		for i, feature in ipairs(features) do
			if view.features[i] then
				add(list, element("feature", { var = feature }));
			end
		end
	end
	if view.dialin then
		add(presence, element("initiator", { xmlns = xmlns_jigasi }));
	end
	if view.email then
		add(presence, element("email", nil, view.email));
	end
	if view.records then
		add(presence, element("jitsi_participant_localRecording", nil, "true"));
	end
end

-- What recorders, and those who command them, say of their work.
local function add_work(presence, view)
	if view.recording then
		local attr = { xmlns = xmlns_jibri };
		for _, name in ipairs(recording_attributes) do
			attr[name] = view.recording[name];
		end
		add(presence, element("jibri-recording-status", attr));
	end
	if view.session_id then
		add(presence, element("session_id", nil, view.session_id));
	end
	if view.mode then
		add(presence, element("mode", nil, view.mode));
	end
	if view.visitors then
		local properties = add(presence, element("conference-properties", { xmlns = xmlns_focus }));
		add(properties, element("property", { key = "visitor-count", value = view.visitors }));
	end
	if view.jibri then
		local status = add(presence, element("jibri-status", { xmlns = xmlns_jibri }));
		for _, name in ipairs(jibri_words) do
			if view.jibri[name] then
				add(status, element(name, { status = view.jibri[name] }));
			end
		end
	end
end

-- The presence as a tree, without its <supervision/>. What only some watchers ask for is shown where it is given:
-- media: the state; called: the name; region.
local function render(view, from, to, media, called, region)
	local presence = element("presence", { from = from, to = to, type = view.unavailable and "unavailable" or nil });
	local x = add(presence, element("x", { xmlns = xmlns_muc_user }));
	add(x, element("item", { affiliation = view.affiliation, role = view.role, jid = view.jid, nick = view.nick }));
	for _, code in ipairs(view.codes or {}) do
		add(x, element("status", { code = code }));
	end
	if view.dropped then
		add(presence, element("dropped", { xmlns = xmlns_ours }));
	end
	add_what(presence, view);
	add_work(presence, view);
	if media then
		add(presence, element("media", { xmlns = xmlns_ours, audio = tostring(media.audio), video = tostring(media.video) }));
	end
	if region then
		add(presence, element("jitsi_participant_region", nil, region));
	end
	if called then
		add(presence, element("name", { xmlns = xmlns_ours }, called));
	end
	return presence;
end

return {
	cut = cut;
	read = read;
	name = name_of;
	key = key;
	key_for = key_for;
	key_with_media = key_with_media;
	render = render;
};
