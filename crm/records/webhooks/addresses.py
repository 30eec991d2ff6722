"""Where a webhook may lead: public addresses only, looked at after the name was resolved.

The connection goes to the very address that was looked at, so a name that resolves to another one a moment later
leads nowhere.
"""

import ipaddress
import socket

from django.conf import settings
from django.utils.translation import gettext as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
CARRIES_IPV4 = ipaddress.ip_network("64:ff9b::/96")


class NotAllowed(Exception):
    """The name leads to this machine, to its network, or to no place at all."""


def resolve(host: str, port: int) -> str:
    """The address to connect to. NotAllowed when any address of the name is not public, or there is none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotAllowed(_("The name %(host)s has no address.") % {"host": host}) from error
    addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if not addresses or not all(map(is_allowed, addresses)):
        raise NotAllowed(_("%(host)s leads into a private network.") % {"host": host})
    return str(addresses[0])


def is_allowed(address: Address) -> bool:
    return settings.WEBHOOKS_MAY_BE_LOCAL or is_public(address)


def is_public(address: Address) -> bool:
    """Reachable from anywhere; an IPv6 address that carries an IPv4 one is judged by both."""
    if isinstance(address, ipaddress.IPv6Address):
        carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in CARRIES_IPV4:
            carried.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        inner = [each for each in carried if each is not None]
        if inner:
            return all(map(is_public, inner))
        if address.is_site_local or int(address) < 2**32:
            return False
    is_special = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    return address.is_global and not is_special and not address.is_link_local and not address.is_private
