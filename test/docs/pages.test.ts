import { isFull } from '../support/extent';
import { isOfCommands, PAGES, blocksOf } from './pages';
import { takeTour } from './tour';

// What is measured on servers of its own, bench by bench: test/bench has one of them.
const isQuick = (page: string) => page !== 'docs/benchmarks.md';
const withCommands = PAGES.filter((page) => page !== 'README.md' && blocksOf(page).some(isOfCommands) && (isFull || isQuick(page)));

test.concurrent.each(withCommands)('the commands of %s do what it says', takeTour);
