describe("supervisor_commands", function ()
	local commands = dofile("supervisor_commands.lib.lua");

	it("reads the words that begin with an exclamation mark and no others", function ()
		assert.same({ ["!pausa"] = true, ["!ok"] = true }, commands.parse("!pausa !ok pausa ! !ok"));
		assert.is_nil(commands.parse("hello"));
		assert.is_nil(commands.parse(nil));
	end);

	it("finds a word that is the whole line, whatever its case and blanks", function ()
		local words = commands.parse("!pausa !repr\195\168n");
		assert.equal("!pausa", commands.find(words, "!pausa"));
		assert.equal("!pausa", commands.find(words, "  !PAUSA \n"));
		assert.equal("!repr\195\168n", commands.find(words, "!repr\195\168n"));
	end);

	it("leaves everything else to the chat", function ()
		local words = commands.parse("!pausa");
		assert.is_nil(commands.find(words, "!pausa now"));
		assert.is_nil(commands.find(words, "please !pausa"));
		assert.is_nil(commands.find(words, "!dance"));
		assert.is_nil(commands.find(words, ("!"):rep(1000)));
		assert.is_nil(commands.find(words, nil));
	end);

	it("passes five words in ten seconds, and more when those are past", function ()
		local history, pass = {};
		for n = 1, 5 do
			pass, history = commands.may_pass(history, n);
			assert.is_true(pass);
		end
		pass, history = commands.may_pass(history, 6);
		assert.is_false(pass);
		pass = commands.may_pass(history, 12);
		assert.is_true(pass);
	end);
end);
