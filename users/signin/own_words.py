"""Words of a person that a guesser tries first: name, login, e-mail address, phone number, company."""

from __future__ import annotations

import re

_WORD = re.compile(r"\w{3,}")


def own_words(
    *, login: str = "", name: str = "", email: str = "", phone: str = "", company: str = ""
) -> list[str]:
    """The texts whole and word by word, the number also without its country and its area; each word once."""
    texts = [text.strip() for text in (login, name, email, email.partition("@")[0], company)]
    digits = "".join(filter(str.isdigit, phone))
    words = [text for text in texts if len(text) > 1]
    words += [word for text in texts for word in _WORD.findall(text)]
    words += [digits[-length:] for length in (11, 10, 7) if len(digits) >= length]
    return list(dict.fromkeys(words))
