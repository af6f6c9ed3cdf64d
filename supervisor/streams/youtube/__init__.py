"""YouTube as a witness: the public tier (an API key) and the owner's tier (OAuth), within one quota.

What each can see is the table in ``judge``; how often they look is ``schedule``; what they may spend is ``quota``.
"""

from supervisor.streams.youtube.build import Youtube, build, oauth_client
from supervisor.streams.youtube.kept_ledger import KeptLedger
from supervisor.streams.youtube.login import Login, LoginError
from supervisor.streams.youtube.quota import Ledger, LedgerStore

__all__ = ["KeptLedger", "Ledger", "LedgerStore", "Login", "LoginError", "Youtube", "build", "oauth_client"]
