"""Somebody at the login pages, by plain HTTP: keeps cookies, follows redirects, fills forms."""

import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

from environment import DOMAIN


class Person:
    """Has an address, a password, and a browser without scripts."""

    def __init__(self, email, password):
        self.email = email
        self.password = password
        self.id = None
        self._browser = requests.Session()

    def comes_back_from(self, url):
        """Goes from an authorization URL through the pages to the callback; answers its parameters."""
        given = {"username": self.email, "email": self.email, "password": self.password}
        place, html = self._open("GET", url)
        for _ in range(8):
            if html is None:
                return {name: values[0] for name, values in parse_qs(urlsplit(place).query).items()}
            form = _Form(html)
            if form.action is None:
                raise AssertionError(f"no form at {place}: {_text(html)}")
            fields = {name: given.get(name, value) for name, value in form.fields.items()}
            following, html = self._open("POST", urljoin(place, form.action or place), fields)
            if html is not None and urlsplit(following).path == urlsplit(place).path:
                raise AssertionError(f"not let past {place}: {_text(html)}")
            place = following
        raise AssertionError(f"no end of pages at {place}")

    def _open(self, method, url, form=None):
        for _ in range(20):
            if urlsplit(url).netloc != DOMAIN:
                return url, None
            headers = {"Origin": f"https://{DOMAIN}"} if form else {}
            response = self._browser.request(method, url, data=form, headers=headers, allow_redirects=False)
            if "location" not in response.headers:
                return url, response.text
            method, url, form = "GET", urljoin(url, response.headers["location"]), None
        raise AssertionError(f"redirected without end to {url}")


class _Form(HTMLParser):
    """The first form of a page that is sent with POST, its first button pressed."""

    def __init__(self, html):
        super().__init__()
        self.action = None
        self.fields = {}
        self._is_open = False
        self._has_button = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form" and self.action is None and attributes.get("method", "").lower() == "post":
            self.action, self._is_open = attributes.get("action", ""), True
        if not self._is_open or not attributes.get("name"):
            return
        if tag == "input" or (tag == "button" and not self._has_button):
            self.fields[attributes["name"]] = attributes.get("value") or ""
            self._has_button = self._has_button or tag == "button"

    def handle_endtag(self, tag):
        self._is_open = self._is_open and tag != "form"


def _text(html):
    visible = re.sub(r"(?s)<(style|script|head)\b.*?</\1>|<[^>]*>", " ", html)
    return " ".join(visible.split())[:300]
