"""YouTube as a witness: the public tier (an API key) and the owner's tier (OAuth), within one quota.

What each can see is the table in ``judge``; how often they look is ``schedule``; what they may spend is ``quota``.
"""

from supervisor.streams.youtube.build import Youtube, build, oauth_client
from supervisor.streams.youtube.ledger_file import FileLedger
from supervisor.streams.youtube.login import Login, LoginError
from supervisor.streams.youtube.quota import Ledger, LedgerStore

__all__ = ["FileLedger", "Ledger", "LedgerStore", "Login", "LoginError", "Youtube", "build", "oauth_client"]
