// The npm package `auth0` as Actions use it: the calls of its versions 3, 4 and the current one, over the host.
(function (native, shared) {
  'use strict';

  // Method, path, and how the versions call it: 3 (a name without a dot stands on the client itself too), 4, the current
  // one. A list says how it is paged now: by page, or from a checkpoint; and where its items are.
  const table = `
    GET /users | users.getAll getUsers | users.getAll | users.list page users
    POST /users | users.create createUser | users.create | users.create
    GET /users-by-email | - | usersByEmail.getByEmail | users.listUsersByEmail
    GET /users/{id} | users.get getUser | users.get | users.get
    PATCH /users/{id} | users.update updateUser | users.update | users.update
    DELETE /users/{id} | users.delete deleteUser | users.delete | users.delete
    GET /users/{id}/roles | users.getRoles getUserRoles | users.getRoles | users.roles.list page roles
    POST /users/{id}/roles | users.assignRoles assignRolestoUser | users.assignRoles | users.roles.assign
    DELETE /users/{id}/roles | users.removeRoles removeRolesFromUser | users.deleteRoles | users.roles.delete
    GET /users/{id}/permissions | users.getPermissions getUserPermissions | users.getPermissions | users.permissions.list page permissions
    POST /users/{id}/permissions | users.assignPermissions assignPermissionsToUser | users.assignPermissions | users.permissions.create
    DELETE /users/{id}/permissions | users.removePermissions removePermissionsFromUser | users.deletePermissions | users.permissions.delete
    GET /users/{id}/organizations | users.getUserOrganizations | users.getUserOrganizations | users.organizations.list page organizations
    GET /users/{id}/logs | users.logs getUserLogs | users.getLogs | users.logs.list page logs
    GET /users/{id}/enrollments | users.getGuardianEnrollments getGuardianEnrollments | users.getEnrollments | users.enrollments.get
    GET /users/{id}/authentication-methods | users.getAuthenticationMethods | users.getAuthenticationMethods | users.authenticationMethods.list page authenticators
    POST /users/{id}/identities | - | users.link | users.identities.link
    DELETE /users/{id}/identities/{provider}/{user_id} | users.unlink unlinkUsers | users.unlink | users.identities.delete
    GET /users/{user_id}/sessions | - | users.getSessions | users.sessions.list from sessions
    DELETE /users/{user_id}/sessions | - | users.deleteSessions | users.sessions.delete
    GET /users/{user_id}/refresh-tokens | - | users.getRefreshTokens | users.refreshToken.list from tokens
    DELETE /users/{user_id}/refresh-tokens | - | users.deleteRefreshTokens | users.refreshToken.delete
    POST /users/{id}/revoke-access | - | - | users.revokeAccess
    POST /users/{id}/multifactor/actions/invalidate-remember-browser | users.invalidateRememberBrowser invalidateRememberBrowser | users.invalidateRememberBrowser | users.multifactor.invalidateRememberBrowser
    GET /user-blocks/{id} | userBlocks.get getUserBlocks | userBlocks.get | userBlocks.list
    DELETE /user-blocks/{id} | userBlocks.delete unblockUser | userBlocks.delete | userBlocks.delete
    GET /roles | roles.getAll getRoles | roles.getAll | roles.list page roles
    POST /roles | roles.create createRole | roles.create | roles.create
    GET /roles/{id} | roles.get getRole | roles.get | roles.get
    PATCH /roles/{id} | roles.update updateRole | roles.update | roles.update
    DELETE /roles/{id} | roles.delete deleteRole | roles.delete | roles.delete
    GET /roles/{id}/permissions | roles.getPermissions getPermissionsInRole | roles.getPermissions | roles.permissions.list page permissions
    POST /roles/{id}/permissions | roles.addPermissions addPermissionsInRole | roles.addPermissions | roles.permissions.add
    DELETE /roles/{id}/permissions | roles.removePermissions removePermissionsFromRole | roles.deletePermissions | roles.permissions.delete
    GET /roles/{id}/users | roles.getUsers getUsersInRole | roles.getUsers | roles.users.list from users
    POST /roles/{id}/users | roles.assignUsers assignUsersToRole | roles.assignUsers | roles.users.assign
    GET /organizations | organizations.getAll | organizations.getAll | organizations.list from organizations
    POST /organizations | organizations.create | organizations.create | organizations.create
    GET /organizations/name/{name} | organizations.getByName | organizations.getByName | organizations.getByName
    GET /organizations/{id} | organizations.getByID | organizations.get | organizations.get
    PATCH /organizations/{id} | organizations.update | organizations.update | organizations.update
    DELETE /organizations/{id} | organizations.delete | organizations.delete | organizations.delete
    GET /organizations/{id}/members | organizations.getMembers | organizations.getMembers | organizations.members.list from members
    POST /organizations/{id}/members | organizations.addMembers | organizations.addMembers | organizations.members.create
    DELETE /organizations/{id}/members | organizations.removeMembers | organizations.deleteMembers | organizations.members.delete
    GET /organizations/{id}/members/{user_id}/roles | organizations.getMemberRoles | organizations.getMemberRoles | organizations.members.roles.list page roles
    POST /organizations/{id}/members/{user_id}/roles | organizations.addMemberRoles | organizations.addMemberRoles | organizations.members.roles.assign
    DELETE /organizations/{id}/members/{user_id}/roles | organizations.removeMemberRoles | organizations.deleteMemberRoles | organizations.members.roles.delete
    GET /organizations/{id}/invitations | organizations.getInvitations | organizations.getInvitations | organizations.invitations.list page invitations
    POST /organizations/{id}/invitations | organizations.createInvitation | organizations.createInvitation | organizations.invitations.create
    GET /organizations/{id}/invitations/{invitation_id} | organizations.getInvitation | organizations.getInvitation | organizations.invitations.get
    DELETE /organizations/{id}/invitations/{invitation_id} | organizations.deleteInvitation | organizations.deleteInvitation | organizations.invitations.delete
    GET /organizations/{id}/enabled_connections | organizations.getEnabledConnections | organizations.getEnabledConnections | organizations.enabledConnections.list page enabled_connections
    POST /organizations/{id}/enabled_connections | organizations.addEnabledConnection | organizations.addEnabledConnection | organizations.enabledConnections.add
    GET /organizations/{id}/enabled_connections/{connectionId} | organizations.getEnabledConnection | organizations.getEnabledConnection | organizations.enabledConnections.get
    PATCH /organizations/{id}/enabled_connections/{connectionId} | organizations.updateEnabledConnection | organizations.updateEnabledConnection | organizations.enabledConnections.update
    DELETE /organizations/{id}/enabled_connections/{connectionId} | organizations.removeEnabledConnection | organizations.deleteEnabledConnection | organizations.enabledConnections.delete
    GET /connections | connections.getAll getConnections | connections.getAll | connections.list from connections
    GET /connections/{id} | connections.get getConnection | connections.get | connections.get
    GET /clients | clients.getAll getClients | clients.getAll | clients.list page clients
    GET /clients/{client_id} | clients.get getClient | clients.get | clients.get
    POST /tickets/email-verification | tickets.verifyEmail createEmailVerificationTicket | tickets.verifyEmail | tickets.verifyEmail
    POST /tickets/password-change | tickets.changePassword createPasswordChangeTicket | tickets.changePassword | tickets.changePassword
    POST /jobs/verification-email | jobs.verifyEmail sendEmailVerification | jobs.verifyEmail | jobs.verificationEmail.create
    GET /jobs/{id} | jobs.get getJob | jobs.get | jobs.get
    GET /sessions/{id} | - | sessions.get | sessions.get
    PATCH /sessions/{id} | - | - | sessions.update
    DELETE /sessions/{id} | - | sessions.delete | sessions.delete
    POST /sessions/{id}/revoke | - | - | sessions.revoke
    GET /refresh-tokens/{id} | - | refreshTokens.get | refreshTokens.get
    DELETE /refresh-tokens/{id} | - | refreshTokens.delete | refreshTokens.delete`;

  const operations = table
    .trim()
    .split('\n')
    .map((row) => {
      const [what, third, fourth, now] = row.split('|').map((cell) => cell.trim().split(' '));
      const [method, path] = what;
      const named = (cell) => cell.filter((name) => name !== '-');
      const [name, paging, items] = now;
      const parameters = Array.from(path.matchAll(/\{(\w+)\}/g), ([, parameter]) => parameter);
      return { method, path, parameters, third: named(third), fourth: named(fourth), now: { name, paging, items } };
    });

  // What the API refused. Each version has an error of its own.
  class SanitizedError extends Error {
    constructor({ status, body, method, path }) {
      super(body?.message ?? `${status}`);
      this.name = body?.error ?? 'APIError';
      this.statusCode = status;
      this.requestInfo = { method: method.toLowerCase(), url: path };
      this.originalError = { status, response: { body } };
    }
  }
  class ManagementApiError extends Error {
    constructor({ status, body, text, headers }) {
      super(body?.message ?? 'Response returned an error code');
      this.errorCode = body?.errorCode;
      this.error = body?.error;
      this.statusCode = body?.statusCode ?? status;
      this.body = text;
      this.headers = headers;
      this.msg = body?.message;
      this.name = 'ManagementApiError';
    }
  }
  class ManagementError extends Error {
    constructor({ status, body, headers }, name) {
      const lines = name === 'ManagementError' ? [] : [name];
      lines.push(`Status code: ${status}`);
      if (body !== undefined) lines.push(`Body: ${JSON.stringify(body, undefined, 2)}`);
      super(lines.join('\n'));
      this.name = name;
      this.statusCode = status;
      this.body = body;
      this.rawResponse = { status, headers };
    }
  }
  const names = {
    400: 'BadRequestError',
    401: 'UnauthorizedError',
    402: 'PaymentRequiredError',
    403: 'ForbiddenError',
    404: 'NotFoundError',
    409: 'ConflictError',
    410: 'GoneError',
    412: 'PreconditionFailedError',
    413: 'ContentTooLargeError',
    422: 'UnprocessableEntityError',
    429: 'TooManyRequestsError',
    500: 'InternalServerError',
    503: 'ServiceUnavailableError',
    504: 'GatewayTimeoutError',
  };
  const kinds = {};
  for (const name of Object.values(names)) {
    kinds[name] = { [name]: class extends ManagementError {} }[name];
  }
  class RequiredError extends Error {
    constructor(field) {
      super(`Required parameter requestParameters.${field} was null or undefined.`);
      this.name = 'RequiredError';
      this.field = field;
    }
  }
  class ArgumentError extends Error {
    constructor(message) {
      super(message);
      this.name = 'ArgumentError';
    }
  }

  // One request. Answers `{ status, text, body, headers }`, refused or not.
  const request = async (options, api, method, path, query, body) => {
    const token = typeof options.token === 'function' ? await options.token() : options.token;
    const { domain, clientId, clientSecret, audience } = options;
    const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null);
    const answer = await shared.call(api, {
      credentials: { domain, clientId, clientSecret, audience, token },
      method,
      path,
      query: pairs.map(([name, value]) => [name, String(value)]),
      body,
    });
    const { status, headers, body: text } = answer;
    return { status, headers, text, body: text === '' ? undefined : shared.parse(text), method, path };
  };
  const fits = (answer) => answer.status >= 200 && answer.status < 300;
  const filled = (path, values) =>
    path.replace(/\{(\w+)\}/g, (_, parameter) => encodeURIComponent(String(values[parameter])));
  const without = (values, parameters) =>
    Object.fromEntries(Object.entries(values ?? {}).filter(([name]) => !parameters.includes(name)));
  const writes = (method) => method === 'POST' || method === 'PATCH' || method === 'PUT';

  // What a caller of version 3 and one of version 4 both can read.
  const both = (answer) => {
    const { body, status, headers } = answer;
    const value = typeof body === 'object' && body !== null ? body : {};
    for (const [name, content] of Object.entries({ data: body, status, headers })) {
      if (!(name in value)) Object.defineProperty(value, name, { value: content, enumerable: false });
    }
    return value;
  };
  const styles = {
    third: { result: (answer) => answer.body ?? {}, error: (answer) => new SanitizedError(answer) },
    fourth: {
      result: ({ body, status, headers }) => ({ data: body, status, statusText: '', headers }),
      error: (answer) => new ManagementApiError(answer),
    },
    // Nobody said which version it is.
    either: {
      result: both,
      error: (answer) => Object.assign(new ManagementApiError(answer), { body: answer.text }),
    },
  };
  const settled = async (style, pending) => {
    const answer = await pending;
    if (fits(answer)) return style.result(answer);
    throw style.error(answer);
  };

  // Versions 3 and 4: parameters by name, then the body; version 3 takes a callback behind them.
  const byName = (options, style, operation) => (...values) => {
    const callback = typeof values.at(-1) === 'function' ? values.pop() : undefined;
    const { method, path, parameters } = operation;
    const bodyOnly = writes(method) && parameters.length === 0;
    const [given, body] = bodyOnly ? [{}, values[0]] : values;
    const known = { connectionId: given?.connection_id, ...given };
    for (const parameter of parameters) {
      if (known[parameter] !== undefined && known[parameter] !== null) continue;
      const error =
        style === styles.third
          ? new ArgumentError(`The ${parameter} passed in params cannot be null or undefined`)
          : new RequiredError(parameter);
      if (callback) return callback(error);
      return Promise.reject(error);
    }
    const query = without(given, [...parameters, 'connection_id']);
    const pending = settled(style, request(options, 'management', method, filled(path, known), query, body));
    if (!callback) return pending;
    pending.then((value) => callback(null, value), callback);
    return undefined;
  };

  // The current version: parameters in their order, then the query or the body.
  const byPlace = (options, operation) => {
    const { method, path, parameters, now } = operation;
    const run = (values, rest) => {
      const [query, body] = method === 'GET' ? [rest, undefined] : [undefined, rest];
      const named = Object.fromEntries(parameters.map((parameter, place) => [parameter, values[place]]));
      return request(options, 'management', method, filled(path, named), query, body).then((answer) => {
        if (fits(answer)) return answer;
        const name = names[answer.status] ?? 'ManagementError';
        throw new (kinds[name] ?? ManagementError)(answer, name);
      });
    };
    const responding = (pending, value) => {
      const promise = pending.then(value);
      promise.withRawResponse = () =>
        pending.then((answer) => ({
          data: answer.body,
          rawResponse: { status: answer.status, headers: answer.headers },
        }));
      return promise;
    };
    return (...values) => {
      const rest = values[parameters.length];
      if (now.paging === undefined) return responding(run(values, rest), (answer) => answer.body);
      const paged = now.paging === 'page' ? { page: 0, per_page: 50 } : { take: 50 };
      const query = { ...paged, include_totals: true, ...rest };
      return responding(run(values, query), (answer) => new Page(answer, operation, query, (next) => run(values, next)));
    };
  };
  class Page {
    #query;
    #load;
    #operation;
    constructor(answer, operation, query, load) {
      this.#query = query;
      this.#load = load;
      this.#operation = operation;
      this.#read(answer);
    }
    #read(answer) {
      this.response = answer.body;
      this.rawResponse = { status: answer.status, headers: answer.headers };
      this.data = (Array.isArray(answer.body) ? answer.body : answer.body?.[this.#operation.now.items]) ?? [];
    }
    hasNextPage() {
      if (this.#operation.now.paging === 'from') return Boolean(this.response?.next);
      return this.data.length > 0 && this.data.length >= this.#query.per_page;
    }
    async getNextPage() {
      const next =
        this.#operation.now.paging === 'from' ? { from: this.response.next } : { page: this.#query.page + 1 };
      this.#query = { ...this.#query, ...next };
      this.#read(await this.#load(this.#query));
      return this;
    }
    async *[Symbol.asyncIterator]() {
      yield* this.data;
      while (this.hasNextPage()) {
        await this.getNextPage();
        yield* this.data;
      }
    }
  }

  const put = (client, name, method) => {
    const path = name.split('.');
    const last = path.pop();
    let family = client;
    for (const part of path) family = family[part] ??= {};
    // Older names never take the place of newer ones.
    family[last] ??= method;
  };
  const older = (client, options, style, which) => {
    for (const operation of operations) {
      for (const name of operation[which]) put(client, name, byName(options, style, operation));
    }
  };
  // What version 3 calls in a way of its own.
  const special = (client, options, style) => {
    const find = (method, path) => operations.find((one) => one.method === method && one.path === path);
    const call = (method, path) => byName(options, style, find(method, path));
    const update = call('PATCH', '/users/{id}');
    const metadata = (field) => (given, values, ...callback) => update(given, { [field]: values }, ...callback);
    const byEmail = call('GET', '/users-by-email');
    const link = call('POST', '/users/{id}/identities');
    const methods = {
      updateUserMetadata: metadata('user_metadata'),
      updateAppMetadata: metadata('app_metadata'),
      getByEmail: (email, ...rest) => byEmail({ email, ...(typeof rest[0] === 'object' ? rest.shift() : {}) }, ...rest),
      link: (id, ...rest) => link({ id }, ...rest),
    };
    const aliases = { getByEmail: 'getUsersByEmail', link: 'linkUsers' };
    for (const [name, method] of Object.entries(methods)) {
      put(client, `users.${name}`, method);
      put(client, aliases[name] ?? name, method);
    }
  };

  const checked = (options, old) => {
    if (options === null || typeof options !== 'object') {
      throw new ArgumentError('Management API SDK options must be an object');
    }
    if (typeof options.domain !== 'string' || options.domain === '') throw new ArgumentError('Must provide a domain');
    const { token, clientId, clientSecret, clientAssertionSigningKey } = options;
    if (!token && !(clientId && (clientSecret || clientAssertionSigningKey))) {
      throw new ArgumentError(old ? 'Must provide a token or a clientId and a clientSecret' : 'Must provide a clientSecret or a clientAssertionSigningKey');
    }
    return { ...options };
  };

  const management = (major) =>
    class ManagementClient {
      constructor(given) {
        const options = checked(given, major === 3);
        if (major <= 3) {
          older(this, options, styles.third, 'third');
          special(this, options, styles.third);
          return;
        }
        if (major === 4) {
          older(this, options, styles.fourth, 'fourth');
          return;
        }
        for (const operation of operations) {
          const now = byPlace(options, operation);
          const { name } = operation.now;
          if (major !== undefined) {
            put(this, name, now);
            continue;
          }
          // Who names no version may call in any way: parameters by name are those of an older version.
          const then = byName(options, styles.either, operation);
          const objects = operation.parameters.length > 0;
          put(this, name, (...values) => (objects && typeof values[0] === 'object' ? then(...values) : now(...values)));
        }
        if (major !== undefined) return;
        older(this, options, styles.either, 'fourth');
        older(this, options, styles.either, 'third');
        special(this, options, styles.either);
      }
    };

  // The Authentication API: getting tokens, and the database connections.
  const authentication = (major) =>
    class AuthenticationClient {
      constructor(options) {
        if (!options?.domain) throw new ArgumentError('Must provide a domain');
        const style = major <= 3 ? styles.third : major === 4 ? styles.fourth : styles.either;
        const post = (path, extra) => (body) =>
          settled(style, request(options, 'authentication', 'POST', path, undefined, { ...extra(), ...body }));
        const client = () => ({ client_id: options.clientId });
        const grant = (grant_type) =>
          post('/oauth/token', () => ({ ...client(), client_secret: options.clientSecret, grant_type }));
        this.oauth = {
          clientCredentialsGrant: grant('client_credentials'),
          passwordGrant: grant('password'),
          refreshTokenGrant: grant('refresh_token'),
        };
        this.database = {
          signUp: post('/dbconnections/signup', client),
          changePassword: post('/dbconnections/change_password', client),
        };
        if (major === 4) return;
        this.clientCredentialsGrant = this.oauth.clientCredentialsGrant;
        this.passwordGrant = this.oauth.passwordGrant;
        this.refreshToken = this.oauth.refreshTokenGrant;
        this.requestChangePasswordEmail = this.database.changePassword;
      }
    };

  // What `require('auth0')` gives in a major version; `undefined` is the current one, which knows the older calls too.
  return (major) => {
    const module = { ManagementClient: management(major) };
    if (!(major >= 5)) Object.assign(module, { AuthenticationClient: authentication(major), ManagementApiError, RequiredError });
    if (!(major <= 4)) Object.assign(module, { ManagementError, Management: kinds });
    return module;
  };
})
