import { createNews } from '../../src/store/news';
import { pokeOnNews } from '../../src/worker/alert-pokes';

test('a listener hears until it stops, each that it was given as for itself', () => {
  const { on, tell } = createNews();
  const heard: string[] = [];
  const listener = (organizationId: string) => heard.push(organizationId);
  const [first, second] = [on(listener), on(listener)];
  tell('a', ['budget']);
  first();
  first();
  tell('b', ['budget']);
  second();
  tell('c', ['budget']);
  expect(heard).toEqual(['a', 'a', 'b']);
});

test('pokes that were stopped leave nothing behind on their store', async () => {
  const { on, tell } = createNews();
  let listeners = 0;
  const store = {
    onNews: (listener: Parameters<typeof on>[0]) => {
      const stop = on(listener);
      listeners += 1;
      return () => {
        listeners -= 1;
        stop();
      };
    },
  };
  const poked: string[] = [];
  const poke = (_organizationId: string, budgetId: string) => Promise.resolve(void poked.push(budgetId));
  for (let round = 0; round < 3; round += 1) {
    const pokes = pokeOnNews(store, poke);
    tell('acme', ['monthly']);
    await pokes.stop();
    tell('acme', ['daily']);
  }
  expect([poked, listeners]).toEqual([['monthly', 'monthly', 'monthly'], 0]);
});
