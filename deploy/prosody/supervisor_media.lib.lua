-- Whether an occupant can be heard and seen, from what its client says of its sources.
-- Plain tables in, plain tables out: stanzas are anything shaped like Prosody's (name, attr, tags and texts by number).

local t_concat = table.concat;
local s_match = string.match;

-- Bytes of JSON that are looked at. A client with a camera, a microphone and a shared screen needs 150.
local limit = 4096;

-- A text that is longer than anybody needs is none at all: half of it would be another statement.
local function text_of(element)
	local texts, size = {}, 0;
	for i = 1, #element do
		local child = element[i];
		if type(child) == "string" then
			size = size + #child;
			if size > limit then
				return nil;
			end
			texts[#texts + 1] = child;
		end
	end
	return t_concat(texts);
end

-- Sources are named ENDPOINT-aN and ENDPOINT-vN; a shared screen is one of the latter. One that does not say that it is
-- open is muted: that is how Jitsi's clients read it.
local function of_sources(text, decode)
	if not s_match(text, "^%s*{") then
		return nil;
	end
	local ok, sources = pcall(decode, text);
	if not ok or type(sources) ~= "table" then
		return nil;
	end
	local media = { audio = false, video = false };
	for name, source in pairs(sources) do
		local sort = type(name) == "string" and s_match(name, "%-([av])%d+$");
		if sort and type(source) == "table" and source.muted == false then
			media[sort == "a" and "audio" or "video"] = true;
		end
	end
	return media;
end

-- The elements of older clients, which Jitsi's telephone gateway still sends. What it does not mention it does not have.
local function of_flags(audio, video)
	if not audio and not video then
		return nil;
	end
	return { audio = audio == "false", video = video == "false" };
end

-- decode: a JSON parser, which may raise. Returns { audio, video }, true for what is open; nil where nobody can tell.
-- Of an element given twice the first counts.
local function read(presence, decode)
	local sources, found;
	local flags = {};
	local tags = presence.tags;
	for i = 1, #tags do
		local element = tags[i];
		local name = element.name;
		if name == "SourceInfo" and not found then
			found, sources = true, text_of(element);
		elseif (name == "audiomuted" or name == "videomuted") and not flags[name] then
			flags[name] = text_of(element);
		end
	end
	return sources and of_sources(sources, decode) or of_flags(flags.audiomuted, flags.videomuted);
end

return { read = read };
