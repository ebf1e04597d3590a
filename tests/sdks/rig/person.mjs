// Somebody at the login pages, by plain HTTP: keeps cookies, follows redirects, fills forms.

import { domain } from "./environment.mjs";

export class Person {
  #jars = new Map();
  #hosts;

  /** `hosts` are those whose pages the person works through; any other is where the way ends. */
  constructor(email, password, hosts = [domain]) {
    this.email = email;
    this.password = password;
    this.#hosts = hosts;
  }

  /**
   * Goes from an authorization URL through the pages to the application's callback, and answers its address.
   * Pages ask for what they like: an address, a password, an organization, consent.
   */
  async comesBackFrom(url, answers = {}) {
    const given = { username: this.email, email: this.email, password: this.password, ...answers };
    let place = await this.#open(url);
    for (let pages = 0; pages < 8 && place.html !== undefined; pages += 1) {
      const form = forms(place.html).find((each) => each.method === "post");
      if (!form) throw new Error(`no form at ${place.url}: ${text(place.html)}`);
      const filled = new URLSearchParams(form.fields.map(([name, value]) => [name, given[name] ?? value]));
      const button = form.buttons.find(([name]) => given[name] !== undefined) ?? form.buttons[0];
      if (button?.[0]) filled.set(button[0], given[button[0]] ?? button[1]);
      const next = await this.#open(new URL(form.action || place.url, place.url), filled);
      const isSame = next.html !== undefined && next.url.pathname === place.url.pathname;
      if (isSame) throw new Error(`not let past ${place.url.pathname}: ${text(next.html)}`);
      place = next;
    }
    return place.url;
  }

  /** Opens an address of the provider and answers where that led: to a page, or away from the provider. */
  async visits(url) {
    return this.#open(url);
  }

  async #open(url, form) {
    let [target, body] = [new URL(url), form];
    for (let redirects = 0; redirects < 20; redirects += 1) {
      if (!this.#hosts.includes(target.host)) return { url: target };
      const cookie = [...this.#jar(target)].map(([name, value]) => `${name}=${value}`).join("; ");
      const response = await fetch(target, {
        method: body ? "POST" : "GET",
        body,
        redirect: "manual",
        headers: { cookie, ...(body && { origin: target.origin }) },
      });
      response.headers.getSetCookie().forEach((line) => this.#keep(target, line));
      const location = response.headers.get("location");
      if (location === null) return { url: target, status: response.status, html: await response.text() };
      [target, body] = [new URL(location, target), undefined];
    }
    throw new Error(`redirected without end from ${url}`);
  }

  #jar(url) {
    if (!this.#jars.has(url.host)) this.#jars.set(url.host, new Map());
    return this.#jars.get(url.host);
  }

  #keep(url, line) {
    const [pair, ...attributes] = line.split(";").map((part) => part.trim());
    const [name, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
    const isOver = attributes.some((each) => /^max-age=(0|-)/i.test(each) || /^expires=.*1970/i.test(each));
    if (isOver) this.#jar(url).delete(name);
    else this.#jar(url).set(name, value);
  }
}

function forms(html) {
  return [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gis)].map(([, tag, inside]) => ({
    action: attribute(tag, "action"),
    method: (attribute(tag, "method") || "get").toLowerCase(),
    fields: [...inside.matchAll(/<input\b([^>]*)>/gi)]
      .map(([, input]) => [attribute(input, "name"), attribute(input, "value"), attribute(input, "type")])
      .filter(([name, , type]) => name && type !== "submit"),
    buttons: [...inside.matchAll(/<button\b([^>]*)>/gi)].map(([, button]) => [
      attribute(button, "name"),
      attribute(button, "value"),
    ]),
  }));
}

function attribute(tag, name) {
  const found = new RegExp(`\\b${name}="([^"]*)"`, "i").exec(tag);
  const decoded = { "&amp;": "&", "&#38;": "&", "&quot;": '"', "&#34;": '"', "&#39;": "'", "&lt;": "<", "&gt;": ">" };
  return (found?.[1] ?? "").replace(/&(amp|#38|quot|#34|#39|lt|gt);/g, (entity) => decoded[entity]);
}

const text = (html) =>
  html
    .replace(/<(style|script|head)\b.*?<\/\1>/gis, " ")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 300);
