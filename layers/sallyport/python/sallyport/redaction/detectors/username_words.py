"""Words that stand where names of accounts do, and are none."""

from typing import Final

_NO_HANDLE_TEXT = (
    "media import charset font-face keyframes supports layer property staticmethod classmethod abstractmethod "
    "dataclass override deprecated param return returns throws see since author version todo pytest app router "
    "bean autowired test before after component injectable input output everyone here channel types babel "
    "angular vue attr cached_property lru_cache cache wraps overload final model_validator field_validator "
    "decorator functools contextmanager click mock patch given settings json type id context graph value "
    "container include extends apply tailwind"
)
NO_HANDLE: Final = frozenset(_NO_HANDLE_TEXT.split())
"""What follows an @ in code."""
_NO_NAME_TEXT = (
    "and or the a an is was are not no none null nil true false required optional invalid incorrect wrong "
    "missing taken unknown string str int text name username password email login user field here below above "
    "in on for of to with by who that which already available empty undefined unique valid must should can "
    "cannot will has have had does did be been being input page screen button form prompt attempt error failed "
    "success successful time times your my his her their our its this that these those information details data "
    "credentials id ids at from as it you we they i if when example case sensitive default set admin root guest "
    "anonymous changed correct locked disabled enabled expired both only active inactive logged signed also so "
    "but please now via using stories story story's interface experience agent manual guide account accounts "
    "group groups role roles type list profile service management support base count message messages prompt "
    "query question request requests input content token tokens secret key keys object model class"
)
NO_NAME: Final = frozenset(_NO_NAME_TEXT.split())
"""What stands behind `user` or `login` as words of the language do."""
_NO_ROLE_TEXT = (
    "administrator superuser manager employee student teacher owner member customer client usual expected described "
    "shown follows before always needed well possible soon above normal another different new existing regular test "
    "holder number balance page status settings creation recovery setup access owner's holders numbers field format "
    "prefix policy length uniqueness check validation change lookup requirement box availability must-have end-user "
    "broken slow down fine gone back secure safe weird stuck impossible hard easy working failing rejected refused "
    "blocked suspended hacked compromised exist exists existed found once twice again someone anyone everyone nobody "
    "staff team he she them him her me us myself support service engineer developer operator system website app "
    "just already never also then again still recently currently successfully "
    "server database wifi laptop phone computer router device"
)
NO_ROLE: Final = NO_NAME | frozenset(_NO_ROLE_TEXT.split())
"""What signs in, is locked or is signed in as in prose, and is no name."""
