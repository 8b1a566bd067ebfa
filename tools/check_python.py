"""Says in one sentence what is wrong with the Python that runs it, if anything.

It is the first thing every target runs, so it must be readable by Pythons far older than the one we ask for:
no annotations, no f-strings, no imports but of the oldest standard library.
"""

import sys


def problem_with_python():
    # type: () -> str
    """The sentence, or an empty one when this Python will do."""
    if sys.version_info[:2] < (3, 11):
        return (
            "Python 3.11 or newer is needed, and {0} is {1}.{2}. Install a newer one, or name it: make {3} "
            "PYTHON=python3.11".format(sys.executable, sys.version_info[0], sys.version_info[1], target())
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return (
            "{0} has no venv module, which makes the project's environment. Install it (on Debian and "
            "Ubuntu: apt install python3-venv) and run make {1} again.".format(sys.executable, target())
        )
    return ""


def target():
    # type: () -> str
    """The target of make that asks, to be named in the sentence."""
    return sys.argv[1] if len(sys.argv) > 1 else "setup"


if __name__ == "__main__":
    problem = problem_with_python()
    if problem:
        sys.stderr.write(problem + "\n")
        sys.exit(1)
