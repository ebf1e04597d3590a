// `require` of an Action: the modules that are here.
(function (native, shared) {
  'use strict';
  const known = { auth0: 'auth0', crypto: 'crypto', buffer: 'bytes', url: 'url' };
  return (name) => {
    // An Action may name a version, like `auth0@3.7.1`.
    const [, module, major] = /^(?:node:)?(@?[^@]*)(?:@\D*(\d+).*)?$/.exec(String(name)) ?? [];
    if (!Object.hasOwn(known, module)) {
      const error = new Error(`Cannot find module '${shared.text(name)}'`);
      error.code = 'MODULE_NOT_FOUND';
      throw error;
    }
    const part = native.part(known[module]);
    return module === 'auth0' ? part(major === undefined ? native.auth0 : Number(major)) : part;
  };
})
