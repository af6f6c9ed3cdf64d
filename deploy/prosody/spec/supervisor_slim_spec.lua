local slim = dofile("supervisor_slim.lib.lua");
local tree = dofile("spec/tree.lua");
local e = tree.element;

local jibri = "http://jitsi.org/protocol/jibri";
local person = { role = "participant", affiliation = "none", jid = "1a2b@example.com/r" };

local function slimmed(presence, who, x)
	return slim.render(slim.read(presence, who or person, x), "room@conf/1a2b", "sup");
end

local function names(element)
	local list = {};
	for _, child in ipairs(element) do
		list[#list + 1] = child.name;
	end
	return list;
end

describe("cut", function ()
	it("leaves short texts", function ()
		assert.equal(("a"):rep(256), slim.cut(("a"):rep(256)));
	end);

	it("cuts at 256 bytes", function ()
		assert.equal(256, #slim.cut(("a"):rep(257)));
	end);

	it("never splits a character", function ()
		for _, character in ipairs { "\195\169", "\226\130\172", "\240\159\152\128" } do
			for shift = 0, 3 do
				local text = ("a"):rep(shift) .. character:rep(300);
				local short = slim.cut(text);
				assert.is_true(#short <= 256 and #short > 252);
				assert.equal(0, (#short - shift) % #character);
			end
		end
	end);

	it("ends also on bytes that are no text", function ()
		assert.equal("", slim.cut(("\128"):rep(300)));
	end);
end);

describe("a slimmed presence", function ()
	it("keeps no name, address, picture or media state", function ()
		local presence = slimmed(e("presence", {}, {
			e("nick", { xmlns = "http://jabber.org/protocol/nick" }, { "Ana" });
			e("email", {}, { "ana@example.com" });
			e("avatar-url", {}, { "https://example.com/a.png" });
			e("SourceInfo", {}, { "{}" });
			e("features", {}, { e("feature", { var = "https://jitsi.org/meet/e2ee" }) });
			"text";
		}));
		assert.same({ "x" }, names(presence));
		assert.same({ role = "participant", affiliation = "none", jid = "1a2b@example.com/r" }, presence[1][1].attr);
	end);

	it("keeps what says who and what somebody is, in the order agreed", function ()
		local presence = slimmed(e("presence", {}, {
			e("conference-properties", { xmlns = "http://jitsi.org/protocol/focus" }, {
				e("property", { key = "bridge-count", value = "1" });
				e("property", { key = "visitor-count", value = "37" });
			});
			e("mode", {}, { "stream" });
			e("session_id", {}, { "0b", "1e" });
			e("jibri-recording-status", { xmlns = jibri, status = "on", session_id = "0b1e", other = "x" }, { e("more") });
			e("email", {}, { "inbound-sip-jibri@example.com" });
			e("initiator", { xmlns = "http://jitsi.org/protocol/jigasi" }, { "tel:+34" });
			e("features", {}, {
				e("feature", { var = "http://jitsi.org/protocol/transcriber" });
				e("feature", { var = jibri });
				e("feature", { var = "urn:xmpp:ping" });
			});
		}));
		assert.same({ "x", "features", "initiator", "email", "jibri-recording-status", "session_id", "mode",
			"conference-properties" }, names(presence));
		assert.same({ jibri, "http://jitsi.org/protocol/transcriber" }, { presence[2][1].attr.var, presence[2][2].attr.var });
		assert.is_nil(presence[3][1]);
		assert.equal("inbound-sip-jibri@example.com", presence[4][1]);
		assert.same({ xmlns = jibri, status = "on", session_id = "0b1e" }, presence[5].attr);
		assert.is_nil(presence[5][1]);
		assert.equal("0b1e", presence[6][1]);
		assert.equal(1, #presence[8]);
		assert.equal("37", presence[8][1].attr.value);
	end);

	it("takes elements only in their own namespace", function ()
		local presence = slimmed(e("presence", {}, {
			e("conference-properties", {}, { e("property", { key = "visitor-count", value = "37" }) });
			e("jibri-recording-status", { status = "on" });
			e("initiator", {});
			e("session_id", { xmlns = "urn:other" }, { "x" });
			e("mode", { xmlns = "urn:other" }, { "x" });
			e("email", { xmlns = "urn:other" }, { "inbound-sip-jibri@example.com" });
		}));
		assert.same({ "x" }, names(presence));
	end);

	it("counts the first of what is given twice", function ()
		local presence = slimmed(e("presence", {}, { e("mode", {}, { "stream" }), e("mode", {}, { "file" }) }));
		assert.same({ "x", "mode" }, names(presence));
		assert.equal("stream", presence[2][1]);
	end);

	it("says that somebody records on the own computer, and nothing once that is over", function ()
		local function names_with(text)
			return names(slimmed(e("presence", {}, { e("jitsi_participant_localRecording", {}, { text }) })));
		end
		assert.same({ "x", "jitsi_participant_localRecording" }, names_with("true"));
		assert.same({ "x" }, names_with("false"));
		assert.same({ "x" }, names_with(nil));
		local whole = slimmed(e("presence", {}, { e("jitsi_participant_localRecording", {}, { ("x"):rep(5000) }) }));
		assert.equal("true", whole[2][1]);
	end);

	it("keeps what a Jibri says of itself, in whichever namespace it says it", function ()
		local presence = slimmed(e("presence", {}, {
			e("jibri-status", { xmlns = jibri }, {
				e("health-status", { xmlns = "http://jitsi.org/protocol/health", status = "healthy", other = "x" });
				e("busy-status", { xmlns = jibri, status = "idle" });
				e("busy-status", { xmlns = jibri, status = "busy" });
				e("more", { status = "x" });
			});
		}));
		assert.same({ "x", "jibri-status" }, names(presence));
		assert.same({ "busy-status", "health-status" }, names(presence[2]));
		assert.same({ status = "idle" }, presence[2][1].attr);
		assert.same({ status = "healthy" }, presence[2][2].attr);
	end);

	it("says why somebody left, and nothing else of them", function ()
		local x = e("x", {}, { e("status", { code = "307" }), e("status", { code = "110" }), e("status", { code = "201" }) });
		local presence = slimmed(e("presence", { type = "unavailable" }, { e("mode", {}, { "stream" }) }),
			{ affiliation = "member", jid = "a@b/c" }, x);
		assert.equal("unavailable", presence.attr.type);
		assert.same({ "x" }, names(presence));
		assert.same({ role = "none", affiliation = "member", jid = "a@b/c" }, presence[1][1].attr);
		assert.same({ "item", "status" }, names(presence[1]));
		assert.equal("307", presence[1][2].attr.code);
	end);

	it("is a leave where the room has taken the role away, whatever the presence says", function ()
		assert.equal("unavailable", slimmed(e("presence", {}, {}), { affiliation = "none", jid = "a@b/c" }).attr.type);
	end);
end);

describe("the key", function ()
	local function key(children, who, x)
		return slim.key(slim.read(e("presence", {}, children or {}), who or person, x));
	end

	it("is the same after a mute", function ()
		assert.equal(key { e("SourceInfo", {}, { "1" }) }, key { e("SourceInfo", {}, { "2" }), e("nick", {}, { "B" }) });
	end);

	it("differs with everything that is shown", function ()
		local keys, n = {}, 0;
		local function differs(...)
			local new = key(...);
			assert.is_nil(keys[new]);
			keys[new], n = true, n + 1;
		end
		differs({});
		differs({}, { role = "moderator", affiliation = "none", jid = person.jid });
		differs({}, { role = "participant", affiliation = "owner", jid = person.jid });
		differs({}, { role = "participant", affiliation = "none", jid = "other@example.com/r" });
		differs({}, { role = "participant", affiliation = "none" });
		differs({}, { role = "participant", affiliation = "none", jid = person.jid, nick = "new" });
		differs({}, { affiliation = "none", jid = person.jid });
		differs({}, { affiliation = "none", jid = person.jid }, e("x", {}, { e("status", { code = "307" }) }));
		differs { e("mode", {}, {}) };
		differs { e("mode", {}, { "stream" }) };
		differs { e("session_id", {}, { "stream" }) };
		differs { e("initiator", { xmlns = "http://jitsi.org/protocol/jigasi" }) };
		differs { e("email", {}, { "outbound-sip-jibri@example.com" }) };
		differs { e("features", {}, { e("feature", { var = jibri }) }) };
		differs { e("features", {}, { e("feature", { var = "http://jitsi.org/protocol/jigasi" }) }) };
		differs { e("jibri-recording-status", { xmlns = jibri }) };
		differs { e("jibri-recording-status", { xmlns = jibri, status = "" }) };
		differs { e("jibri-recording-status", { xmlns = jibri, status = "on" }) };
		differs { e("jibri-recording-status", { xmlns = jibri, initiator = "on" }) };
		differs { e("conference-properties", { xmlns = "http://jitsi.org/protocol/focus" },
			{ e("property", { key = "visitor-count", value = "1" }) }) };
		differs { e("jibri-status", { xmlns = jibri }) };
		differs { e("jibri-status", { xmlns = jibri }, { e("busy-status", { status = "idle" }) }) };
		differs { e("jibri-status", { xmlns = jibri }, { e("health-status", { status = "idle" }) }) };
		differs { e("jitsi_participant_localRecording", {}, { "true" }) };
		assert.equal(24, n);
	end);
end);

describe("the media states", function ()
	local function view(media)
		local read = slim.read(e("presence", {}, {}), person);
		read.media = media;
		return read;
	end

	it("are shown to those who asked, and last", function ()
		local open = { audio = true, video = false };
		local presence = slim.render(view(open), "room@conf/1a2b", "sup", open);
		assert.same({ "x", "media" }, names(presence));
		assert.same({ xmlns = "urn:x-jitsi-supervisor:muc:0", audio = "true", video = "false" }, presence[2].attr);
		assert.same({ "x" }, names(slim.render(view(open), "room@conf/1a2b", "sup")));
	end);

	it("are news only for those who asked", function ()
		local open, muted = view({ audio = true, video = false }), view({ audio = false, video = false });
		assert.equal(slim.key(open), slim.key(muted));
		local keys = {};
		for _, one in ipairs { open, muted, view({ audio = false, video = true }), view({ audio = true, video = true }), view() } do
			local key = slim.key_with_media(one);
			assert.is_nil(keys[key]);
			keys[key] = true;
		end
	end);
end);

describe("a region", function ()
	local function said(...)
		local texts = {};
		for i, text in ipairs { ... } do
			texts[i] = e("jitsi_participant_region", {}, { text });
		end
		return slim.read(e("presence", {}, texts), person);
	end

	it("is a short word of the operator's", function ()
		assert.equal("eu-central-1", said("eu-central-1").region);
		assert.equal(("a"):rep(32), said(("a"):rep(32)).region);
	end);

	it("is left out where it is anything else", function ()
		for _, text in ipairs { "", ("a"):rep(33), "EU", "eu west", "eu\n", "à", "<x/>", "eu.1" } do
			assert.is_falsy(said(text).region);
		end
		local foreign = e("jitsi_participant_region", { xmlns = "urn:other" }, { "eu" });
		assert.is_nil(slim.read(e("presence", {}, { foreign }), person).region);
	end);

	it("is the first one that is given", function ()
		assert.equal("eu", said("eu", "us").region);
		assert.is_falsy(said("EU", "us").region);
	end);

	it("is shown to those who asked, between the media states and the name", function ()
		local view, open = said("eu"), { audio = true, video = false };
		local presence = slim.render(view, "room@conf/1a2b", "sup", open, "Ana", view.region);
		assert.same({ "x", "media", "jitsi_participant_region", "name" }, names(presence));
		assert.equal("eu", presence[3][1]);
		assert.same({ "x" }, names(slim.render(view, "room@conf/1a2b", "sup")));
	end);

	it("is news only for those who asked for media states", function ()
		assert.equal(slim.key(said()), slim.key(said("eu")));
		assert.equal(slim.key_for({ names = true }, said()), slim.key_for({ names = true }, said("eu")));
		assert.not_equal(slim.key_for({ media = true }, said()), slim.key_for({ media = true }, said("eu")));
		assert.not_equal(slim.key_for({ media = true }, said("us")), slim.key_for({ media = true }, said("eu")));
	end);
end);

describe("a name", function ()
	local xmlns_nick = "http://jabber.org/protocol/nick";

	local function named(text)
		local view = slim.read(e("presence", {}, {}), person);
		view.name = text;
		return view;
	end

	it("is what the occupant calls itself, cut like every text", function ()
		assert.equal("Ana", slim.name(e("presence", {}, { e("nick", { xmlns = xmlns_nick }, { "Ana" }) })));
		assert.equal(256, #slim.name(e("presence", {}, { e("nick", { xmlns = xmlns_nick }, { ("a"):rep(999) }) })));
	end);

	it("is not there where the occupant says none", function ()
		assert.is_nil(slim.name(e("presence", {}, { e("nick", {}, { "Ana" }), e("email", {}, { "ana@example.com" }) })));
	end);

	it("is no part of what everybody is shown", function ()
		local view = slim.read(e("presence", {}, { e("nick", { xmlns = xmlns_nick }, { "Ana" }) }), person);
		assert.is_nil(view.name);
	end);

	it("is shown to those who asked, and last", function ()
		local open = { audio = true, video = false };
		local presence = slim.render(named("Ana"), "room@conf/1a2b", "sup", open, "Ana");
		assert.same({ "x", "media", "name" }, names(presence));
		assert.same({ "Ana" }, { presence[3][1] });
		assert.equal("urn:x-jitsi-supervisor:muc:0", presence[3].attr.xmlns);
	end);

	it("is news only for those who asked", function ()
		local keys = {};
		for _, view in ipairs { named("Ana"), named("Anna"), named(""), named(nil) } do
			assert.equal(slim.key(named(nil)), slim.key_for({}, view));
			assert.equal(slim.key_with_media(named(nil)), slim.key_for({ media = true }, view));
			local key = slim.key_for({ names = true }, view);
			assert.is_nil(keys[key]);
			keys[key] = true;
		end
	end);
end);

describe("a leave", function ()
	local function dropped(...)
		local presence = slimmed(e("presence", { type = "unavailable" }, { ... }), { affiliation = "none" });
		return names(presence)[2] == "dropped";
	end

	it("says whether the connection had ended", function ()
		assert.is_true(dropped(e("status", {}, { "Disconnected: connection closed" })));
		assert.is_false(dropped(e("status", {}, { "Bye" })));
		assert.is_false(dropped(e("status", { xmlns = "urn:x" }, { "Disconnected: x" })));
		assert.is_false(dropped());
	end);

	it("is all that it can be said of", function ()
		local status = e("status", {}, { "Disconnected: connection closed" });
		assert.same({ "x" }, names(slimmed(e("presence", {}, { status }))));
	end);
end);
