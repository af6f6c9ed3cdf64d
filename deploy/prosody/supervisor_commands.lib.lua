-- The words that moderators may say to the supervision in the open chat, and how often.

local most_words = 64;
local longest = 32;
-- A moderator's words within this many seconds; those above are taken out of the chat like the others, but not passed on.
local window = 10;
local most_in_window = 5;

local function is_ours(word)
	return word:sub(1, 1) == "!" and #word > 1 and #word <= longest;
end

-- The set of words in a text, separated by blanks; nil if there are none.
local function parse(text)
	local words, count = {}, 0;
	for word in (text or ""):gmatch("%S+") do
		if is_ours(word) and not words[word] and count < most_words then
			words[word] = true;
			count = count + 1;
		end
	end
	return count > 0 and words or nil;
end

-- The word that a chat line consists of, as the daemon spells it; nil for everything else. Letters beyond ASCII are
-- compared as they are: whoever sends the words sends each of their spellings.
local function find(words, body)
	local said = body and #body <= 2 * longest and body:match("^%s*(%S+)%s*$");
	said = said and said:lower();
	return said and words[said] and said or nil;
end

-- Whether one more word of this speaker may be passed on. history: times of its last words, kept by the caller.
local function may_pass(history, now)
	local recent = {};
	for _, at in ipairs(history) do
		if now - at < window then
			recent[#recent + 1] = at;
		end
	end
	local pass = #recent < most_in_window;
	if pass then
		recent[#recent + 1] = now;
	end
	return pass, recent;
end

return { parse = parse, find = find, may_pass = may_pass };
