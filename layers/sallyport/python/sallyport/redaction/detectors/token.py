"""Keys and tokens that announce themselves by their issuer's prefix (the issuers' own documentation of formats)."""

from collections.abc import Iterable, Iterator

from sallyport.redaction.finding import SECRET, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({SECRET})

# (what must be in the text, the whole token). Each token starts at a boundary of [\w-] and, up to a dot, stays within
# that class, so no character is tried twice: long runs stay linear without upper bounds.
_ISSUERS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("AKIA", "ASIA", "ABIA", "ACCA"), r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}"),  # AWS access key id
    (("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"gh[pousr]_[A-Za-z0-9]{36,}+"),  # GitHub
    (("github_pat_",), r"github_pat_[A-Za-z0-9_]{22,}+"),
    (("glpat-",), r"glpat-[\w-]{20,}+"),  # GitLab
    (("xox",), r"xox[abeoprs]-(?=[a-zA-Z-]{0,12}[0-9])[A-Za-z0-9-]{10,}+"),  # Slack
    (("xapp-",), r"xapp-[0-9]-[A-Za-z0-9-]{10,}+"),
    (("sk-",), r"sk-(?=[A-Za-z_-]{0,80}[0-9])[\w-]{20,}+"),  # OpenAI, Anthropic and those who follow them
    (("AIza",), r"AIza[\w-]{35}"),  # Google
    (("ya29.",), r"ya29\.[\w-]{20,}+"),
    (("GOCSPX-",), r"GOCSPX-[\w-]{20,}+"),
    (("k_live_", "k_test_"), r"[spr]k_(?:live|test)_[A-Za-z0-9]{16,}+"),  # Stripe
    (("whsec_",), r"whsec_[A-Za-z0-9]{24,}+"),
    (("eyJ",), r"eyJ[\w-]{8,}+\.eyJ[\w-]{8,}+\.[\w-]{8,}+"),  # JSON web token
    (("npm_",), r"npm_[A-Za-z0-9]{36}"),
    (("pypi-",), r"pypi-[\w-]{50,}+"),
    (("hf_",), r"hf_[A-Za-z0-9]{30,}+"),  # Hugging Face
    (("SG.",), r"SG\.[\w-]{16,32}\.[\w-]{16,64}"),  # SendGrid
    (("dop_v1_",), r"dop_v1_[a-f0-9]{64}"),  # DigitalOcean
    (("shpat_", "shpca_", "shppa_", "shpss_"), r"shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}"),  # Shopify
    (("sq0",), r"sq0[a-z]{3}-[\w-]{22,}+"),  # Square
    (("dapi",), r"dapi[a-f0-9]{32}"),  # Databricks
    (("ATATT3",), r"ATATT3[\w=-]{20,}+"),  # Atlassian
    (("PMAK-",), r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}"),  # Postman
    (("lin_api_",), r"lin_api_[A-Za-z0-9]{32,}+"),  # Linear
    (("figd_",), r"figd_[\w-]{20,}+"),  # Figma
    (("hvs.", "hvb."), r"hv[sb]\.[\w-]{24,}+"),  # HashiCorp Vault
    (("AGE-SECRET-KEY-1",), r"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
    (("glsa_",), r"glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}"),  # Grafana
    (("NRAK-",), r"NRAK-[A-Z0-9]{27}"),  # New Relic
    (("gsk_", "pplx-", "xai-", "r8_", "sbp_", "ntn_"), r"(?:gsk_|pplx-|xai-|r8_|sbp_|ntn_)[A-Za-z0-9]{32,}+"),
    (("key-",), r"key-[a-f0-9]{32}"),  # Mailgun
    ((":AA",), r"[0-9]{8,10}:AA[\w-]{33}"),  # Telegram
    (("AC", "SK"), r"(?:AC|SK)[a-f0-9]{32}"),  # Twilio
    (("discord",), r"discord(?:app)?\.com/api/webhooks/[0-9]{16,20}/[\w-]{60,}+"),
    (("sp_",), r"sp_[A-Za-z0-9]{8,32}_[\w-]{24,}+"),  # this gateway
    (("hooks.slack.com/",), r"hooks\.slack\.com/services/\w{6,16}/\w{6,16}/\w{16,40}"),
)
_TOKENS = tuple((markers, Lazily(rf"(?<![\w-]){pattern}(?![\w-])")) for markers, pattern in _ISSUERS)
_SHORTEST = 15
"""Characters of the shortest token that any of the patterns matches; none of them has white space in it."""
_AWS_KEY_ID = _TOKENS[0][1]
_AWS_SECRET = Lazily(r"(?<![\w/+=])(?=[A-Za-z/+]{0,39}[0-9])[A-Za-z0-9/+]{40}(?![\w/+=])")
_AWS_SECRET_REACH = 160  # the two are written on neighbouring lines of a credentials file


def find(text: str) -> Iterable[Finding]:
    long = "\n".join([word for word in text.split() if len(word) >= _SHORTEST])
    if not long:
        return
    for markers, pattern in _TOKENS:
        if any(marker in long for marker in markers):
            for match in pattern.finditer(text):
                yield Finding(SECRET, match.start(), match.end(), 0.99, "token")
                if pattern is _AWS_KEY_ID:
                    yield from _aws_secret(text, match.end())


def _aws_secret(text: str, start: int) -> Iterator[Finding]:
    """The secret that belongs to an access key id has no prefix of its own: it is known by standing behind it."""
    match = _AWS_SECRET.search(text, start, start + _AWS_SECRET_REACH)
    if match:
        yield Finding(SECRET, match.start(), match.end(), 0.9, "token")
