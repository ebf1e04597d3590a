// The globals of an Action that the engine lacks or has in another way, and what the engine calls back.
(function (native) {
  'use strict';

  const define = (name, value) =>
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  // What is seldom used is made when it is asked for.
  const lazily = (name, make) =>
    Object.defineProperty(globalThis, name, {
      configurable: true,
      enumerable: false,
      get() {
        const value = make();
        define(name, value);
        return value;
      },
      set(value) {
        define(name, value);
      },
    });

  // Text and JSON that Rust can read: without lone surrogates.
  const text = (value) => String(value).toWellFormed();
  const json = (value) =>
    JSON.stringify(value, (_, inner) => (typeof inner === 'string' ? inner.toWellFormed() : inner));

  // Time. Auth0 runs Actions in UTC, whatever the zone of this machine.
  const MachineDate = Date;
  const zoned = /(?:Z|GMT|UTC|[+-]\d{2}:?\d{2})\s*(?:\([^)]*\))?\s*$/i;
  const dateOnly = /^\s*[+-]?\d{4,6}(?:-\d{2}){0,2}\s*$/;
  const isoTime = /^\s*[+-]?\d{4,6}-\d{2}-\d{2}T/;
  const parse = (value) => {
    const string = String(value);
    if (zoned.test(string) || dateOnly.test(string)) return MachineDate.parse(string);
    return MachineDate.parse(isoTime.test(string) ? `${string.trim()}Z` : `${string} UTC`);
  };
  function instant(parts) {
    if (parts.length === 0) return native.now();
    if (parts.length > 1) return MachineDate.UTC(...parts);
    const value = parts[0] instanceof MachineDate ? parts[0].getTime() : parts[0];
    const primitive = typeof value === 'object' && value !== null ? value[Symbol.toPrimitive]?.('default') ?? `${value}` : value;
    return typeof primitive === 'string' ? parse(primitive) : Number(primitive);
  }
  function HostDate(...parts) {
    if (!new.target) return new HostDate().toString();
    return Reflect.construct(MachineDate, [instant(parts)], new.target);
  }
  const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const two = (number) => String(number).padStart(2, '0');
  const prototype = MachineDate.prototype;
  const methods = {
    getTimezoneOffset() {
      return Number.isNaN(this.getTime()) ? NaN : 0;
    },
    toDateString() {
      if (Number.isNaN(this.getTime())) return 'Invalid Date';
      const year = String(this.getUTCFullYear()).padStart(4, '0');
      return `${days[this.getUTCDay()]} ${months[this.getUTCMonth()]} ${two(this.getUTCDate())} ${year}`;
    },
    toTimeString() {
      if (Number.isNaN(this.getTime())) return 'Invalid Date';
      const time = [this.getUTCHours(), this.getUTCMinutes(), this.getUTCSeconds()].map(two).join(':');
      return `${time} GMT+0000 (Coordinated Universal Time)`;
    },
    toString() {
      return Number.isNaN(this.getTime()) ? 'Invalid Date' : `${this.toDateString()} ${this.toTimeString()}`;
    },
    toLocaleDateString() {
      if (Number.isNaN(this.getTime())) return 'Invalid Date';
      return `${this.getUTCMonth() + 1}/${this.getUTCDate()}/${this.getUTCFullYear()}`;
    },
    toLocaleTimeString() {
      if (Number.isNaN(this.getTime())) return 'Invalid Date';
      const hours = this.getUTCHours();
      const time = [hours % 12 || 12, two(this.getUTCMinutes()), two(this.getUTCSeconds())].join(':');
      return `${time} ${hours < 12 ? 'AM' : 'PM'}`;
    },
    toLocaleString() {
      if (Number.isNaN(this.getTime())) return 'Invalid Date';
      return `${this.toLocaleDateString()}, ${this.toLocaleTimeString()}`;
    },
  };
  for (const part of ['Date', 'Day', 'FullYear', 'Hours', 'Milliseconds', 'Minutes', 'Month', 'Seconds']) {
    methods[`get${part}`] = prototype[`getUTC${part}`];
    if (part !== 'Day') methods[`set${part}`] = prototype[`setUTC${part}`];
  }
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true, enumerable: false });
  }
  Object.defineProperty(HostDate, 'name', { value: 'Date' });
  Object.defineProperty(HostDate, 'length', { value: 7 });
  Object.defineProperty(HostDate, 'prototype', { value: prototype, writable: false });
  Object.defineProperty(prototype, 'constructor', { value: HostDate, writable: true, configurable: true });
  const statics = { now: () => native.now(), parse, UTC: MachineDate.UTC };
  for (const [name, value] of Object.entries(statics)) {
    Object.defineProperty(HostDate, name, { value, writable: true, configurable: true, enumerable: false });
  }
  define('Date', HostDate);
  define('performance', { now: () => native.elapsed(), timeOrigin: native.now() });

  Object.defineProperty(Math, 'random', {
    value: () => native.fraction(),
    writable: true,
    configurable: true,
    enumerable: false,
  });

  // These go through all indices without a look at the deadline, whether something is there or not.
  const longest = 2 ** 24;
  const unwatched =
    'concat copyWithin fill flat join reverse shift slice sort splice toReversed toSorted toSpliced unshift with';
  for (const name of unwatched.split(' ')) {
    const method = Array.prototype[name];
    const watched = {
      [name](...values) {
        const spread = name === 'concat' && values.some((value) => value?.length > longest && typeof value === 'object');
        if (this?.length > longest || spread) throw new RangeError('Invalid array length');
        return method.apply(this, values);
      },
    }[name];
    Object.defineProperty(watched, 'length', { value: method.length });
    Object.defineProperty(Array.prototype, name, { value: watched, writable: true, configurable: true, enumerable: false });
  }

  // The console: a line for each call.
  const shown = (value) => {
    if (typeof value === 'string') return value;
    if (value instanceof Error) return value.stack ? `${value}\n${value.stack}` : String(value);
    if (typeof value === 'function') return `[Function: ${value.name || '(anonymous)'}]`;
    if (typeof value !== 'object' || value === null) return String(value);
    try {
      return JSON.stringify(value) ?? String(value);
    } catch {
      return '[object with a circle]';
    }
  };
  const console = {};
  for (const level of ['log', 'info', 'warn', 'error', 'debug']) {
    console[level] = (...values) => native.log(level, text(values.map(shown).join(' ').slice(0, 256)));
  }
  console.trace = console.debug;
  define('console', console);

  // Timers, in the order in which they are due.
  let timers = [];
  let lastTimer = 0;
  const later = (repeat) => (callback, delay, ...values) => {
    if (typeof callback !== 'function') throw new TypeError('The "callback" argument must be of type function');
    const pause = Math.max(1, Math.min(Number(delay) || 0, 2 ** 31 - 1));
    const timer = { id: ++lastTimer, due: native.elapsed() + pause, pause, repeat, callback, values };
    schedule(timer);
    return timer.id;
  };
  const schedule = (timer) => {
    let place = timers.length;
    while (place > 0 && timers[place - 1].due > timer.due) place -= 1;
    timers.splice(place, 0, timer);
  };
  const forget = (id) => {
    timers = timers.filter((timer) => timer.id !== id);
  };
  define('setTimeout', later(false));
  define('setInterval', later(true));
  define('setImmediate', (callback, ...values) => setTimeout(callback, 0, ...values));
  define('clearTimeout', forget);
  define('clearInterval', forget);
  define('clearImmediate', forget);
  define('global', globalThis);
  define('process', { env: {}, version: 'v22.0.0', versions: { node: '22.0.0' }, nextTick: (callback, ...values) => queueMicrotask(() => callback(...values)) });

  define('structuredClone', (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value))));
  for (const name of ['Buffer', 'TextEncoder', 'TextDecoder', 'atob', 'btoa']) {
    lazily(name, () => native.part('bytes')[name]);
  }
  for (const name of ['URL', 'URLSearchParams']) lazily(name, () => native.part('url')[name]);
  lazily('crypto', () => native.part('crypto').webcrypto);

  // Calls that the host answers. So many are under way at once; the rest wait in the Action's own memory.
  const mostAtOnce = 20;
  const answers = new Map();
  const waiting = [];
  let lastCall = 0;
  const send = () => {
    while (answers.size < mostAtOnce && waiting.length > 0) {
      const { api, request, settle } = waiting.shift();
      lastCall += 1;
      answers.set(lastCall, settle);
      native.call(lastCall, api, request);
    }
  };
  const call = (api, request) =>
    new Promise((resolve, reject) => {
      waiting.push({ api, request: json(request), settle: { resolve, reject } });
      send();
    });

  // The engine throws `null` when there is no memory left for an error.
  const message = (error) => {
    try {
      if (error === null) return 'null was thrown: the Action may have run out of memory';
      if (error !== null && typeof error === 'object' && 'message' in error) return text(error.message);
      return text(error);
    } catch {
      return 'The Action threw something that has no text';
    }
  };

  const shared = {
    text,
    json,
    call,
    // Runs a handler to its end and tells how it ended.
    start(handler, event) {
      (async () => handler(event, native.part('api')(event)))().then(
        () => native.finish(undefined),
        (error) => native.finish(message(error)),
      );
    },
    answer(id, response) {
      const settle = answers.get(id);
      answers.delete(id);
      send();
      if (response === undefined) settle.reject(new Error('The request was not answered'));
      else settle.resolve(JSON.parse(response));
    },
    nextTimer: () => (timers.length > 0 ? timers[0].due : -1),
    fire() {
      const timer = timers.shift();
      if (timer.repeat) schedule({ ...timer, due: native.elapsed() + timer.pause });
      try {
        timer.callback(...timer.values);
      } catch (error) {
        native.finish(message(error));
      }
    },
  };
  const parts = {};
  native.part = (name) => (parts[name] ??= native.source(name)(native, shared));
  shared.require = native.part('require');
  return shared;
})
