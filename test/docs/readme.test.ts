import { takeTour } from './tour';

test('the tour of the README does what it says', () => takeTour('README.md'));
