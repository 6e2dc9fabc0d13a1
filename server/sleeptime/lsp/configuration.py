"""Settings that change while the editor runs: pulled from clients that can be asked, else taken as they were sent."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

if TYPE_CHECKING:
    from sleeptime.lsp.server import SleeptimeServer

SECTION = "sleeptime"
CLIENTS_OWN = frozenset({"server", "trace"})
"""Sections under ours that a client keeps for itself."""


def options_in(given: Any) -> Mapping[str, Any]:
    """The settings by section in what a client gave: with or without our name around them, nulls left out."""
    inner = given.get(SECTION, given) if isinstance(given, Mapping) else None
    if not isinstance(inner, Mapping):
        return {}
    given = {name: section for name, section in inner.items() if name not in CLIENTS_OWN and section is not None}
    return {name: _chosen(section) for name, section in given.items()}


def _chosen(section: Any) -> Any:
    if not isinstance(section, Mapping):
        return section
    return {name: value for name, value in section.items() if value is not None}


async def follow(server: "SleeptimeServer") -> None:
    """Ask a client that wants to be asked to tell of changes; others tell anyway."""
    workspace = server.client_capabilities.workspace
    told = workspace.did_change_configuration if workspace else None
    if told is None or not told.dynamic_registration:
        return
    options = lsp.DidChangeConfigurationRegistrationOptions(section=SECTION)
    registration = lsp.Registration("settings", lsp.WORKSPACE_DID_CHANGE_CONFIGURATION, options)
    await server.client_register_capability_async(lsp.RegistrationParams([registration]))


async def changed_options(server: "SleeptimeServer", sent: Any) -> Mapping[str, Any]:
    """The settings as they are now; `sent` is what came with the notification."""
    workspace = server.client_capabilities.workspace
    if workspace is None or not workspace.configuration:
        return options_in(sent)
    items = [lsp.ConfigurationItem(section=SECTION)]
    try:
        answered = await server.workspace_configuration_async(lsp.ConfigurationParams(items))
    except JsonRpcException:
        return options_in(sent)
    return options_in(answered[0] if answered else None)
