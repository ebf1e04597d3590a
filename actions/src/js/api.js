// Auth0's `api` object of the post-login trigger. What it changes is written down by the engine.
(function (native, shared) {
  'use strict';
  const { text, json, parse } = shared;

  return (event) => {
    const api = {};
    const put = (path, value) => {
      const [family, method] = path.split('.');
      api[family] ??= {};
      api[family][method] = value;
    };
    // An `undefined` at the end is as if nothing had been said.
    const written = (values) => {
      while (values.length > 0 && values.at(-1) === undefined) values.pop();
      return json(values);
    };
    const wish = (path, width) =>
      put(path, (...values) => {
        native.wish(path, written(values.slice(0, width)));
        return api;
      });

    wish('access.deny', 2);
    wish('validation.error', 2);
    wish('idToken.setCustomClaim', 2);
    wish('accessToken.setCustomClaim', 2);
    wish('accessToken.addScope', 1);
    wish('accessToken.removeScope', 1);
    wish('user.setAppMetadata', 2);
    wish('user.setUserMetadata', 2);
    wish('redirect.sendUserTo', 2);
    wish('authentication.setPrimaryUser', 1);
    for (const family of ['session', 'refreshToken']) {
      wish(`${family}.revoke`, 2);
      wish(`${family}.setMetadata`, 2);
      wish(`${family}.deleteMetadata`, 1);
      wish(`${family}.evictMetadata`, 0);
      wish(`${family}.setExpiresAt`, 1);
      wish(`${family}.setIdleExpiresAt`, 1);
    }
    wish('session.setCookieMode', 1);

    put('transaction.setMetadata', (key, value) => {
      native.wish('transaction.setMetadata', written([key, value]));
      // The event shows at once what was set.
      event.transaction ??= {};
      event.transaction.metadata ??= {};
      if (value === null || value === undefined) delete event.transaction.metadata[key];
      else event.transaction.metadata[key] = value;
      return api;
    });
    put('authentication.recordMethod', (url) => {
      if (native.handler !== 'onContinuePostLogin') {
        throw new Error('api.authentication.recordMethod is available in onContinuePostLogin only');
      }
      native.wish('authentication.recordMethod', json([url]));
      return api;
    });

    put('redirect.canRedirect', () => {
      const { protocol, prompt } = event.transaction ?? {};
      const silent = Array.isArray(prompt) ? prompt.includes('none') : prompt === 'none';
      const direct = ['oauth2-refresh-token', 'oauth2-password', 'oauth2-resource-owner', 'oauth2-device-code'];
      return !silent && !direct.includes(protocol);
    });
    put('redirect.encodeToken', (options) => {
      const { secret, payload = {}, expiresInSeconds = 900 } = options ?? {};
      if (typeof secret !== 'string' || secret === '') {
        throw new TypeError('api.redirect.encodeToken: options.secret must be a string that is not empty');
      }
      const claims = {
        ...payload,
        sub: event.user?.user_id,
        iss: event.request?.hostname,
        exp: Math.floor(native.now() / 1000) + Number(expiresInSeconds),
        ip: event.request?.ip,
      };
      return native.encodeToken(text(secret), json(claims));
    });
    put('redirect.validateToken', (options) => {
      const { secret, tokenParameterName = 'session_token' } = options ?? {};
      if (typeof secret !== 'string' || secret === '') {
        throw new TypeError('api.redirect.validateToken: options.secret must be a string that is not empty');
      }
      const { query = {}, body = {} } = event.request ?? {};
      const token = query[tokenParameterName] ?? body[tokenParameterName];
      if (typeof token !== 'string') {
        throw new Error(`There is no parameter ${text(tokenParameterName)} with a session token in the request to /continue`);
      }
      const state = query.state ?? body.state;
      return parse(native.decodeToken(text(secret), text(token), text(state ?? '')));
    });

    put('cache.get', (key) => {
      const entry = native.cacheGet(text(key));
      return entry === undefined ? undefined : parse(entry);
    });
    put('cache.set', (key, value, options) => {
      if (typeof value !== 'string') throw new TypeError('api.cache.set: the value must be a string');
      const { ttl, expires_at: expiresAt } = options ?? {};
      const ends = [expiresAt, ttl === undefined ? undefined : native.now() + Number(ttl)];
      const end = Math.min(...ends.filter((time) => time !== undefined).map(Number));
      return parse(native.cacheSet(text(key), text(value), end));
    });
    put('cache.delete', (key) => {
      native.cacheDelete(text(key));
      return { type: 'success' };
    });

    // There have never been Rules here.
    put('rules.wasExecuted', () => false);

    const unsupported = [
      'authentication.challengeWith',
      'authentication.challengeWithAny',
      'authentication.enrollWith',
      'authentication.enrollWithAny',
      'groups.getUserGroups',
      'groups.hasGroupMembership',
      'multifactor.enable',
      'prompt.render',
      'roles.getUserEffectiveRoles',
      'samlResponse.setAttribute',
      'samlResponse.setAudience',
      'samlResponse.setAuthnContextClassRef',
      'samlResponse.setCert',
      'samlResponse.setCreateUpnClaim',
      'samlResponse.setDestination',
      'samlResponse.setDigestAlgorithm',
      'samlResponse.setEncryptionAlgorithm',
      'samlResponse.setEncryptionCert',
      'samlResponse.setEncryptionPublicKey',
      'samlResponse.setIncludeAttributeNameFormat',
      'samlResponse.setIssuer',
      'samlResponse.setKey',
      'samlResponse.setLifetimeInSeconds',
      'samlResponse.setMapIdentities',
      'samlResponse.setMapUnknownClaimsAsIs',
      'samlResponse.setNameIdentifierFormat',
      'samlResponse.setNameIdentifierProbes',
      'samlResponse.setPassthroughClaimsWithNoMapping',
      'samlResponse.setRecipient',
      'samlResponse.setRelayState',
      'samlResponse.setSignResponse',
      'samlResponse.setSignatureAlgorithm',
      'samlResponse.setSigningCert',
      'samlResponse.setTypedAttributes',
    ];
    for (const path of unsupported) put(path, () => native.wish('unsupported', json([path])));
    return api;
  };
})
