// The globals of an Action that the engine lacks or has in another way, and what the engine calls back.
(function (native) {
  'use strict';

  // As they are before an Action can change them: what it makes of them must not bend what is said in its name. That does
  // not keep it in: it is the host that decides what an Action reaches.
  const { JSON: { parse, stringify }, Map, Promise, String } = globalThis;
  const wellFormed = Function.prototype.call.bind(String.prototype.toWellFormed);

  const MachineDate = Date;
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
  const text = (value) => wellFormed(String(value));
  const json = (value) => stringify(value, (_, inner) => (typeof inner === 'string' ? wellFormed(inner) : inner));

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
      return stringify(value) ?? String(value);
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

  define('global', globalThis);
  define('process', { env: {}, nextTick: (callback, ...values) => queueMicrotask(() => callback(...values)) });

  const inParts = {
    bytes: 'Buffer TextEncoder TextDecoder atob btoa',
    date: 'Date',
    timers: 'setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate',
    url: 'URL URLSearchParams',
  };
  for (const [part, names] of Object.entries(inParts)) {
    for (const name of names.split(' ')) lazily(name, () => native.part(part)[name]);
  }
  lazily('crypto', () => native.part('crypto').webcrypto);
  lazily('performance', () => ({ now: () => native.elapsed(), timeOrigin: native.now() }));

  // Calls that the host answers. So many are under way at once; the rest wait in the Action's own memory.
  const mostAtOnce = 20;
  const answers = new Map();
  const waiting = [];
  let lastCall = 0;
  const send = () => {
    while (answers.size < mostAtOnce && waiting.length > 0) {
      const { api, request, settle } = waiting.shift();
      lastCall += 1;
      try {
        native.call(lastCall, api, request);
        answers.set(lastCall, settle);
      } catch (error) {
        settle.reject(error);
      }
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
      if (typeof error === 'object' && 'message' in error) return text(error.message);
      return text(error);
    } catch {
      return 'The Action threw something that has no text';
    }
  };

  const shared = {
    text,
    json,
    parse,
    call,
    message,
    // The engine's own, for the one that takes its place.
    MachineDate,
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
      else settle.resolve(parse(response));
    },
    nextTimer: () => parts.timers?.next() ?? -1,
    fire: () => parts.timers.fire(),
  };
  const parts = {};
  native.part = (name) => (parts[name] ??= native.source(name)(native, shared));
  shared.require = native.part('require');
  return shared;
})
