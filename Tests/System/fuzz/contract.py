"""What `POST /api/webhooks/alerts` takes, said once more and in other words, to hold answers against."""

import json
import re
from datetime import datetime

SEVERITIES = {"critical", "high", "medium", "low"}
# Half of a pair: no character.
SURROGATE = "[\ud800-\udfff]"
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class Ambiguous(Exception):
    """A name stands twice in one object, or a number or time is so odd that readers may differ."""


def _no_constant(name: str) -> float:
    """JSON has no NaN and no Infinity."""
    raise ValueError(name)


def _object(members: list[tuple[str, object]]) -> dict[str, object]:
    names = [name for name, _ in members]
    if len(set(names)) != len(names):
        raise Ambiguous
    return dict(members)


def is_json(body: bytes) -> bool:
    """Whether it may be JSON of UTF-8. True where Python's reader takes more than the standard says."""
    try:
        json.loads(body.decode("utf-8").removeprefix("\ufeff"), parse_constant=_no_constant, parse_int=float)
    except RecursionError:
        return True
    except ValueError:
        return False
    return True


def is_acceptable(body: bytes) -> bool | None:
    """Whether the contract allows to accept a body. None when that can't be told."""
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant, parse_int=float
        )
        if re.search(SURROGATE, json.dumps(value, ensure_ascii=False)):
            return False
        alerts = value if isinstance(value, list) else [value]
        return 1 <= len(alerts) <= 1000 and _depth(value) <= 64 and all(map(_is_alert, alerts))
    except Ambiguous:
        return None
    except (ValueError, RecursionError):
        return False


def _depth(value: object) -> int:
    """Arrays and objects within one another."""
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0


def _is_text(value: object, most: int, least: int = 1) -> bool:
    """What becomes a key has a limit in bytes too."""
    if not isinstance(value, str) or not least <= len(value) <= most or "\x00" in value:
        return False
    return most > 512 or len(value.encode()) <= 2 * most


def _is_alert(alert: object) -> bool:
    if not isinstance(alert, dict):
        return False
    given = {name: value for name, value in alert.items() if value is not None}
    labels, links = given.get("labels", {}), given.get("links", [])
    return (
        _is_text(given.get("asset_name"), 255)
        and _is_text(given.get("signature"), 255)
        and _is_one_of(given.get("severity"), SEVERITIES)
        and _is_text(given.get("message"), 8192)
        and _is_text(given.get("tool_source", ""), 255, 0)
        and _is_one_of(given.get("status", "firing"), {"firing", "resolved"})
        and _is_text(given.get("dedup_key", ""), 512, 0)
        and ("timestamp" not in given or _is_instant(given["timestamp"]))
        and isinstance(labels, dict)
        and len(labels) <= 64
        and all(_is_text(name, 255) and _is_label(value) for name, value in labels.items())
        and isinstance(links, list)
        and len(links) <= 20
        and all(_is_text(link, 2048) and link.startswith(("http://", "https://")) for link in links)
    )


def _is_one_of(value: object, choices: set[str]) -> bool:
    return isinstance(value, str) and value in choices


def _is_instant(value: object) -> bool:
    if not isinstance(value, str) or not INSTANT.fullmatch(value):
        return False
    try:
        # Python reads no more than six digits of a fraction, and no leap second.
        datetime.fromisoformat(re.sub(r"\.\d+", "", value).upper())
    except ValueError:
        raise Ambiguous from None
    return True


def _is_label(value: object) -> bool:
    if isinstance(value, float):
        raise Ambiguous
    return isinstance(value, bool) or _is_text(value, 4096, 0)
