local delivery = dofile("supervisor_deliver.lib.lua");
local e = dofile("spec/tree.lua").element;

local here = { attr = {} };
local gone = { attr = { type = "unavailable" } };

local function occupants()
	return {
		["r@conf/focus"] = { role = "moderator", bare_jid = "focus@auth.d", sessions = { ["focus@auth.d/focus"] = here } };
		["r@conf/rec"] = { role = "participant", bare_jid = "recorder@hidden.d", sessions = { ["recorder@hidden.d/x"] = here } };
		["r@conf/ana"] = { role = "moderator", bare_jid = "ana@d", sessions = { ["ana@d/2"] = here, ["ana@d/1"] = here,
			["ana@d/0"] = gone } };
		["r@conf/pep"] = { role = "participant", bare_jid = "pep@d", sessions = { ["pep@d/1"] = here } };
		["r@conf/left"] = { bare_jid = "left@d", sessions = { ["left@d/1"] = here } };
		["r@conf/ghost"] = { role = "participant", bare_jid = "ghost@d", sessions = { ["ghost@d/1"] = gone } };
	};
end

local function chosen(audience, children)
	table.insert(children, e("body", {}, { "text" }));
	local request = assert(delivery.parse(e("deliver", { audience = audience }, children)));
	local nicks = {};
	for _, occupant in ipairs(delivery.choose(occupants(), request, "r@conf")) do
		nicks[#nicks + 1] = occupant.nick;
	end
	return nicks;
end

local function no_machines()
	return { e("except", { jid = "focus@auth.d" }), e("except", { host = "hidden.d" }) };
end

describe("the audience", function ()
	it("is the moderators of this moment", function ()
		assert.same({ "ana" }, chosen("moderators", no_machines()));
	end);

	it("is everybody but the excepted and those who have left", function ()
		assert.same({ "ana", "pep" }, chosen("everybody", no_machines()));
		assert.same({ "ana", "focus", "pep", "rec" }, chosen("everybody", {}));
	end);

	it("is those named, as far as they are here and not excepted", function ()
		local children = no_machines();
		for _, nick in ipairs { "pep", "rec", "left", "ghost", "nobody" } do
			table.insert(children, e("occupant", { nick = nick }));
		end
		assert.same({ "pep" }, chosen("occupants", children));
		assert.same({}, chosen("occupants", {}));
	end);

	it("may be narrowed by one session's address", function ()
		assert.same({ "pep" }, chosen("everybody", { e("except", { jid = "ana@d/1" }), e("except", { jid = "focus@auth.d" }),
			e("except", { host = "hidden.d" }) }));
	end);

	it("has every session that is still there", function ()
		local request = delivery.parse(e("deliver", { audience = "moderators" }, { e("body", {}, { "x" }), no_machines()[1] }));
		assert.same({ { nick = "ana", jids = { "ana@d/1", "ana@d/2" } } }, delivery.choose(occupants(), request, "r@conf"));
	end);
end);

describe("the command", function ()
	it("is read", function ()
		local request = delivery.parse(e("deliver", { audience = "everybody", id = "n-17" }, {
			e("body", {}, { "a", "b" }); e("name", {}, { "Supervisió" });
		}));
		assert.equal("ab", request.body);
		assert.equal("Supervisió", request.name);
		assert.equal("n-17", request.id);
	end);

	it("is refused without a body, with an unknown audience or with a restriction that is not understood", function ()
		local body = e("body", {}, { "x" });
		assert.is_nil(delivery.parse(e("deliver", { audience = "everybody" }, {})));
		assert.is_nil(delivery.parse(e("deliver", { audience = "everybody" }, { e("body", {}, {}) })));
		assert.is_nil(delivery.parse(e("deliver", { audience = "all" }, { body })));
		assert.is_nil(delivery.parse(e("deliver", {}, { body })));
		assert.is_nil(delivery.parse(e("deliver", { audience = "everybody" }, { body, e("except", { role = "visitor" }) })));
		assert.is_nil(delivery.parse(e("deliver", { audience = "everybody" }, { body, e("only", { jid = "a@d" }) })));
	end);
end);
