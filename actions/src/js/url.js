// `URL` and `URLSearchParams` as Actions use them; the engine does the parsing.
(function (native, shared) {
  'use strict';
  const { text, parse } = shared;
  const decode = (part) => {
    const spaced = part.replace(/\+/g, ' ');
    try {
      return decodeURIComponent(spaced);
    } catch {
      return spaced;
    }
  };
  const encode = (part) =>
    encodeURIComponent(text(part)).replace(/%20/g, '+').replace(/[!'()~]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

  class URLSearchParams {
    #pairs = [];
    #changed;
    constructor(init = '', changed = () => {}) {
      this.#changed = changed;
      if (typeof init === 'string') {
        for (const pair of init.replace(/^\?/, '').split('&')) {
          if (pair === '') continue;
          const at = pair.indexOf('=');
          const name = at < 0 ? pair : pair.slice(0, at);
          this.#pairs.push([decode(name), at < 0 ? '' : decode(pair.slice(at + 1))]);
        }
      } else if (init !== null && init !== undefined) {
        const pairs = typeof init[Symbol.iterator] === 'function' ? init : Object.entries(init);
        for (const [name, value] of pairs) this.#pairs.push([String(name), String(value)]);
      }
    }
    get size() {
      return this.#pairs.length;
    }
    get(name) {
      return this.#pairs.find(([key]) => key === name)?.[1] ?? null;
    }
    getAll(name) {
      return this.#pairs.filter(([key]) => key === name).map(([, value]) => value);
    }
    has(name) {
      return this.#pairs.some(([key]) => key === name);
    }
    append(name, value) {
      this.#pairs.push([String(name), String(value)]);
      this.#changed(this.toString());
    }
    set(name, value) {
      const place = this.#pairs.findIndex(([key]) => key === name);
      if (place < 0) return this.append(name, value);
      this.#pairs[place][1] = String(value);
      this.#pairs = this.#pairs.filter(([key], index) => key !== name || index === place);
      return this.#changed(this.toString());
    }
    delete(name) {
      this.#pairs = this.#pairs.filter(([key]) => key !== name);
      this.#changed(this.toString());
    }
    forEach(callback) {
      for (const [name, value] of this.#pairs) callback(value, name, this);
    }
    entries() {
      return this.#pairs.map((pair) => [...pair])[Symbol.iterator]();
    }
    keys() {
      return this.#pairs.map(([name]) => name)[Symbol.iterator]();
    }
    values() {
      return this.#pairs.map(([, value]) => value)[Symbol.iterator]();
    }
    [Symbol.iterator]() {
      return this.entries();
    }
    toString() {
      return this.#pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
    }
  }

  class URL {
    #parts;
    #query;
    constructor(url, base) {
      this.#read(native.parseUrl(text(url), base === undefined ? undefined : text(base)), url);
    }
    #read(parts, url) {
      if (parts === undefined) {
        const error = new TypeError('Invalid URL');
        error.code = 'ERR_INVALID_URL';
        error.input = String(url);
        throw error;
      }
      this.#parts = parse(parts);
      this.#query = undefined;
    }
    #set(part, value) {
      const changed = native.changeUrl(this.#parts.href, part, text(value));
      if (changed !== undefined) this.#parts = parse(changed);
    }
    static canParse(url, base) {
      return native.parseUrl(text(url), base === undefined ? undefined : text(base)) !== undefined;
    }
    get searchParams() {
      this.#query ??= new URLSearchParams(this.#parts.search, (query) => this.#set('search', query));
      return this.#query;
    }
    get origin() {
      return this.#parts.origin;
    }
    get href() {
      return this.#parts.href;
    }
    set href(url) {
      this.#read(native.parseUrl(text(url), undefined), url);
    }
    get host() {
      return this.#parts.host;
    }
    toString() {
      return this.href;
    }
    toJSON() {
      return this.href;
    }
    static {
      for (const part of ['protocol', 'username', 'password', 'hostname', 'port', 'pathname', 'search', 'hash']) {
        Object.defineProperty(URL.prototype, part, {
          get() {
            return this.#parts[part];
          },
          set(value) {
            this.#set(part, value);
            if (part === 'search') this.#query = undefined;
          },
          configurable: true,
          enumerable: true,
        });
      }
    }
  }
  return { URL, URLSearchParams };
})
