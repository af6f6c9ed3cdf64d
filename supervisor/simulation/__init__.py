"""A private Prosody and clients that behave on the wire as Jicofo, Jibri and people in jitsi-meet do.

The demo, the integration tests and the benchmark all use this one simulation, so what a stand-in sends is written once.
"""

from supervisor.simulation.errors import JoinRefusedError, SimulationError
from supervisor.simulation.focus import Focus
from supervisor.simulation.jibri import Jibri
from supervisor.simulation.meeting import Meeting
from supervisor.simulation.person import Person
from supervisor.simulation.prosody import PrivateProsody
from supervisor.simulation.recorder import Recorder

__all__ = ["Focus", "Jibri", "JoinRefusedError", "Meeting", "Person", "PrivateProsody", "Recorder", "SimulationError"]
