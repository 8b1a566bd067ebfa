"""How gunicorn serves the product; it reads this file by itself when started from the project's root.

Its command line may say otherwise, but for the access log's format: query strings hold what people type into
filters, and no log of ours keeps one.
"""

import sys
from typing import Any

from app.core.commands import check_database
from app.core.installation import WrongMode
from app.core.patience import CannotRecord

#: The status by which gunicorn tells a worker that cannot start from one that died: it stops altogether.
CANNOT_START = 3

wsgi_app = "wsgi:app"
worker_class = "gthread"
workers = 2
threads = 8

#: Address, time, method, path without query string, status, bytes, milliseconds. No referrer, no user agent.
access_log_format = '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(b)s %(M)sms'
accesslog = "-"


def post_worker_init(worker: Any) -> None:
    """Serve no database that is not ours: one of the other mode, or without tables."""
    with worker.wsgi.app_context():
        try:
            check_database()
        except WrongMode as refusal:
            worker.log.error("%s", refusal)
            sys.exit(CANNOT_START)
        except CannotRecord:
            # A database that is away for a moment is no reason to stop: pages say so until it is back.
            pass


# Its remote control is a socket in the home folder, which several installations on one machine would share.
control_socket_disable = True
