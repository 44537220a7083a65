import { existsSync } from 'node:fs';
import path from 'node:path';
import { PAGES, ROOT, textOf } from './pages';

/** As GitHub names a heading. */
function anchorsIn(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function linksIn(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** Why a link of a page leads nowhere; null: it does not. */
function faultOf(page: string, link: string): string | null {
  if (/^https?:/.test(link)) return null;
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : path.join(path.dirname(page), file);
  if (!existsSync(path.join(ROOT, target))) return `${link}: there is no ${target}`;
  return anchor === undefined || anchorsIn(textOf(target)).includes(anchor) ? null : `${link}: ${target} has no such heading`;
}

test.each([...PAGES, 'docs/examples/governance/README.md'])('each link of %s leads somewhere', (page) => {
  expect(linksIn(textOf(page)).flatMap((link) => faultOf(page, link) ?? [])).toEqual([]);
});

test('the README leads to every page', () => {
  const links = linksIn(textOf('README.md'));
  expect(PAGES.filter((page) => page !== 'README.md' && !links.includes(page))).toEqual([]);
});

test.each([
  ['docs/none.md', 'docs/none.md: there is no docs/none.md'],
  ['docs/http.md#none', 'docs/http.md#none: docs/http.md has no such heading'],
  ['docs/http.md#rate-limits', null],
  ['#run-it', null],
  ['#run', '#run: README.md has no such heading'],
])('a link to %s', (link, fault) => {
  expect(faultOf('README.md', link)).toBe(fault);
});
