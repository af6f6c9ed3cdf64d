local media = dofile("supervisor_media.lib.lua");
local e = dofile("spec/tree.lua").element;

local function muted(value)
	return { muted = value };
end

-- The parser is Prosody's own; here the texts are names of what it would find in them.
local known = {
	["{open}"] = { ["1a2b-a0"] = muted(false), ["1a2b-v0"] = muted(false) };
	["{muted}"] = { ["1a2b-a0"] = muted(true), ["1a2b-v0"] = muted(true) };
	["{silent}"] = { ["1a2b-a0"] = {}, ["1a2b-v0"] = {} };
	["{screen}"] = { ["1a2b-a0"] = muted(true), ["1a2b-v0"] = muted(true),
		["1a2b-v1"] = { muted = false, videoType = "desktop" } };
	["{none}"] = {};
	["{odd}"] = { ["1a2b-x0"] = muted(false), ["a0"] = muted(false), ["1a2b-a0"] = "open", ["1a2b-v0"] = muted("false"),
		muted(false) };
	["{text}"] = "text";
};
local calls;
local function decode(text)
	calls = calls + 1;
	if known[text] == nil then
		error("no JSON");
	end
	return known[text];
end

local function read(...)
	local children = {};
	for i, child in ipairs { ... } do
		children[i] = child;
	end
	return media.read(e("presence", {}, children), decode);
end

local function sources(...)
	return e("SourceInfo", {}, { ... });
end

describe("the media state", function ()
	before_each(function ()
		calls = 0;
	end);

	it("is open where any source of the sort is", function ()
		assert.same({ audio = true, video = true }, read(sources("{open}")));
		assert.same({ audio = false, video = false }, read(sources("{muted}")));
		assert.same({ audio = false, video = true }, read(sources("{screen}")));
	end);

	it("is muted where a source does not say, and where there is no source", function ()
		assert.same({ audio = false, video = false }, read(sources("{silent}")));
		assert.same({ audio = false, video = false }, read(sources("{none}")));
	end);

	it("takes no notice of what is no source", function ()
		assert.same({ audio = false, video = false }, read(sources("{odd}")));
	end);

	it("is unknown without sources, and where they cannot be understood", function ()
		assert.is_nil(read());
		assert.is_nil(read(sources()));
		assert.is_nil(read(sources("{broken")));
		assert.is_nil(read(sources("{text}")));
		assert.is_nil(read(sources("[]")));
		assert.is_nil(read(sources("null")));
	end);

	it("is unknown where the text is larger than anybody needs, and that is not even parsed", function ()
		assert.is_nil(read(sources("{" .. (" "):rep(4096))));
		assert.is_nil(read(sources("{", (" "):rep(4095), "}")));
		assert.equal(0, calls);
	end);

	it("is put together from the pieces of a text", function ()
		assert.same({ audio = true, video = true }, read(sources("{op", "en}")));
	end);

	it("of a telephone is what its flags say", function ()
		assert.same({ audio = true, video = false }, read(e("audiomuted", {}, { "false" })));
		assert.same({ audio = false, video = true }, read(e("audiomuted", {}, { "true" }), e("videomuted", {}, { "false" })));
	end);

	it("is that of the sources where both are there, and the flags' where the sources are broken", function ()
		assert.same({ audio = false, video = false }, read(e("audiomuted", {}, { "false" }), sources("{muted}")));
		assert.same({ audio = true, video = false }, read(e("audiomuted", {}, { "false" }), sources("{broken")));
	end);

	it("is the first one's of what is given twice", function ()
		assert.same({ audio = true, video = true }, read(sources("{open}"), sources("{muted}")));
		assert.same({ audio = true, video = false },
			read(e("audiomuted", {}, { "false" }), e("audiomuted", {}, { "true" })));
	end);
end);
