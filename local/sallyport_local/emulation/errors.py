"""What the emulation refuses, so that the template cannot outgrow it silently."""


class TemplateError(Exception):
    """template.yaml cannot be emulated, or would fail at deployment. Names the resource and what to change."""


class UnknownCallError(Exception):
    """A function made a call of which nobody has written down the permissions. Add it to `calls.py`."""
