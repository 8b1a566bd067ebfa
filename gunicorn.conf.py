"""How gunicorn serves the product; it reads this file by itself when started from the project's root.

Its command line may say otherwise, but for the access log's format: query strings hold what people type into
filters, and no log of ours keeps one.
"""

wsgi_app = "wsgi:app"
worker_class = "gthread"
workers = 2
threads = 8

#: Address, time, method, path without query string, status, bytes, milliseconds. No referrer, no user agent.
access_log_format = '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(b)s %(M)sms'
accesslog = "-"

# Its remote control is a socket in the home folder, which several installations on one machine would share.
control_socket_disable = True
