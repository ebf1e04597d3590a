// Many calls, a few of them at a time.

/** Answers what `call` answers for each index below `count`, in order. */
export async function inBatches(count, width, call) {
  const answers = [];
  for (let start = 0; start < count; start += width) {
    const indices = Array.from({ length: Math.min(width, count - start) }, (_, index) => start + index);
    answers.push(...(await Promise.all(indices.map(call))));
  }
  return answers;
}
