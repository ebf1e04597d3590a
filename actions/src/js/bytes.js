// Bytes and text: what Actions use of Node's `Buffer`, and the encoders of the web.
(function (native, shared) {
  'use strict';
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const fromBinary = (binary) => Uint8Array.from(binary, (letter) => letter.charCodeAt(0) & 255);
  const toBinary = (bytes) => {
    let binary = '';
    for (let start = 0; start < bytes.length; start += 8192) {
      binary += String.fromCharCode.apply(null, bytes.subarray(start, start + 8192));
    }
    return binary;
  };
  const toBase64 = (bytes, letters = alphabet, padding = '=') => {
    const quartets = [];
    for (let start = 0; start < bytes.length; start += 3) {
      const [first, second, third] = bytes.subarray(start, start + 3);
      const bits = (first << 16) | ((second ?? 0) << 8) | (third ?? 0);
      quartets.push(
        letters[bits >> 18] +
          letters[(bits >> 12) & 63] +
          (second === undefined ? padding : letters[(bits >> 6) & 63]) +
          (third === undefined ? padding : letters[bits & 63]),
      );
    }
    return quartets.join('');
  };
  const fromBase64 = (base64) => {
    const letters = base64.replace(/-/g, '+').replace(/_/g, '/').replace(/[^A-Za-z0-9+/]/g, '');
    const bytes = new Uint8Array(Math.floor((letters.length * 3) / 4));
    let bits = 0;
    let held = 0;
    let length = 0;
    for (const letter of letters) {
      bits = ((bits << 6) | alphabet.indexOf(letter)) & 0xffffff;
      held += 6;
      if (held >= 8) {
        held -= 8;
        bytes[length++] = (bits >> held) & 255;
      }
    }
    return bytes;
  };
  const toUtf8 = (string) => fromBinary(native.utf8(shared.text(string)));
  const fromUtf8 = (bytes) => native.fromUtf8(toBinary(bytes));
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

  class Buffer extends Uint8Array {
    static from(value, encoding = 'utf8', length = undefined) {
      if (typeof value !== 'string') {
        if (value instanceof ArrayBuffer) {
          return new Buffer(value, typeof encoding === 'number' ? encoding : 0, length);
        }
        const bytes = ArrayBuffer.isView(value) || Array.isArray(value) ? value : value?.data ?? [];
        return Buffer.copy(Uint8Array.from(bytes, (byte) => byte & 255));
      }
      switch (String(encoding).toLowerCase()) {
        case 'utf8':
        case 'utf-8':
          return Buffer.copy(toUtf8(value));
        case 'base64':
        case 'base64url':
          return Buffer.copy(fromBase64(value));
        case 'hex': {
          const digits = /^(?:[0-9a-f]{2})*/i.exec(value)[0];
          return Buffer.copy(Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16)));
        }
        case 'latin1':
        case 'binary':
        case 'ascii':
          return Buffer.copy(fromBinary(value));
        default:
          throw new TypeError(`Unknown encoding: ${encoding}`);
      }
    }
    static copy(bytes) {
      const buffer = new Buffer(bytes.length);
      buffer.set(bytes);
      return buffer;
    }
    static alloc(length, fill = 0) {
      return new Buffer(length).fill(fill);
    }
    static isBuffer(value) {
      return value instanceof Buffer;
    }
    static byteLength(value, encoding) {
      return typeof value === 'string' ? Buffer.from(value, encoding).length : value.byteLength;
    }
    static concat(parts) {
      return Buffer.copy(Uint8Array.from(parts.flatMap((part) => Array.from(part))));
    }
    equals(other) {
      return this.length === other.length && this.every((byte, index) => byte === other[index]);
    }
    toString(encoding = 'utf8') {
      switch (String(encoding).toLowerCase()) {
        case 'utf8':
        case 'utf-8':
          return fromUtf8(this);
        case 'base64':
          return toBase64(this);
        case 'base64url':
          return toBase64(this).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
        case 'hex':
          return hex(this);
        case 'latin1':
        case 'binary':
          return toBinary(this);
        case 'ascii':
          return toBinary(this.map((byte) => byte & 127));
        default:
          throw new TypeError(`Unknown encoding: ${encoding}`);
      }
    }
    toJSON() {
      return { type: 'Buffer', data: Array.from(this) };
    }
  }

  class TextEncoder {
    get encoding() {
      return 'utf-8';
    }
    encode(string = '') {
      return toUtf8(string);
    }
  }
  class TextDecoder {
    constructor(label = 'utf-8') {
      if (!/^utf-?8$/i.test(label)) throw new RangeError(`The encoding ${label} is not available here`);
    }
    get encoding() {
      return 'utf-8';
    }
    decode(bytes = new Uint8Array()) {
      return fromUtf8(ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes));
    }
  }
  const btoa = (string) => {
    if (/[^\0-\xff]/.test(string)) throw new RangeError('Invalid character');
    return toBase64(fromBinary(String(string)));
  };
  const atob = (base64) => {
    const letters = String(base64).replace(/[\t\n\f\r ]/g, '');
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(letters)) throw new RangeError('The string to be decoded is not correctly encoded.');
    return toBinary(fromBase64(letters));
  };
  return { Buffer, TextEncoder, TextDecoder, atob, btoa, toBinary, fromBinary };
})
