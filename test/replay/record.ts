import { keep } from './recordings';
import { SCENARIOS } from './scenarios';
import { historyOf, openStage, type Stage } from './stage';

/** `npm run -s histories`: plays every scenario, and adds what went as no recording of it goes. With `-t`, those of that name. */
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

describe.each(Object.entries(SCENARIOS))('%s', (workflow, outcomes) => {
  test.each(Object.entries(outcomes))('%s', async (outcome, play) => {
    const played = await play(stage);
    const file = keep(workflow, outcome, 'workflowId' in played ? await historyOf(stage, played) : played);
    if (file !== null) console.log(`Added test/histories/${file}`);
  });
});
