/** Asks until the answer is as wanted; fails with the last answer after the patience. */
export async function eventually<Answer>(
  ask: () => Promise<Answer>,
  isWanted: (answer: Answer) => boolean,
  patienceMs = 120_000,
): Promise<Answer> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`Still ${JSON.stringify(answer)} after ${String(patienceMs)} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
