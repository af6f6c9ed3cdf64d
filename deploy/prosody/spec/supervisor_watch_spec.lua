local watching = dofile("supervisor_watch.lib.lua");

describe("the registry", function ()
	local watches;
	before_each(function ()
		watches = watching.new();
	end);

	it("knows nothing of a room that nobody watches", function ()
		assert.is_nil(watches:of("a@conf"));
		assert.same({}, watches:list("a@conf"));
		assert.is_nil(watches:leave("a@conf", "sup"));
	end);

	it("counts watches, and a repeated join once", function ()
		watches:join("a@conf", "sup", "s");
		watches:join("a@conf", "x@sup", "s");
		watches:join("b@conf", "sup", "s");
		watches:join("b@conf", "sup", "other");
		assert.equal(3, watches.total);
		assert.equal("other", watches:get("b@conf", "sup").nick);
		watches:leave("a@conf", "sup");
		watches:leave("a@conf", "sup");
		assert.equal(2, watches.total);
		assert.equal(2, watches:clear());
		assert.equal(0, watches.total);
		assert.is_nil(watches:of("b@conf"));
	end);

	it("forgets a room with its last watcher", function ()
		watches:join("a@conf", "sup", "s");
		watches:leave("a@conf", "sup");
		assert.is_nil(watches:of("a@conf"));
	end);

	it("knows in which rooms somebody asked for names", function ()
		watches:join("a@conf", "sup", "s", true);
		assert.is_false(watches:want_names("a@conf"));
		assert.is_false(watches:want_names("b@conf"));
		watches:join("a@conf", "x@sup", "s", false, nil, true);
		assert.is_true(watches:want_names("a@conf"));
		watches:join("a@conf", "x@sup", "s");
		assert.is_false(watches:want_names("a@conf"));
	end);

	it("knows in which rooms somebody asked for the media states", function ()
		watches:join("a@conf", "sup", "s");
		assert.is_false(watches:want_media("a@conf"));
		assert.is_false(watches:want_media("b@conf"));
		watches:join("a@conf", "x@sup", "s", true);
		assert.is_true(watches:want_media("a@conf"));
		watches:join("a@conf", "x@sup", "s");
		assert.is_false(watches:want_media("a@conf"));
	end);

	it("gives a list that stays as it is while watches end", function ()
		watches:join("a@conf", "sup", "s");
		watches:join("a@conf", "x@sup", "s");
		local seen = 0;
		for _ in ipairs(watches:list("a@conf")) do
			watches:clear();
			seen = seen + 1;
		end
		assert.equal(2, seen);
	end);
end);

describe("a watch", function ()
	local watch;
	before_each(function ()
		watch = watching.new():join("a@conf", "sup", "s");
	end);

	it("numbers its stanzas from 1, and again from 1 after another join", function ()
		assert.equal(1, watching.next_seq(watch));
		assert.equal(2, watching.next_seq(watch));
		local watches = watching.new();
		watching.next_seq(watches:join("a@conf", "sup", "s"));
		assert.equal(1, watching.next_seq(watches:join("a@conf", "sup", "s")));
	end);

	it("is told changes only", function ()
		assert.is_true(watching.is_news(watch, "n", "1", false));
		assert.is_false(watching.is_news(watch, "n", "1", false));
		assert.is_true(watching.is_news(watch, "n", "2", false));
		assert.is_true(watching.is_news(watch, "m", "2", false));
	end);

	it("is told a leave once, and only of whom it was told", function ()
		assert.is_false(watching.is_news(watch, "n", "-", true));
		watching.is_news(watch, "n", "1", false);
		assert.is_true(watching.is_news(watch, "n", "-", true));
		assert.is_false(watching.is_news(watch, "n", "-", true));
		assert.is_true(watching.is_news(watch, "n", "1", false));
	end);

	it("is told a subject when its text or its author changes", function ()
		assert.is_true(watching.is_new_subject(watch, "a@conf", ""));
		assert.is_false(watching.is_new_subject(watch, "a@conf", ""));
		assert.is_true(watching.is_new_subject(watch, "a@conf", "x"));
		assert.is_true(watching.is_new_subject(watch, "a@conf/n", "x"));
	end);

	it("goes on counting when the room ends, with nothing told of the next one", function ()
		watching.is_news(watch, "n", "1", false);
		watching.is_new_subject(watch, "a@conf", "");
		watching.next_seq(watch);
		watching.forget_room(watch);
		assert.is_true(watching.is_news(watch, "n", "1", false));
		assert.is_true(watching.is_new_subject(watch, "a@conf", ""));
		assert.equal(2, watching.next_seq(watch));
	end);
end);
