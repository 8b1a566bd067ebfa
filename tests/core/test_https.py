"""Forms over https, as a browser behind the reverse proxy sends them."""

import re

from flask import Flask

HTTPS = "https://localhost"


def test_a_form_is_taken_although_pages_let_browsers_send_no_referrer(world: Flask) -> None:
    client = world.test_client()
    page = client.get("/sign-in", base_url=HTTPS)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    form = {"email": "nobody@example.org", "password": "three random words"}
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page.get_data(as_text=True))
    assert found is not None
    answer = client.post("/sign-in", base_url=HTTPS, data={**form, "csrf_token": found[1]})
    assert answer.status_code == 200, "the form comes back with what is wrong beside it"
    assert client.post("/sign-in", base_url=HTTPS, data=form).status_code == 400, "the token decides"
