-- Stanzas for the specs: plain tables of the shape Prosody gives them.
local function element(name, attr, children)
	local new = { name = name, attr = attr or {}, tags = {} };
	for i, child in ipairs(children or {}) do
		new[i] = child;
		if type(child) == "table" then
			new.tags[#new.tags + 1] = child;
		end
	end
	return new;
end

return { element = element };
