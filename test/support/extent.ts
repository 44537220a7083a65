/** Whether tests take the minutes that their full extent needs (`npm run -s test:full`); else they do the same with less of it. */
export const isFull = process.env['TEST_EXTENT'] === 'full';
