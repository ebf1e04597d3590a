// What Actions use of Node's `crypto`.
(function (native) {
  'use strict';
  const { Buffer, toBinary, fromBinary } = native.part('bytes');
  const bytesOf = (data, encoding) => {
    if (typeof data === 'string') return toBinary(Buffer.from(data, encoding));
    if (ArrayBuffer.isView(data)) return toBinary(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    throw new TypeError('The data must be a string or bytes');
  };
  const finished = (binary, encoding) => {
    const buffer = Buffer.from(binary, 'latin1');
    return encoding === undefined || encoding === 'buffer' ? buffer : buffer.toString(encoding);
  };
  const digesting = (finish) => {
    let data = '';
    const self = {
      update(more, encoding) {
        data += bytesOf(more, encoding);
        return self;
      },
      digest: (encoding) => finished(finish(data), encoding),
    };
    return self;
  };
  const randomBytes = (length, callback) => {
    if (!(Number.isInteger(length) && length >= 0 && length <= 65536)) {
      throw new RangeError('The length must be a whole number from 0 to 65536');
    }
    const buffer = Buffer.from(native.randomBytes(length), 'latin1');
    if (typeof callback !== 'function') return buffer;
    queueMicrotask(() => callback(null, buffer));
    return undefined;
  };
  const randomUUID = () => {
    const bytes = randomBytes(16);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = bytes.toString('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  };
  const randomInt = (low, high) => {
    const [from, to] = high === undefined ? [0, low] : [low, high];
    return from + Math.floor(native.fraction() * (to - from));
  };
  const timingSafeEqual = (one, other) => {
    if (one.byteLength !== other.byteLength) throw new RangeError('Input buffers must have the same byte length');
    return bytesOf(one) === bytesOf(other);
  };
  const getRandomValues = (array) => {
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(fromBinary(native.randomBytes(array.byteLength)));
    return array;
  };
  const normal = (algorithm) => String(algorithm).toLowerCase().replace('-', '');
  return {
    createHash: (algorithm) => digesting((data) => native.hash(normal(algorithm), data)),
    createHmac: (algorithm, key) => {
      const secret = bytesOf(key);
      return digesting((data) => native.hmac(normal(algorithm), secret, data));
    },
    randomBytes,
    randomInt,
    randomUUID,
    timingSafeEqual,
    webcrypto: { randomUUID, getRandomValues },
  };
})
