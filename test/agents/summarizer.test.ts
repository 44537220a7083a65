import { SUMMARY_MOST_TOKENS, summarizer, type Summary } from '../../src/agents/summarizer';
import { call, connectors, definition, failureOf } from './fixtures';

const prices = { inputUsdPerToken: 0.000001, outputUsdPerToken: 0.000002 };
const agent = definition({ platform: 'in_process', agentId: 'summarizer', functionName: 'summarizer', prices });

async function summarize(document: string, overrides = {}) {
  const answer = await connectors({ summarizer }).run(agent, call({ document }, overrides));
  return { ...answer, output: answer.output as Summary };
}

const DOCUMENT = `# Budgets

Budgets limit what agents spend. A budget holds money before an agent runs, and settles it afterwards.

| a | table |
|---|---|

\`\`\`ts
const code = 'is not prose. It is never part of a summary.';
\`\`\`

- Every budget belongs to an organization, a team, a user or an agent.
- The **ledger** decides whether a budget still has money for [another call](https://example.com/path).

It rained yesterday. An agent whose budget is used up is denied, and the denial names the budget. Nothing else matters here much.
`;

describe('the summarizer', () => {
  it('takes whole sentences of the document, in its order, and is priced by its tokens', async () => {
    const { output, usage, costUsd, costSource } = await summarize(DOCUMENT);
    const prose = DOCUMENT.replace(/\*\*|\[|\]\([^)]*\)/g, '');
    const sentences = output.summary.split(/(?<=\.)\s/);
    expect(sentences).toHaveLength(4);
    const positions = sentences.map((one) => prose.indexOf(one));
    expect(positions.every((at) => at >= 0)).toBe(true);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(output.summary).toContain('budget');
    expect(output.summary).not.toMatch(/const|table|#|\*|rained/);
    expect(usage?.inputTokens).toBe(output.documentTokens);
    expect(costUsd).toBeCloseTo((usage?.inputTokens ?? 0) * 1e-6 + (usage?.outputTokens ?? 0) * 2e-6, 12);
    expect(costSource).toBe('usage');
  });

  it.each([
    ['one word', 'hello'],
    ['headings alone', '# One\n## Two'],
    ['code alone', '```\nlet a = 1;\n```'],
    ['Chinese', '预算限制代理的支出。每个预算属于一个组织。账本决定是否还有钱。昨天下雨了。没有别的事情。'],
    ['emoji', '😀 smiles. 🚀 flies. 🎉 parties.'],
    ['a special token', 'The end is <|endoftext|> here.'],
    ['half a character', 'broken \ud83d text'],
  ])('reads %s', async (_, document) => {
    const { output, usage } = await summarize(document);
    expect(output.summary.length).toBeGreaterThan(0);
    expect(usage?.inputTokens).toBeGreaterThan(0);
  });

  it.each([
    ['an empty document', { document: '' }],
    ['white space', { document: ' \n ' }],
    ['no document', {}],
    ['a number', { document: 5 }],
    ['nothing', null],
    ['more than 1 MB', { document: 'é'.repeat(500_001) }],
  ])('refuses %s', async (_, input) => {
    const failure = await failureOf(connectors({ summarizer }).run(agent, call(input)));
    expect(failure).toMatchObject({ code: 'AgentRejected', isRetryable: false, mayHaveBeenBilled: false });
  });

  const letters = (count: number, first: number, span: number) =>
    Array.from({ length: count }, (_, at) => String.fromCodePoint(first + ((at * 7919) % span))).join('');
  it.each([
    ['prose', DOCUMENT.repeat(1_200).slice(0, 1_000_000)],
    ['one long word', 'a'.repeat(1_000_000)],
    ['one line of random letters', letters(1_000_000, 97, 26)],
    ['Chinese', letters(333_333, 0x4e00, 8_000)],
    ['line breaks', 'a\n'.repeat(500_000)],
    ['brackets', '[('.repeat(500_000)],
    ['full stops', 'A. '.repeat(333_333)],
    ['spaces', `${' '.repeat(999_000)}end`],
  ])('reads 1 MB of %s in reasonable time, and lets others work meanwhile', async (_, document) => {
    const began = performance.now();
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 10);
    const { usage } = await summarize(document);
    clearInterval(timer);
    const tookMs = performance.now() - began;
    expect(usage?.outputTokens).toBeLessThanOrEqual(SUMMARY_MOST_TOKENS);
    // A second; what grows with the square of the document takes minutes.
    expect(tookMs).toBeLessThan(30_000);
  });

  it('stops when it is cancelled', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const running = summarize(letters(300_000, 0x4e00, 8_000), { signal: controller.signal });
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
  });

  it('never costs more than it estimates', async () => {
    const { costUsd } = await summarize(DOCUMENT);
    expect(summarizer.estimateCostUsd?.({ document: DOCUMENT }, agent)).toBeGreaterThanOrEqual(costUsd ?? Number.POSITIVE_INFINITY);
  });
});
