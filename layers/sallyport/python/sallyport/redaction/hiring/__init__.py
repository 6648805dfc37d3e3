"""CVs without what could bias a judgement: who somebody is goes, what somebody can do stays. There is no way back.

Each module finds one kind of thing and says how the text reads without it; `anonymize` puts them together.
"""
