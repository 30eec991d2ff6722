"""Every icon that the product names is in the sprite: a missing one would be an empty square."""

from crm import assets
from crm.records import menu
from crm.records.kinds import kinds


def test_icons_of_sources_are_tabler_icons():
    unknown = assets.icons_named_in_sources() - assets.known_icons().keys()
    assert not unknown, f"Tabler has no such icons: {', '.join(sorted(unknown))}"


def test_icons_of_kinds_and_menu_are_in_the_sprite():
    wanted = {kind.icon for kind in kinds} | {kind.timeline.icon for kind in kinds if kind.timeline}
    wanted |= {entry.icon for entry in menu._entries.values()}
    assert wanted <= assets.icons_named_in_sources()


def test_the_sprite_holds_the_icons_asked_for_and_nothing_else():
    known = {"a": [["path", {"d": "M0 0"}]], "b": [["circle", {"r": "1"}]]}
    assert assets.sprite({"a", "unknown"}, known) == (
        '<svg xmlns="http://www.w3.org/2000/svg"><symbol id="a" viewBox="0 0 24 24"><path d="M0 0"/></symbol></svg>\n'
    )
