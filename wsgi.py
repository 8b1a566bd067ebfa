"""The web application, for a server of WSGI applications and for the flask command."""

from app import create_app

app = create_app()
