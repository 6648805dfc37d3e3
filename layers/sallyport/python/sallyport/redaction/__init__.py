"""Find personal data and secrets in text, judge how sensitive it is, replace it by placeholders and put it back.

Pure; the engine needs the standard library only, a policy's own lists pydantic. `detect` → `judge` → `redact` on the
way to a model, `restore` on the way back.
"""
