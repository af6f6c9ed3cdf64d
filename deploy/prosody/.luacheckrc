-- Prosody runs on any Lua from 5.1 to 5.4; what all of them have is what the module may use.
std = "min"
max_line_length = 130
max_cyclomatic_complexity = 18
cache = false

-- The module's own environment, given by Prosody.
files["mod_*.lua"] = {
	read_globals = {
		prosody = { fields = { "hosts" } },
		module = {
			fields = {
				"host",
				"load", "unload",
				"context", "depends", "hook", "hook_global", "log", "require",
				"get_option_string",
				-- Set by the module, called by Prosody over a reload.
				save = { read_only = false },
				restore = { read_only = false },
			},
		},
	},
}

files["spec/*_spec.lua"] = { std = "min+busted" }
