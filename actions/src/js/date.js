// `Date` by the clock of the host. Auth0 runs Actions in UTC, whatever the zone of this machine.
(function (native, shared) {
  'use strict';

  const { MachineDate } = shared;
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
  return { Date: HostDate };
})
