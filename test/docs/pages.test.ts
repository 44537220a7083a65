import { isOfCommands, PAGES, blocksOf } from './pages';
import { takeTour } from './tour';

const withCommands = PAGES.filter((page) => page !== 'README.md' && blocksOf(page).some(isOfCommands));

test.concurrent.each(withCommands)('the commands of %s do what it says', takeTour);
