// Timers, in the order in which they are due.
(function (native, shared) {
  'use strict';

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
  const setTimeout = later(false);
  return {
    setTimeout,
    setInterval: later(true),
    setImmediate: (callback, ...values) => setTimeout(callback, 0, ...values),
    clearTimeout: forget,
    clearInterval: forget,
    clearImmediate: forget,
    next: () => (timers.length > 0 ? timers[0].due : -1),
    fire() {
      const timer = timers.shift();
      if (timer.repeat) schedule({ ...timer, due: native.elapsed() + timer.pause });
      try {
        timer.callback(...timer.values);
      } catch (error) {
        native.finish(shared.message(error));
      }
    },
  };
})
