// The steps of a life: one line each, and a closing line that counts them.

import { inspect } from "node:util";

let passed = 0;
const missing = [];
const failed = [];

/** Steps that belong together. What goes wrong between them fails, too; the next chapter begins all the same. */
export async function chapter(name, play) {
  console.log(`# ${name}`);
  try {
    return await play();
  } catch (error) {
    report(name, error);
  }
}

/** One step: answers what `play` answers, and prints what `tell` makes of it. */
export async function step(name, play, tell) {
  try {
    const result = await play();
    const told = tell?.(result);
    passed += 1;
    console.log(told === undefined ? `ok ${name}` : `ok ${name}: ${told}`);
    return result;
  } catch (error) {
    report(name, error);
  }
}

/** Fails unless the call is refused with an error of this type that `check` accepts. */
export async function refused(type, call, check = () => {}) {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof type) || isMissing(error)) throw error;
    check(error);
    return error;
  }
  throw new Error(`not refused, but ${type.name} is what should come`);
}

/** Ends the process: with a failure unless every step has passed. */
export function close() {
  for (const name of missing) console.log(`- the provider does not have it: ${name}`);
  for (const name of failed) console.log(`- ${name}`);
  console.log(`${passed} steps passed, ${missing.length} missing, ${failed.length} failed`);
  process.exit(missing.length + failed.length === 0 ? 0 : 1);
}

function report(name, error) {
  if (isMissing(error)) {
    missing.push(name);
    console.log(`missing ${name}`);
    return;
  }
  failed.push(name);
  const body = error?.body === undefined ? "" : ` ${JSON.stringify(error.body)}`;
  const cause = error?.cause === undefined ? "" : ` because ${inspect(error.cause)}`;
  console.log(`FAILED ${name}: ${error?.stack ?? error}${body}${cause}`);
}

const isMissing = (error) => (error?.statusCode ?? error?.status) === 501;
