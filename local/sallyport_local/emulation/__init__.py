"""`sallyport up --emulate-aws`: the *aws* backend on moto, in this process, as template.yaml would deploy it.

moto and the SAM translator are needed here and nowhere else that is deployed or served.
"""

from sallyport_local.emulation.aws import EmulatedGateway
from sallyport_local.emulation.errors import TemplateError

__all__ = ["EmulatedGateway", "TemplateError"]
