"""The steps of a life: one line each, and a closing line that counts them."""

import sys
import traceback

_passed = 0
_missing = []
_failed = []


def chapter(name, play, *arguments):
    """Steps that belong together. What goes wrong between them fails, too; the next chapter begins all the same."""
    print(f"# {name}", flush=True)
    try:
        return play(*arguments)
    except Exception as error:
        _report(name, error)


def step(name):
    """Runs the decorated function at once, and leaves what it answers in its place."""

    def run(play):
        global _passed
        try:
            result = play()
        except Exception as error:
            return _report(name, error)
        _passed += 1
        print(f"ok {name}: {result}" if isinstance(result, int) else f"ok {name}", flush=True)
        return result

    return run


def refused(error_type, call, check=lambda error: None):
    """Fails unless the call is refused with an error of this type that `check` accepts."""
    try:
        call()
    except error_type as error:
        if _is_missing(error):
            raise
        check(error)
        return
    raise AssertionError(f"not refused, but {error_type.__name__} is what should come")


def equal(found, wanted):
    """Fails and says both, unless they are the same."""
    if found != wanted:
        raise AssertionError(f"{found!r}, but wanted was {wanted!r}")


def close():
    """Ends the process: with a failure unless every step has passed."""
    for name in _missing:
        print(f"- the provider does not have it: {name}")
    for name in _failed:
        print(f"- {name}")
    print(f"{_passed} steps passed, {len(_missing)} missing, {len(_failed)} failed")
    sys.exit(1 if _missing or _failed else 0)


def _report(name, error):
    if _is_missing(error):
        _missing.append(name)
        print(f"missing {name}", flush=True)
        return
    _failed.append(name)
    print(f"FAILED {name}: {''.join(traceback.format_exception(error, limit=-4))}", flush=True)


def _is_missing(error):
    return getattr(error, "status_code", None) == 501
