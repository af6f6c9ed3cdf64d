"""What happened, in the past tense. Adapters make these; the engine reads them; nothing else goes up.

Instants are seconds since the epoch (UTC). A room is its internal bare JID (``[tenant]name@muc-host``), an occupant
its resource there. ``facts``: deploy/prosody/PROTOCOL.md says what the module mirrors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

