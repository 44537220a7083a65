import { isFull } from '../support/extent';
import { isOfCommands, PAGES, blocksOf } from './pages';
import { takeTour } from './tour';

// Each starts servers of its own. This one names most commands; README.md has a test of its own.
const isQuick = (page: string) => page === 'docs/command-line.md';
const withCommands = PAGES.filter((page) => page !== 'README.md' && blocksOf(page).some(isOfCommands) && (isFull || isQuick(page)));

test.concurrent.each(withCommands)('the commands of %s do what it says', takeTour);
